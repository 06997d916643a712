import Link from 'next/link';
import type { ReactNode } from 'react';
import type { InboxView } from '@/lib/queries/inbox-views';
import { Icon, type IconName } from '@/components/ui/icons';
import { CommandLinks } from '@/components/ui/command-links';
import { KeyHelpButton } from '@/components/ui/key-help';

const looks: Readonly<Record<InboxView, { readonly word: string; readonly icon: IconName }>> = {
  'for-me': { word: 'For me', icon: 'inbox' },
  groups: { word: 'My groups', icon: 'users' },
  unassigned: { word: 'Unassigned', icon: 'user' },
  taken: { word: 'Taken by me', icon: 'claimed' },
  done: { word: 'Done', icon: 'check' },
};

export function InboxViews({
  view,
  counts,
  saved,
}: {
  readonly view: InboxView;
  readonly counts: Readonly<Partial<Record<InboxView, number>>>;
  /** The reader's own views. */
  readonly saved: ReactNode;
}) {
  return (
    <nav className="views" aria-label="Views">
      {(Object.keys(looks) as InboxView[]).map((name) => (
        <Link
          key={name}
          prefetch={false}
          className="nav"
          href={addressOf(name)}
          aria-current={name === view ? 'page' : undefined}
        >
          <Icon name={looks[name].icon} />
          {looks[name].word}
          {counts[name] === undefined ? null : <span className="count">{countText(counts[name])}</span>}
        </Link>
      ))}
      {saved}
      <CommandLinks
        group="views"
        links={(Object.keys(looks) as InboxView[]).map((name) => ({ ...looks[name], href: addressOf(name) }))}
      />
      <div className="foot">
        <KeyHelpButton />
      </div>
    </nav>
  );
}

const addressOf = (name: InboxView) => (name === 'for-me' ? '/inbox' : `/inbox?view=${name}`);

/** Nobody works off more than this today. */
const countText = (count: number): string => (count < 1000 ? String(count) : '999+');

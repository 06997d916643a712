import Link from 'next/link';
import type { ReactNode } from 'react';
import type { InboxView } from '@/lib/queries/inbox-views';
import { Icon, type IconName } from '@/components/ui/icons';
import { KeyHelp, type KeyLine } from '@/components/ui/key-help';

const looks: Readonly<Record<InboxView, { readonly word: string; readonly icon: IconName }>> = {
  'for-me': { word: 'For me', icon: 'inbox' },
  groups: { word: 'My groups', icon: 'users' },
  unassigned: { word: 'Unassigned', icon: 'user' },
  taken: { word: 'Taken by me', icon: 'claimed' },
  done: { word: 'Done', icon: 'check' },
};

const keys: readonly KeyLine[] = [
  { keys: ['J', 'K'], does: 'Next or previous task' },
  { keys: ['↵'], does: 'Open the task on its own page' },
  { keys: ['X'], does: 'Select it, or not; with Shift all' },
  { keys: ['C'], does: 'Claim it, or what is selected' },
  { keys: ['U'], does: 'Give it back' },
  { keys: ['D'], does: 'Delegate it' },
  { keys: ['A'], does: 'Assign it to somebody' },
  { keys: ['M'], does: 'Comment on it' },
  { keys: ['Ctrl', '↵'], does: 'Send the first answer, go to the next task' },
  { keys: ['Z'], does: 'Take back the last claim or release' },
  { keys: ['/'], does: 'Search these tasks' },
  { keys: ['?'], does: 'This list' },
];

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
          href={name === 'for-me' ? '/inbox' : `/inbox?view=${name}`}
          aria-current={name === view ? 'page' : undefined}
        >
          <Icon name={looks[name].icon} />
          {looks[name].word}
          {counts[name] === undefined ? null : <span className="count">{countText(counts[name])}</span>}
        </Link>
      ))}
      {saved}
      <div className="foot">
        <KeyHelp lines={keys} />
      </div>
    </nav>
  );
}

/** Nobody works off more than this today. */
const countText = (count: number): string => (count < 1000 ? String(count) : '999+');

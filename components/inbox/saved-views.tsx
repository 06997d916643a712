'use client';
import Link from 'next/link';
import { useRouter, useSearchParams } from 'next/navigation';
import { useCommands } from '@/components/ui/commands';
import { Icon } from '@/components/ui/icons';
import { useToast } from '@/components/ui/toast';
import { useAct } from '@/components/ui/use-act';
import type { SavedView } from '@/lib/queries/saved-views';
import type { AskedView, InboxActions } from './inbox-types';

/** The reader's own views, each with what removes it. */
export function SavedViews({
  views,
  actions,
}: {
  readonly views: readonly SavedView[];
  readonly actions: Pick<InboxActions, 'saveView' | 'removeView'>;
}) {
  const router = useRouter();
  const toast = useToast();
  const params = useSearchParams();
  const { act } = useAct((failure) => failure && toast(failure.text, { icon: 'alert' }));
  const remove = ({ name, query }: SavedView) => {
    const isOpen = isShown(query, params);
    act(() => actions.removeView({ name }), `${name} is no longer among your views`, {
      action: () => actions.saveView({ ...(Object.fromEntries(new URLSearchParams(query)) as AskedView), name }),
      done: `${name} is back`,
    });
    if (isOpen) router.replace('/inbox');
  };
  useCommands(() =>
    views.map(({ name: words, query }) => ({
      words,
      icon: 'bookmark',
      group: 'views',
      run: () => router.push(`/inbox?${query}`),
    })),
  );
  if (views.length === 0) return null;
  return (
    <>
      <h2 className="grp" id="saved-views">
        Saved
      </h2>
      <ul className="saved" aria-labelledby="saved-views">
        {views.map((view) => (
          <li key={view.name}>
            <Link
              prefetch={false}
              className="nav"
              href={`/inbox?${view.query}`}
              aria-current={isShown(view.query, params) ? 'page' : undefined}
            >
              <Icon name="bookmark" />
              <span className="cut">{view.name}</span>
            </Link>
            <button
              className="btn btn-ghost btn-icon"
              type="button"
              aria-label={`Remove the view ${view.name}`}
              onClick={() => remove(view)}
            >
              <Icon name="x" />
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Whether the address shows this view, whichever task is open in it. */
function isShown(query: string, params: URLSearchParams): boolean {
  const shown = new URLSearchParams(params);
  shown.delete('task');
  if (!shown.has('view')) shown.set('view', 'for-me');
  const sorted = (each: URLSearchParams) =>
    [...each]
      .map((pair) => pair.join('='))
      .toSorted()
      .join('&');
  return sorted(shown) === sorted(new URLSearchParams(query));
}

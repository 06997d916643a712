'use client';
import { usePathname, useRouter, useSearchParams } from 'next/navigation';
import { useCallback, useEffect, useOptimistic, useState, useTransition, type ReactNode } from 'react';
import type { InboxList as InboxPage } from '@/lib/queries/inbox';
import type { InboxView } from '@/lib/queries/inbox-views';
import { Icon } from '@/components/ui/icons';
import { HoldingProvider } from '@/components/task/holding';
import { AfterDecision } from '@/components/task/after-decision';
import { beginAtTop } from '@/components/task/begin-at-top';
import type { Choosable } from '@/components/ui/person-field';
import { useFocusOnceShown } from '@/components/ui/use-focus';
import type { TaskFilter } from '@/lib/queries/task-filter';
import { BulkBar } from './bulk-bar';
import { BulkPane, formsOf } from './bulk-pane';
import type { BulkActions } from './bulk-types';
import type { FilterChoices } from './inbox-filters';
import { InboxList } from './inbox-list';
import type { InboxActions } from './inbox-types';
import { SaveView } from './save-view';
import { useBeginning } from './use-beginning';
import { useBulk } from './use-bulk';
import { useInboxRows } from './use-inbox-rows';

/**
 * The list and the chosen task beside it. The address is the choice, so it survives a reload and can be sent; the row
 * lights up at once while the task is read.
 */
export function InboxPanes({
  page,
  view,
  filter,
  choices,
  selectedId,
  isPicked,
  views,
  empty,
  actions,
  bulkActions,
  mayAssign,
  people,
  children,
}: {
  /** The first page of the list. */
  readonly page: InboxPage;
  readonly view: InboxView;
  readonly filter: TaskFilter;
  readonly choices: FilterChoices;
  /** The task in the detail pane. */
  readonly selectedId: string | null;
  /** Whether the address names it; else it is the first of the list. */
  readonly isPicked: boolean;
  readonly views: ReactNode;
  readonly empty: ReactNode;
  readonly actions: InboxActions;
  readonly bulkActions: BulkActions;
  /** Whether the reader gives tasks to others, and to whom. */
  readonly mayAssign: boolean;
  readonly people: Choosable;
  /** The chosen task, rendered by the server. */
  readonly children: ReactNode;
}) {
  const router = useRouter();
  const path = usePathname();
  const params = useSearchParams();
  const [selected, setSelected] = useOptimistic(selectedId);
  const [isPending, startTransition] = useTransition();
  const narrowed = paramsOf(filter);
  const list = useInboxRows({
    page,
    asked: JSON.stringify(narrowed),
    read: (more) => actions.read({ view, ...narrowed, ...more }),
  });
  const rows = list.shown.flatMap(({ row, isGone }) => (isGone ? [] : [row]));
  const bulk = useBulk(rows, bulkActions.undo);
  const [isAnswering, setAnswering] = useState(false);
  const focusOnceShown = useFocusOnceShown();

  const hrefOf = useCallback(
    (taskId: string) => {
      const next = new URLSearchParams(params);
      next.set('task', taskId);
      return `${path}?${next.toString()}`;
    },
    [params, path],
  );

  useEffect(() => {
    // The task that is being read stays in the pane when the list changes; on a phone the list comes first.
    if (isPicked || selectedId === null || !matchMedia('(min-width: 900px)').matches) return;
    // Whoever searches is about to ask for something else: their address must not be replaced by this one.
    if (document.activeElement?.matches('input[type="search"]')) return;
    // Through the router: an address changed behind its back makes a refresh of that moment load the whole page anew.
    router.replace(hrefOf(selectedId), { scroll: false });
  }, [isPicked, selectedId, hrefOf, router]);

  const select = (taskId: string) => {
    startTransition(() => {
      setSelected(taskId);
      router.push(hrefOf(taskId), { scroll: false });
    });
  };

  /** After a decision the next task is there; with none left the decision itself is shown. */
  const goOn = (decidedId: string) => {
    const at = rows.findIndex((row) => row.taskId === decidedId);
    const next = rows[at + 1] ?? rows[at - 1];
    if (at >= 0 && next) {
      beginning.focusNext();
      select(next.taskId);
    } else {
      beginAtTop(decidedId);
      router.refresh();
    }
  };

  /** Answered together: the first of the others is there afterwards. */
  const goOnBehind = (ended: readonly string[]) => {
    setAnswering(false);
    const next = rows.find((row) => !ended.includes(row.taskId));
    beginning.focusNext();
    if (next && selected !== null && ended.includes(selected)) select(next.taskId);
  };
  const hasBulk = bulk.chosen.length > 0;
  const showsBulk = hasBulk || bulk.refusals.length > 0;
  const beginning = useBeginning({ taskId: showsBulk ? null : selectedId, isPicked });
  const answerAll = () => {
    setAnswering(true);
    focusOnceShown(() => document.querySelector('.bulk-pane :is(input, textarea, select, .bar button)'));
  };

  return (
    <HoldingProvider>
      <main id="main" className="panes" data-picked={(showsBulk ? isAnswering || !hasBulk : isPicked) || undefined}>
        <h1 className="vh">Inbox</h1>
        {views}
        <InboxList
          list={list}
          view={view}
          filter={filter}
          choices={choices}
          selectedId={selected}
          hrefOf={hrefOf}
          onSelect={select}
          empty={empty}
          saveView={
            Object.keys(narrowed).length > 0 ? <SaveView asked={{ view, ...narrowed }} save={actions.saveView} /> : null
          }
          bulk={view === 'done' ? null : bulk}
          bar={
            hasBulk ? (
              <BulkBar
                bulk={bulk}
                actions={bulkActions}
                mayAssign={mayAssign}
                people={people}
                onAnswer={formsOf(bulk.chosen).length === 1 ? answerAll : null}
              />
            ) : null
          }
        />
        <div
          className="detail"
          aria-busy={isPending}
          data-switching={(isPending && selected !== selectedId) || undefined}
        >
          {showsBulk ? (
            <div className="sheet">
              <button
                className="btn btn-ghost back"
                type="button"
                onClick={hasBulk ? () => setAnswering(false) : bulk.clear}
              >
                <Icon name="left" />
                Inbox
              </button>
              <BulkPane bulk={bulk} actions={bulkActions} onEnded={goOnBehind} />
            </div>
          ) : (
            <AfterDecision value={view === 'done' ? null : goOn}>{children}</AfterDecision>
          )}
        </div>
      </main>
    </HoldingProvider>
  );
}

/** The filter as an address says it. */
function paramsOf({ words, taskType, priority, due, workflow }: TaskFilter) {
  return {
    ...(words !== null && { q: words }),
    ...(taskType !== null && { type: taskType }),
    ...(priority !== null && { priority }),
    ...(due !== null && { due }),
    ...(workflow !== null && { workflow }),
  };
}

'use client';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState, type MouseEvent, type ReactNode } from 'react';
import type { InboxRow, InboxView } from '@/lib/queries/inbox';
import type { TaskFilter } from '@/lib/queries/task-filter';
import { useKey } from '@/components/ui/keys';
import { firstName } from '@/components/ui/person';
import { PriorityMark } from '@/components/ui/status';
import { Time, useNow, useZone } from '@/components/ui/time';
import { dueGroup, type DueGroup } from '@/components/ui/time-text';
import { InboxFilters, type TaskType } from './inbox-filters';
import { mergeRows, takeAll, type ShownRow } from './merge-rows';
import type { Bulk } from './use-bulk';

const idOf = (row: InboxRow) => row.taskId;
const groupWords: Readonly<Record<DueGroup, string>> = { overdue: 'Overdue', today: 'Today', later: 'Later' };
const groupOrder: readonly DueGroup[] = ['overdue', 'today', 'later'];

export function InboxList({
  rows,
  hasMore,
  view,
  filter,
  taskTypes,
  selectedId,
  hrefOf,
  onSelect,
  empty,
  bulk,
  bar,
}: {
  readonly rows: readonly InboxRow[];
  readonly hasMore: boolean;
  readonly view: InboxView;
  readonly filter: TaskFilter;
  readonly taskTypes: readonly TaskType[];
  readonly selectedId: string | null;
  readonly hrefOf: (taskId: string) => string;
  readonly onSelect: (taskId: string) => void;
  readonly empty: ReactNode;
  /** Selecting many; null where nothing can be done with many. */
  readonly bulk: Bulk | null;
  /** At the foot of the list. */
  readonly bar: ReactNode;
}) {
  const router = useRouter();
  const [isHeld, setHeld] = useState(false);
  const [read, setRead] = useState(rows);
  const [merged, setMerged] = useState(() => takeAll(rows));
  const asked = JSON.stringify(filter);
  const [answered, setAnswered] = useState(asked);
  const list = useRef<HTMLElement>(null);

  if (rows !== read) {
    setRead(rows);
    setAnswered(asked);
    // Another question has another answer: nothing of the old list stays.
    setMerged(asked === answered ? mergeRows({ before: merged.shown, rows, idOf, isHeld }) : takeAll(rows));
  }

  const isFiltered = Object.values(filter).some((value) => value !== null);
  const groups = useGroups(merged.shown, view);
  const order = groups.flatMap((group) => group.rows.map(({ row }) => row.taskId));

  const step = (by: number) => {
    const at = selectedId === null ? -1 : order.indexOf(selectedId);
    const next = order[at < 0 ? 0 : Math.min(order.length - 1, Math.max(0, at + by))];
    if (next !== undefined && next !== selectedId) onSelect(next);
  };
  useKey('j', () => step(1));
  useKey('k', () => step(-1));
  useKey('ArrowDown', () => step(1));
  useKey('ArrowUp', () => step(-1));
  useKey('Enter', () => {
    if (selectedId !== null) router.push(`/tasks/${selectedId}`);
  });
  useKey('x', () => {
    if (selectedId !== null && order.includes(selectedId)) bulk?.toggle(selectedId);
  });
  useKey('X', () => bulk?.pickAll(order));

  useEffect(() => {
    list.current?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [selectedId]);

  return (
    <section
      className="list"
      aria-label="Tasks"
      tabIndex={0}
      ref={list}
      onPointerEnter={(event) => setHeld(event.pointerType === 'mouse')}
      onPointerLeave={() => {
        setHeld(false);
        setMerged(mergeRows({ before: merged.shown, rows, idOf, isHeld: false }));
      }}
    >
      <InboxFilters
        filter={filter}
        taskTypes={taskTypes}
        onEnter={() => {
          const [first] = order;
          if (first !== undefined) onSelect(first);
        }}
      />
      {merged.waiting > 0 ? (
        <div className="new" role="status">
          <button type="button" onClick={() => setMerged(takeAll(rows))}>
            {merged.waiting} new, show {merged.waiting === 1 ? 'it' : 'them'}
          </button>
        </div>
      ) : null}
      {groups.map((group) => (
        <section key={group.word} aria-label={group.word}>
          <h2 className="grp">
            {group.word} <span className="count">{group.rows.filter((row) => !row.isGone).length}</span>
          </h2>
          <ul>
            {group.rows.map(({ row, isGone }) => (
              <li key={row.taskId}>
                {isGone ? (
                  <div className="li is-gone">
                    <RowContent row={row} view={view} end="No longer open" />
                  </div>
                ) : (
                  <>
                    {bulk ? (
                      <input
                        className="pick"
                        type="checkbox"
                        aria-label={`Select ${row.title}`}
                        checked={bulk.isPicked(row.taskId)}
                        onChange={() => bulk.toggle(row.taskId)}
                      />
                    ) : null}
                    <Link
                      className="li"
                      href={hrefOf(row.taskId)}
                      prefetch={false}
                      scroll={false}
                      aria-current={row.taskId === selectedId ? 'true' : undefined}
                      onClick={(event) => {
                        if (isPlainClick(event)) {
                          event.preventDefault();
                          onSelect(row.taskId);
                        }
                      }}
                    >
                      <RowContent row={row} view={view} />
                    </Link>
                  </>
                )}
              </li>
            ))}
          </ul>
        </section>
      ))}
      {merged.shown.length === 0 ? isFiltered ? <NothingFits filter={filter} /> : empty : null}
      {hasMore ? (
        <p className="none">These are the {rows.length} most urgent. Decide some, and the rest follow.</p>
      ) : null}
      {bar}
    </section>
  );
}

function NothingFits({ filter: { words } }: { readonly filter: TaskFilter }) {
  return (
    <p className="none" role="status">
      {words === null ? 'No task here fits these filters.' : `No task here has “${words}” in it.`} Words are found by
      how they begin.
    </p>
  );
}

function RowContent({ row, view, end }: { readonly row: InboxRow; readonly view: InboxView; readonly end?: string }) {
  const nowMs = useNow();
  const isLate = view !== 'done' && row.dueAt !== null && Date.parse(row.dueAt) < nowMs;
  return (
    <>
      <b>{row.title}</b>
      <span className={`end${isLate ? ' late' : ''}`}>
        {row.count > 1 ? <span className="tag">{row.count} wait</span> : null}
        {row.isMine && view === 'for-me' ? <span className="tag">Yours</span> : null}
        {end ?? <RowTime row={row} view={view} />}
        {view === 'done' ? null : <PriorityMark priority={row.priority} />}
      </span>
      <span className="sub">{aboutRow(row)}</span>
    </>
  );
}

function RowTime({ row, view }: { readonly row: InboxRow; readonly view: InboxView }) {
  if (view === 'done') return row.endedAt ? <Time at={row.endedAt} style="relative" /> : null;
  return row.dueAt ? <Time at={row.dueAt} style="due" /> : null;
}

/** "Nordwind Logistics, €8,420.00" where it is about an invoice, else what the workflow said it is about. */
function aboutRow(row: InboxRow): string {
  if (row.invoice) return `${row.invoice.customer}, ${row.invoice.amountText}`;
  const from = row.requestedByName ? `from ${firstName(row.requestedByName)}` : '';
  return row.subject ? (from ? `${row.subject}, ${from}` : row.subject) : from;
}

function isPlainClick(event: MouseEvent): boolean {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}

function useGroups(shown: readonly ShownRow<InboxRow>[], view: InboxView) {
  const nowMs = useNow();
  const zone = useZone();
  if (view === 'done') return shown.length > 0 ? [{ word: 'Done by you', rows: shown }] : [];
  return groupOrder.flatMap((group) => {
    const rows = shown.filter(
      ({ row }) => dueGroup(row.dueAt === null ? null : Date.parse(row.dueAt), nowMs, zone) === group,
    );
    return rows.length > 0 ? [{ word: groupWords[group], rows }] : [];
  });
}

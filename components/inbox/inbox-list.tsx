'use client';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useEffect, useRef, type MouseEvent, type ReactNode } from 'react';
import type { InboxRow } from '@/lib/queries/inbox';
import type { InboxView } from '@/lib/queries/inbox-views';
import type { TaskFilter } from '@/lib/queries/task-filter';
import { useKeyCommand } from '@/components/ui/commands';
import { firstName } from '@/components/ui/person';
import { PriorityMark } from '@/components/ui/status';
import { Time, useNow, useZone } from '@/components/ui/time';
import { useBelief } from '@/components/task/holding';
import { dueGroup, type DueGroup } from '@/components/ui/time-text';
import { InboxFilters, type FilterChoices } from './inbox-filters';
import { LongList } from './long-list';
import type { ShownRow } from './merge-rows';
import type { Bulk } from './use-bulk';
import type { InboxRows } from './use-inbox-rows';

const idOf = ({ row }: ShownRow<InboxRow>) => row.taskId;
const groupWords: Readonly<Record<DueGroup, string>> = { overdue: 'Overdue', today: 'Today', later: 'Later' };
const groupOrder: readonly DueGroup[] = ['overdue', 'today', 'later'];

/** As many as can be acted on together. */
const mostPicked = 200;

export function InboxList({
  list: listed,
  view,
  filter,
  choices,
  selectedId,
  hrefOf,
  onSelect,
  empty,
  saveView,
  bulk,
  bar,
}: {
  readonly list: InboxRows;
  readonly view: InboxView;
  readonly filter: TaskFilter;
  readonly choices: FilterChoices;
  readonly selectedId: string | null;
  readonly hrefOf: (taskId: string) => string;
  readonly onSelect: (taskId: string) => void;
  readonly empty: ReactNode;
  /** Keeps what the list is narrowed to. */
  readonly saveView: ReactNode;
  /** Selecting many; null where nothing can be done with many. */
  readonly bulk: Bulk | null;
  /** At the foot of the list. */
  readonly bar: ReactNode;
}) {
  const router = useRouter();
  const list = useRef<HTMLElement>(null);
  const { shown, waiting, next, more } = listed;

  const isFiltered = Object.values(filter).some((value) => value !== null);
  const groups = useGroups(shown, view);
  const order = groups.flatMap((group) => group.rows.filter((row) => !row.isGone).map(idOf));

  const step = (by: number) => {
    const at = selectedId === null ? -1 : order.indexOf(selectedId);
    const to = order[at < 0 ? 0 : Math.min(order.length - 1, Math.max(0, at + by))];
    if (to !== undefined && to !== selectedId) onSelect(to);
  };
  const isListed = selectedId !== null && order.includes(selectedId);
  useKeyCommand('next', { isReady: order.length > 0, run: () => step(1) });
  useKeyCommand('previous', { isReady: order.length > 0, run: () => step(-1) });
  useKeyCommand('openPage', {
    isReady: selectedId !== null,
    run: () => selectedId !== null && router.push(`/tasks/${selectedId}`),
  });
  useKeyCommand('select', {
    isReady: bulk !== null && isListed,
    run: () => selectedId !== null && bulk?.toggle(selectedId),
  });
  useKeyCommand('selectAll', {
    isReady: bulk !== null && order.length > 0,
    run: () => bulk?.pickAll(order.slice(0, mostPicked)),
  });

  return (
    <section
      className="list"
      aria-label="Tasks"
      tabIndex={0}
      ref={list}
      onPointerEnter={(event) => listed.hold(event.pointerType === 'mouse')}
      onPointerLeave={() => listed.hold(false)}
    >
      <div className="tools">
        <InboxFilters
          filter={filter}
          choices={choices}
          onEnter={() => {
            const [first] = order;
            if (first !== undefined) onSelect(first);
          }}
        >
          {saveView}
        </InboxFilters>
        {waiting > 0 ? (
          <div className="new" role="status">
            <button
              type="button"
              onClick={() => {
                listed.showNew();
                list.current?.scrollTo({ top: 0 });
              }}
            >
              {waiting} new, show {waiting === 1 ? 'it' : 'them'}
            </button>
          </div>
        ) : null}
      </div>
      {groups.map((group, at) => {
        const isOpenEnded = next !== null && at === groups.length - 1;
        return (
          <section key={group.word} aria-label={group.word}>
            <h2 className="grp">
              {group.word}{' '}
              <span className="count">
                {group.rows.filter((row) => !row.isGone).length}
                {isOpenEnded ? '+' : ''}
              </span>
            </h2>
            <LongList
              rows={group.rows}
              idOf={idOf}
              selectedId={selectedId}
              isOpenEnded={isOpenEnded}
              onSee={(taskIds) => listed.see(group.word, taskIds)}
            >
              {(each) => (
                <ListRow
                  shown={each}
                  view={view}
                  bulk={bulk}
                  isSelected={each.row.taskId === selectedId}
                  href={hrefOf(each.row.taskId)}
                  onSelect={onSelect}
                />
              )}
            </LongList>
          </section>
        );
      })}
      {shown.length === 0 ? isFiltered ? <NothingFits filter={filter} /> : empty : null}
      {next === null ? null : <More key={next} isReading={listed.isReading} hasFailed={listed.hasFailed} more={more} />}
      {bar}
    </section>
  );
}

function ListRow({
  shown: { row, isGone },
  view,
  bulk,
  isSelected,
  href,
  onSelect,
}: {
  readonly shown: ShownRow<InboxRow>;
  readonly view: InboxView;
  readonly bulk: Bulk | null;
  readonly isSelected: boolean;
  readonly href: string;
  readonly onSelect: (taskId: string) => void;
}) {
  if (isGone) {
    return (
      <div className="li is-gone">
        <RowContent row={row} view={view} end="No longer open" />
      </div>
    );
  }
  return (
    <>
      {bulk ? (
        <label className="pick">
          <input
            type="checkbox"
            aria-label={`Select ${row.title}`}
            checked={bulk.isPicked(row.taskId)}
            onChange={() => bulk.toggle(row.taskId)}
          />
        </label>
      ) : null}
      <Link
        className="li"
        href={href}
        prefetch={false}
        scroll={false}
        aria-current={isSelected ? 'true' : undefined}
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
  );
}

/** The end of what was read: the next page comes by itself a little before it is reached. */
function More({
  isReading,
  hasFailed,
  more,
}: {
  readonly isReading: boolean;
  readonly hasFailed: boolean;
  readonly more: () => Promise<void>;
}) {
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!end.current) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) void more();
    }, moreMargin);
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [more]);
  return (
    <div className="none" ref={end}>
      {hasFailed ? <p role="alert">The next tasks could not be read.</p> : null}
      <button className="btn btn-ghost" type="button" aria-busy={isReading || undefined} onClick={() => void more()}>
        Show more tasks
      </button>
    </div>
  );
}

/** Some screens ahead. */
const moreMargin = { rootMargin: '1200px' };

function NothingFits({ filter: { words } }: { readonly filter: TaskFilter }) {
  return (
    <p className="none" role="status">
      {words === null
        ? 'No task here fits these filters.'
        : `No task here has “${words}” in it. Words are found by how they begin.`}
    </p>
  );
}

function RowContent({ row, view, end }: { readonly row: InboxRow; readonly view: InboxView; readonly end?: string }) {
  const nowMs = useNow();
  const belief = useBelief(row.taskId, row.version);
  const isMine = belief === null ? row.isMine : belief === 'mine';
  const isLate = view !== 'done' && row.dueAt !== null && Date.parse(row.dueAt) < nowMs;
  return (
    <>
      <b>{row.title}</b>
      <span className={`end${isLate ? ' late' : ''}`}>
        {row.count > 1 ? <span className="tag">{row.count} wait for this</span> : null}
        {row.askedByName ? <span className="tag">{firstName(row.askedByName)} asks you</span> : null}
        {isMine && view !== 'taken' && view !== 'done' ? <span className="tag">Yours</span> : null}
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

'use client';
import { useEffect, useMemo, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { ExecutionView as View } from '@/lib/queries/execution';
import { foldTo } from '@/components/timeline/fold';
import { spansOf } from '@/components/timeline/spans';
import { Timeline } from '@/components/timeline/timeline';
import { Icon } from '@/components/ui/icons';
import { firstName } from '@/components/ui/person';
import { useZone } from '@/components/ui/time';
import { clockText } from '@/components/ui/time-text';
import { ForkAct, type ForkExecution } from './fork-act';
import { HistoryList } from './history-list';
import { entryLook, type DetailSources } from './history-looks';
import { Inspector } from './inspector';

/** Timeline, time travel, history and inspector of one execution. The chosen entry is in the address as `?at=`. */
export function ExecutionView({
  view,
  initialAt,
  fork,
}: {
  readonly view: View;
  readonly initialAt: number | null;
  /** Absent: the reader may not fork. */
  readonly fork?: ForkExecution;
}) {
  const { entries, header } = view;
  const [picked, setPicked] = useState(initialAt);
  const last = entries.at(-1)?.seq ?? 0;
  // Nothing picked follows the log as it grows.
  const at = picked === null ? last : Math.min(Math.max(1, picked), last);
  const entry = entries.find((candidate) => candidate.seq === at) ?? entries.at(-1);
  const spans = useMemo(() => spansOf(view.entries, view.actions), [view.entries, view.actions]);
  const instants = useMemo(() => view.entries.map((line) => Date.parse(line.at)), [view.entries]);
  const before = useMemo(() => foldTo(view.entries, at - 1), [view.entries, at]);
  const after = useMemo(() => foldTo(view.entries, at), [view.entries, at]);
  const sources = useMemo<DetailSources>(
    () => ({
      taskTitle: (taskId) => view.tasks.find((task) => task.loggedTaskId === taskId)?.title ?? null,
      person: (userId) => view.people[userId] ?? 'somebody',
    }),
    [view.tasks, view.people],
  );

  const pick = (seq: number) => {
    const next = Math.min(Math.max(1, seq), last);
    setPicked(next === last ? null : next);
  };

  useEffect(() => {
    const address = new URL(window.location.href);
    if (picked === null) address.searchParams.delete('at');
    else address.searchParams.set('at', String(picked));
    // The present state of the history marks the change as none of the router's business: one that it hears of while a
    // live refresh is under way makes it load the whole page anew. A refresh puts its own address back, hence `view`.
    if (address.href !== window.location.href) window.history.replaceState(window.history.state, '', address);
  }, [picked, view]);

  if (!entry) {
    return (
      <div className="empty">
        <b>Nothing has happened yet</b>
        <p className="soft">Its first entry appears here as soon as a worker takes it.</p>
      </div>
    );
  }
  return (
    <>
      <Timeline
        name={`${header.workflowName}@${header.workflowVersion}`}
        spans={spans}
        startedAt={header.createdAt}
        endedAt={header.endedAt}
        at={entry.seq === last ? null : entry.at}
        instants={instants}
        onPick={pick}
        holderOf={(taskId) => {
          const name = view.tasks.find((task) => task.loggedTaskId === taskId)?.assigneeName;
          return name ? firstName(name) : null;
        }}
      />
      <Travel view={view} at={at} last={last} onPick={pick}>
        {fork ? <ForkAct executionId={header.executionId} entries={entries} at={at} fork={fork} /> : null}
      </Travel>
      <div className="two">
        <HistoryList
          entries={entries}
          deeds={view.deeds}
          at={at}
          sources={sources}
          hasMore={view.hasMore}
          onPick={pick}
        />
        <Inspector
          entry={entry}
          before={before}
          after={after}
          action={
            entry.kind === 'action_completed' || entry.kind === 'action_failed'
              ? (view.actions.find((action) => action.commandId === entry.commandId) ?? null)
              : null
          }
          tasks={view.tasks}
        />
      </div>
    </>
  );
}

/** The slider: one step per entry, ten with shift. */
function Travel({
  view,
  at,
  last,
  onPick,
  children,
}: {
  readonly view: View;
  readonly at: number;
  readonly last: number;
  readonly onPick: (seq: number) => void;
  /** Acts at the entry. */
  readonly children: ReactNode;
}) {
  const zone = useZone();
  const entry = view.entries.find((candidate) => candidate.seq === at);
  const time = entry ? clockText(Date.parse(entry.at), zone, 'ms') : '';
  const part = (seq: number) => (last > 1 ? `${((seq - 1) / (last - 1)) * 100}%` : '0%');
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' || event.key === 'ArrowUp' ? 1 : 0;
    const back = event.key === 'ArrowLeft' || event.key === 'ArrowDown' ? 1 : 0;
    if (step + back === 0 || !event.shiftKey) return;
    event.preventDefault();
    onPick(at + (step - back) * 10);
  };
  return (
    <div className="tt">
      <div className="row">
        <button
          className="btn btn-icon"
          type="button"
          aria-label="One entry back"
          disabled={at <= 1}
          onClick={() => onPick(at - 1)}
        >
          <Icon name="left" />
        </button>
        <button
          className="btn btn-icon"
          type="button"
          aria-label="One entry forward"
          disabled={at >= last}
          onClick={() => onPick(at + 1)}
        >
          <Icon name="right" />
        </button>
      </div>
      <div className="range">
        <svg aria-hidden="true">
          {view.entries.length <= 400
            ? view.entries.map((line) => (
                <rect
                  key={line.seq}
                  className={`tone-${entryLook(line.kind).tone}`}
                  x={part(line.seq)}
                  y="1"
                  width="2"
                  height="6"
                  rx="1"
                />
              ))
            : null}
          <rect className="track" x="0" y="12" width="100%" height="4" rx="2" />
          <rect className="track-on" x="0" y="12" width={part(at)} height="4" rx="2" />
        </svg>
        <input
          type="range"
          min={1}
          max={last}
          value={at}
          aria-label="Entry"
          aria-valuetext={`Entry ${at} of ${last}, ${time}`}
          onChange={(event) => onPick(Number(event.target.value))}
          onKeyDown={onKey}
        />
      </div>
      <p className="now">
        Entry <b>{at}</b> of {last} <span className="muted">at {time}</span>
      </p>
      {children}
    </div>
  );
}

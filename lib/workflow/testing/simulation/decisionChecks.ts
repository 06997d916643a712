/** What must hold of decisions about an execution: cancel, terminate, pause, resume, retry. */
import type { EntryKind, HistoryEntry } from '../../model/history';
import type { ExecutionStatus } from '../../model/status';
import type { ExecutionTableRow } from '../memory/tables';
import type { Say } from './historyChecks';

/** The end that the decisions in a log make of any other; null: they leave it to the code. */
export function endsAsDecided(history: readonly HistoryEntry[]): ExecutionStatus | null {
  const has = (kind: EntryKind) => history.some((entry) => entry.kind === kind);
  if (has('terminate_requested')) return 'terminated';
  return has('cancel_requested') ? 'canceled' : null;
}

/** What code decides, as records and ends. */
const ofCode: readonly EntryKind[] = [
  'state_changed',
  'data_set',
  'log_written',
  'wait_started',
  'sleep_started',
  'patch_marked',
  'task_created',
  'task_refused',
  'child_started',
  'execution_continued',
  'execution_completed',
  'execution_failed',
  'execution_canceled',
];

/** From a pause to its end, and behind a termination, the code gets nothing: it does nothing either. */
export function checkHolds(history: readonly HistoryEntry[], say: Say): void {
  let isPaused = false;
  let isTerminating = false;
  for (const { seq, kind } of history) {
    if (kind === 'execution_paused') isPaused = true;
    if (kind === 'execution_resumed') isPaused = false;
    if (kind === 'terminate_requested') isTerminating = true;
    if (!ofCode.includes(kind)) continue;
    if (isTerminating) say(`entry ${seq} (${kind}) was made by code behind the request to terminate`);
    else if (isPaused) say(`entry ${seq} (${kind}) was made by code while it was paused`);
  }
  const end = history.findIndex(({ kind }) => isLast(kind));
  const next = history[end + 1];
  if (end >= 0 && next && next.kind !== 'execution_retried') say(`entry ${next.seq} (${next.kind}) is behind the end`);
}

const isLast = (kind: EntryKind): boolean =>
  ['execution_completed', 'execution_canceled', 'execution_terminated', 'execution_continued'].includes(kind);

/** A run at rest, and how many entries its log began with that came along from the run before. */
interface Run {
  readonly row: ExecutionTableRow;
  readonly history: readonly HistoryEntry[];
  readonly carried: number;
}

/**
 * Each that was accepted is in the log once, or closed as too late, or waits for other code: with the run that it was
 * sent to, or with one that went on from there.
 */
export function checkDecisions(runs: readonly Run[], accepted: readonly string[], say: Say): void {
  const found = runs.flatMap(reasonsKept);
  for (const reason of accepted) {
    const times = found.filter((each) => each === reason).length;
    if (times !== 1) say(`${reason} was accepted and is found ${times} times`);
  }
}

function reasonsKept({ row, history, carried }: Run): string[] {
  const logged = history.slice(carried).flatMap(({ kind, body }) => {
    // What ends an execution repeats the decision.
    if (kind === 'execution_terminated' || !('reason' in body)) return [];
    return body.reason === null ? [] : [body.reason];
  });
  // One that goes on hands on what it did not take.
  const isAtEnd = row.continuedTo === null;
  const unlogged = row.inbox.flatMap(({ payloadText, disposition }) => {
    const { reason } = JSON.parse(payloadText) as { reason?: string | null };
    const isKept = (disposition === 'too_late' && isAtEnd) || row.status === 'blocked_on_code';
    return isKept && typeof reason === 'string' ? [reason] : [];
  });
  return [...logged, ...unlogged];
}

/** What must hold between an execution, its children, and the runs that go on after it. */
import type { HistoryEntry } from '../../model/history';
import type { ChildEnd } from '../../model/relations';
import { isEnded } from '../../model/status';
import type { ExecutionTableRow } from '../memory/tables';
import type { Say } from './historyChecks';
import type { Rested } from './oracle';

const closingReason = 'Its parent ended.';

export function checkRelatives(rested: Rested, all: ReadonlyMap<string, Rested>, say: Say): void {
  checkChildren(rested, all, say);
  checkParent(rested, all, say);
  checkSuccessor(rested, all, say);
}

/** Each child that the log tells of was started, is told of once, and was left to its policy at the end. */
function checkChildren({ row, history, copied }: Rested, all: ReadonlyMap<string, Rested>, say: Say): void {
  // Those that a fork took over are its source's.
  for (const entry of history.slice(copied)) {
    if (entry.kind !== 'child_started') continue;
    const { childExecutionId, commandId, partitionId, parentClosePolicy: policy } = entry.body;
    const first = all.get(childExecutionId);
    const told = wordsOf(row, history).filter((end) => end.commandId === commandId);
    const last = first && lastOf(first, all);
    if (!first || !last) {
      say(`its child ${childExecutionId} is not there`);
      continue;
    }
    if (first.row.partitionId !== partitionId) say(`its child ${childExecutionId} is on another partition`);
    if (first.row.status === 'pending') say(`its child ${childExecutionId} never ran`);
    const { endedAtMs } = last.row;
    checkWords(childExecutionId, told, endsOf(last), say);
    if (!isEnded(row.status) || row.status === 'failed') continue;
    const isKnown = history.some((each) => each.kind === 'child_ended' && each.body.commandId === commandId);
    const closed = runsOf(first, all).flatMap(closingsOf);
    if (policy === 'abandon' || isKnown) {
      if (closed.length > 0) say(`its child ${childExecutionId} was closed by ${closed.join(' and ')}`);
      continue;
    }
    const hadEnded = endedAtMs !== null && row.endedAtMs !== null && endedAtMs <= row.endedAtMs;
    const wanted = policy === 'cancel' ? 'cancel_requested' : 'terminate_requested';
    if (!closed.includes(wanted) && !hadEnded)
      say(`its child ${childExecutionId} was not left to its policy, ${policy}`);
  }
}

interface End {
  readonly status: string;
  readonly result: unknown;
  readonly error: unknown;
}

/**
 * A parent is told of the first end. Of a child that failed and was tried again it learns the last one too, where it was
 * tried again itself. One that goes on as another run hears nothing more, and where it has ended the word is closed as
 * too late.
 */
function checkWords(childId: string, told: readonly ChildEnd[], ends: readonly End[], say: Say): void {
  const [first, ...later] = ends;
  if (!first) return;
  const most = later.length > 0 ? 2 : 1;
  if (told.length < 1 || told.length > most) say(`the end of ${childId} was told ${told.length} times`);
  const last = ends.at(-1);
  const textOf = ({ status, result, error }: End) => JSON.stringify([status, result, error]);
  const words = told.map(textOf);
  const actual = [first, ...(words.length > 1 && last ? [last] : [])].map(textOf);
  // Word of the failure may be in the inbox when a retry puts the last end into the log.
  if (words.toSorted().join() !== actual.toSorted().join()) {
    say(`was told ${words.join(' and ')} of ${childId}, which ended with ${actual.join(' and ')}`);
  }
}

/** Each failure, and the end that it has now. */
function endsOf({ row, history }: Rested): End[] {
  const failures = history.flatMap((entry): End[] =>
    entry.kind === 'execution_failed' ? [{ status: 'failed', result: null, error: entry.body.error }] : [],
  );
  const { status, result, error } = row;
  return isEnded(status) && status !== 'failed' ? [...failures, { status, result, error }] : failures;
}

function checkParent({ row, history }: Rested, all: ReadonlyMap<string, Rested>, say: Say): void {
  const parent = parentOf(history);
  if ((parent === null) !== (row.parentExecutionId === null)) say('its log and its row do not agree about its parent');
  if (parent === null) return;
  const starter = all.get(parent.executionId);
  const started = starter?.history.some(
    (entry) => entry.kind === 'child_started' && entry.body.commandId === parent.commandId,
  );
  if (started !== true) say(`its parent ${parent.executionId} knows nothing of it`);
}

/** A fork has none: the parent of its source waits for that one. */
function parentOf([first]: readonly HistoryEntry[]) {
  return first?.kind === 'execution_started' && !first.body.fork ? (first.body.parent ?? null) : null;
}

/** Who goes on takes over the key, the parent and every event that nobody consumed. */
function checkSuccessor({ row, history }: Rested, all: ReadonlyMap<string, Rested>, say: Say): void {
  const last = history.at(-1);
  if ((last?.kind === 'execution_continued') !== (row.continuedTo !== null)) say('its end and its row do not agree');
  if (last?.kind !== 'execution_continued') return;
  const next = all.get(last.body.successorId);
  if (!next) return say(`its next run ${last.body.successorId} is not there`);
  const facts = ({ row: of, history: log }: Pick<Rested, 'row' | 'history'>) => {
    const [first] = log;
    const trigger = first?.kind === 'execution_started' ? first.body.trigger.event_id : null;
    const { workflowKey, parentExecutionId, partitionId, correlationId } = of;
    return JSON.stringify([workflowKey, parentExecutionId, partitionId, correlationId, parentOf(log), trigger]);
  };
  if (facts({ row, history }) !== facts(next)) say(`its next run ${next.executionId} is another's`);
}

/** What an execution was told of its children's ends, in its log or too late. */
function wordsOf(row: ExecutionTableRow, history: readonly HistoryEntry[]): ChildEnd[] {
  const logged = history.flatMap((entry) => (entry.kind === 'child_ended' ? [entry.body] : []));
  const late = row.inbox.flatMap(({ kind, commandId, payloadText }) =>
    kind === 'child_ended' && commandId !== null
      ? [{ ...(JSON.parse(payloadText) as Omit<ChildEnd, 'commandId'>), commandId }]
      : [],
  );
  return [...logged, ...late];
}

function runsOf(first: Rested, all: ReadonlyMap<string, Rested>): Rested[] {
  const next = all.get(first.row.continuedTo ?? '');
  return next ? [first, ...runsOf(next, all)] : [first];
}

const lastOf = (first: Rested, all: ReadonlyMap<string, Rested>): Rested | undefined => runsOf(first, all).at(-1);

/** The decisions by which the end of its parent closed it, heeded or too late. */
function closingsOf({ row, history, carried }: Rested): string[] {
  const logged = history.flatMap(({ seq, kind, body }) =>
    seq > 1 + carried && kind !== 'execution_terminated' && 'reason' in body && body.reason === closingReason
      ? [kind]
      : [],
  );
  const late = row.inbox.flatMap(({ kind, payloadText }) =>
    (JSON.parse(payloadText) as { reason?: string }).reason === closingReason ? [kind] : [],
  );
  return [...logged, ...late];
}

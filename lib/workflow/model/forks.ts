/**
 * A fork: a new execution that begins with the first entries of another one's log and goes on by itself. It keeps the
 * seed and the logical id of its source, so that the code does the same up to there; its own id is for routing and for
 * idempotency keys.
 */
import { EntryNotFoundError, ForkAtEndError, OpenChildrenError } from './errors';
import { isDecision, type EntryBody, type EntryKind, type HistoryEntry, type NewEntry } from './history';
import type { ChildStarted } from './relations';

/** What becomes of children that the copied entries started and that had not ended. */
export type OpenChildrenPolicy = 'refuse' | 'detach';

/** Kinds of entries that a plan is made of. */
export const forkPlanKinds: readonly EntryKind[] = ['execution_started', 'child_started', 'child_ended'];

export interface ForkPlan {
  /** The first entry of the fork. Entries 2 to n are copied as they are. */
  readonly started: EntryBody<'execution_started'>;
  /** Follow the copied entries: the fork's code gets no result of children that belong to its source. */
  readonly detached: readonly NewEntry[];
}

const endKinds: readonly EntryKind[] = [
  'execution_completed',
  'execution_failed',
  'execution_canceled',
  'execution_terminated',
  'execution_continued',
];

/**
 * @param entries of the source up to the one to fork from; only those of `forkPlanKinds` need to be there.
 * @param lastKind of the entry to fork from; null where the log has none.
 * @throws EntryNotFoundError when the log has no such entry.
 * @throws ForkAtEndError when nothing can follow it.
 * @throws OpenChildrenError when a child had not ended and they are not to be detached.
 */
export function planFork(request: {
  readonly executionId: string;
  readonly entries: readonly HistoryEntry[];
  readonly lastKind: EntryKind | null;
  readonly atSeq: number;
  readonly reason: string | null;
  readonly openChildren: OpenChildrenPolicy;
}): ForkPlan {
  const { executionId, entries, lastKind, atSeq, reason, openChildren } = request;
  const [first] = entries;
  if (first?.kind !== 'execution_started' || lastKind === null) throw new EntryNotFoundError(executionId, atSeq);
  if (endKinds.includes(lastKind)) throw new ForkAtEndError(atSeq);
  const started = entries.flatMap((entry) => (entry.kind === 'child_started' ? [entry.body] : []));
  const ended = new Set(entries.flatMap((entry) => (entry.kind === 'child_ended' ? [entry.body.commandId] : [])));
  const open = started.filter(({ commandId }) => !ended.has(commandId));
  if (open.length > 0 && openChildren === 'refuse') throw new OpenChildrenError(atSeq, open);
  const children = Object.fromEntries(started.map(({ commandId, childExecutionId }) => [commandId, childExecutionId]));
  return {
    started: { ...first.body, fork: { executionId, atSeq, reason, children } },
    detached: open.map((child) => ({ kind: 'child_ended', body: detachedEnd(child) })),
  };
}

function detachedEnd(child: ChildStarted & { readonly commandId: string }): EntryBody<'child_ended'> {
  const { commandId, childExecutionId, workflow } = child;
  return {
    commandId,
    childExecutionId,
    status: 'failed',
    result: null,
    error: {
      name: 'ChildDetachedError',
      code: 'child_detached',
      message: `Child ${childExecutionId} (${workflow}) belongs to the execution that this one was forked from.`,
      details: null,
    },
  };
}

/** Where the first entries of this log were copied from; null for an execution that is no fork. */
export function originOf(history: readonly HistoryEntry[]) {
  const [first] = history;
  return first?.kind === 'execution_started' ? (first.body.fork ?? null) : null;
}

/** Whether a fork has done nothing of its own yet: what was open where it was taken has no rows of its own. */
export function isFreshlyForked(history: readonly HistoryEntry[]): boolean {
  const origin = originOf(history);
  if (!origin) return false;
  return history.slice(origin.atSeq).every(({ kind }) => kind === 'child_ended' || isDecision(kind));
}

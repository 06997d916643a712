/**
 * What the retry of a failed execution undoes. The log stays as it is; replay leaves the failure out.
 *
 * A retry goes back to the outcome that the code failed with, or, where the code failed by itself, to the moment before
 * its failure. What the log holds from there to the failure is the *cut*: of it only inputs from outside still count,
 * and records of what the code had asked for before. All failed outcomes of the cut are tried again, with the keys they
 * had. Completed ones are taken over where the code asks for the very same again.
 *
 * A child is not tried again: it is an execution that somebody may retry by itself. Where that ended another way by the
 * time its parent is retried, the log holds that end before the retry; a parent that failed with the first end then goes
 * back to it, and learns of the last one alone.
 */
import type { HistoryEntry } from './history';

export interface Cut {
  /** Index of the first entry that is undone. */
  readonly from: number;
  /** Index of the retry. */
  readonly to: number;
}

/** The cuts of a log, in order; one that contains another stands for both, and two that overlap are one. */
export function cutsOf(history: readonly HistoryEntry[]): readonly Cut[] {
  let cuts: readonly Cut[] = noCuts;
  let failure: number | null = null;
  for (let index = 0; index < history.length; index += 1) {
    const kind = history[index]?.kind;
    if (kind === 'execution_failed') failure = index;
    if (kind !== 'execution_retried' || failure === null) continue;
    const begin = beginOf(history, failure, index, cuts);
    const from = cuts.find((cut) => cut.from < begin && begin < cut.to)?.from ?? begin;
    cuts = [...cuts.filter((cut) => cut.from < from), { from, to: index }];
    failure = null;
  }
  return cuts;
}

const noCuts: readonly Cut[] = [];

/** Calls with a failed outcome that a retry of this log, which ends with a failure, tries again. */
export function failuresUndone(history: readonly HistoryEntry[]): readonly string[] {
  if (history.at(-1)?.kind !== 'execution_failed') return [];
  const tail = history.slice(beginOf(history, history.length - 1, history.length, cutsOf(history)));
  return [...new Set(tail.flatMap((entry) => (entry.kind === 'action_failed' ? [entry.body.commandId] : [])))];
}

/**
 * Whether a failure was undone: rows that it removed are to come back. Entries may have come since, from a worker that
 * ended before it had written those rows.
 */
export function wasRetried(history: readonly HistoryEntry[]): boolean {
  return cutsOf(history).length > 0;
}

/** Of the ends of one child within a cut the last one counts. */
export function isSuperseded(history: readonly HistoryEntry[], index: number, cut: Cut): boolean {
  const entry = history[index];
  return entry?.kind === 'child_ended' && endsAgain(history, entry.body.commandId, { from: index, to: cut.to });
}

function endsAgain(history: readonly HistoryEntry[], commandId: string, { from, to }: Cut): boolean {
  return history
    .slice(from + 1, to)
    .some((entry) => entry.kind === 'child_ended' && entry.body.commandId === commandId);
}

/** @param cuts those of failures before this one. */
function beginOf(history: readonly HistoryEntry[], failure: number, to: number, cuts: readonly Cut[]): number {
  const failed = history[failure];
  const commandId = failed?.kind === 'execution_failed' ? (failed.body.failedCommand ?? null) : null;
  if (commandId === null) return failure;
  for (let index = failure - 1; index >= 0; index -= 1) {
    const entry = history[index];
    const isFailure = entry?.kind === 'action_failed' || entry?.kind === 'task_refused';
    if (isFailure && entry.body.commandId === commandId) return index;
    if (entry?.kind === 'child_ended' && entry.body.commandId === commandId) {
      const end = endThatCounted(history, commandId, failure, cuts);
      return endsAgain(history, commandId, { from: end, to }) ? end : failure;
    }
  }
  return failure;
}

/**
 * Which end of a child the code had when it failed: the first one that no retry before had put a later one in place of.
 * The later one may be in the log already: a retry tells of the ends of all children that failed, also of one that the
 * code had heard of and had yet to ask for.
 */
function endThatCounted(
  history: readonly HistoryEntry[],
  commandId: string,
  failure: number,
  cuts: readonly Cut[],
): number {
  return history.findIndex(
    (entry, index) =>
      index < failure &&
      entry.kind === 'child_ended' &&
      entry.body.commandId === commandId &&
      !cuts.some((cut) => cut.from <= index && index < cut.to && isSuperseded(history, index, cut)),
  );
}

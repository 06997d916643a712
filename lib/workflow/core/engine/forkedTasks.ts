/**
 * Tasks of a fork. Its log names the tasks of its source, as the code knows them; those that are open there have rows
 * of their own for the fork, under ids that depend on the two alone.
 */
import { originOf } from '../../model/forks';
import type { HistoryEntry } from '../../model/history';
import type { ForkedTask } from '../../model/ports/store';
import { derivedId } from '../../replay/random';

/** The row of each task that the copied entries tell of, by the id in the log; null for an execution that is no fork. */
export function forkedTaskRows(
  executionId: string,
  history: readonly HistoryEntry[],
): ReadonlyMap<string, string> | null {
  const origin = originOf(history);
  if (!origin) return null;
  const copied = history.slice(0, origin.atSeq);
  return new Map(
    copied.flatMap((entry): [string, string][] => {
      if (entry.kind !== 'task_created') return [];
      const { taskId } = entry.body;
      return [[taskId, derivedId(entry.at, `${executionId}:${taskId}`)]];
    }),
  );
}

/** Of these open tasks those that need rows of the fork's own. */
export function tasksToOpen(rows: ReadonlyMap<string, string> | null, openTasks: readonly string[]): ForkedTask[] {
  return openTasks.flatMap((loggedTaskId) => {
    const taskId = rows?.get(loggedTaskId);
    return taskId === undefined ? [] : [{ loggedTaskId, taskId }];
  });
}

/**
 * Tasks of a fork. Its log names the tasks of its source, as the code knows them; those that are open there have rows
 * of their own for the fork, under ids that depend on the two alone.
 */
import { originOf } from '../../model/forks';
import type { HistoryEntry } from '../../model/history';
import type { ForkedTask } from '../../model/ports/store';
import { derivedId } from '../../replay/random';

/**
 * Each task that the copied entries tell of, by its id in the log, with the people whom it was open to there; null for
 * an execution that is no fork.
 */
export function forkedTasksOf(
  executionId: string,
  history: readonly HistoryEntry[],
): ReadonlyMap<string, ForkedTask> | null {
  const origin = originOf(history);
  if (!origin) return null;
  const tasks = new Map<string, ForkedTask>();
  for (const { kind, at, body } of history.slice(0, origin.atSeq)) {
    if (kind === 'task_created') {
      const { taskId: loggedTaskId, candidateRoles, candidateUsers } = body;
      const taskId = derivedId(at, `${executionId}:${loggedTaskId}`);
      tasks.set(loggedTaskId, { loggedTaskId, taskId, candidateRoles, candidateUsers });
    }
    const escalated = kind === 'task_escalated' ? tasks.get(body.taskId) : undefined;
    if (kind !== 'task_escalated' || !escalated) continue;
    tasks.set(body.taskId, {
      ...escalated,
      candidateRoles: [...new Set([...escalated.candidateRoles, ...body.roles])],
      candidateUsers: [...new Set([...escalated.candidateUsers, ...body.users])],
    });
  }
  return tasks;
}

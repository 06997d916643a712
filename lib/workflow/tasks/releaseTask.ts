import { TaskForbiddenError } from '../model/errors';
import { assertMayDecide, assertOpen, changedMeanwhile, guarded, readTask } from './checks';
import { announceTask, type TaskDeps, type TaskRequest, type TaskResult } from './deps';

/**
 * Gives a claimed task back to all candidates. The assignee may, and an administrator for them. Releasing what nobody
 * holds changes nothing.
 * @throws TaskNotFoundError, TaskForbiddenError, TaskConflictError (who ended it, or that it expired or changed).
 */
export async function releaseTask(deps: TaskDeps, request: TaskRequest): Promise<TaskResult> {
  const { taskId, userId, roles } = request;
  const task = await readTask(deps, request);
  const { executionId, assignee } = task;
  if (assignee !== userId && !roles.includes('administrator')) {
    assertMayDecide(task, request);
    if (assignee !== null)
      throw new TaskForbiddenError(`Only ${task.assigneeName} or an administrator can release it.`);
  }
  assertOpen(task, request);
  if (assignee === null) return { taskId, executionId, status: 'pending', version: task.version };
  const released = await deps.tasks.release({ ...guarded(request), holder: assignee });
  if (!released) throw changedMeanwhile();
  await announceTask(deps, request);
  return { taskId, executionId, status: 'pending', version: released.version };
}

import type { TaskSnapshot } from '../model/ports/taskStore';
import { TaskForbiddenError } from '../model/errors';
import { assertMayDecide, assertNotHeldByOther, assertOpen, changedMeanwhile, guarded, readTask } from './checks';
import { announceTask, type TaskDeps, type TaskRequest, type TaskResult } from './deps';

/**
 * Gives a claimed task back to all candidates. The assignee may, and an administrator for them; not who was only lent
 * it: that would take it from whoever decides. Releasing what nobody holds changes nothing.
 * @throws TaskNotFoundError, TaskForbiddenError, TaskConflictError (who ended it, or that it expired or changed).
 */
export async function releaseTask(deps: TaskDeps, request: TaskRequest): Promise<TaskResult> {
  const { taskId } = request;
  const task = await readTask(deps, request);
  assertMayRelease(task, request);
  if (task.assignee === null) return released(task);
  const change = await deps.tasks.release({ ...guarded(request), holder: task.assignee });
  if (change) {
    await announceTask(deps, request);
    return { taskId, executionId: task.executionId, status: 'pending', version: change.version };
  }
  const now = await readTask(deps, request);
  assertMayRelease(now, request);
  if (now.assignee === null) return released(now);
  throw changedMeanwhile(now, request);
}

function assertMayRelease(task: TaskSnapshot, request: TaskRequest): void {
  const { userId, roles } = request;
  if (task.assignee !== userId && !roles.includes('administrator')) {
    assertMayDecide(task, request);
    if (task.assignee !== null)
      throw new TaskForbiddenError(`Only ${task.assigneeName} or an administrator can release it.`);
  }
  assertOpen(task, request);
  if (!roles.includes('administrator')) assertNotHeldByOther(task, request);
}

const released = ({ taskId, executionId, version }: TaskSnapshot): TaskResult => ({
  taskId,
  executionId,
  status: 'pending',
  version,
});

import {
  assertMayDecide,
  assertNotHeldByOther,
  assertOpen,
  changedMeanwhile,
  guarded,
  isAddressable,
  readTask,
} from './checks';
import { announceTask, type TaskDeps, type TaskRequest, type TaskResult } from './deps';

/**
 * Makes a candidate the one who works on a task. Of several at once exactly one succeeds. Claiming what one holds
 * already changes nothing.
 * @throws TaskNotFoundError, TaskForbiddenError (no candidate, or excluded), TaskConflictError (who has it, or who
 *   ended it, or that it expired or changed).
 */
export async function claimTask(deps: TaskDeps, request: TaskRequest): Promise<TaskResult> {
  const { taskId } = request;
  const claimed = isAddressable(taskId) ? await deps.tasks.claim(guarded(request)) : null;
  if (claimed) {
    await announceTask(deps, request);
    return { taskId, executionId: claimed.executionId, status: 'claimed', version: claimed.version };
  }
  const task = await readTask(deps, request);
  if (task.status === 'claimed' && task.assignee === request.userId && !task.isClosing) {
    return { taskId, executionId: task.executionId, status: 'claimed', version: task.version };
  }
  assertMayDecide(task, request);
  assertNotHeldByOther(task, request);
  assertOpen(task, request);
  throw changedMeanwhile(task, request);
}

import { instruments } from '../telemetry/names';
import { assertMayDecide, assertNotHeldByOther, assertOpen, checkedChange, guarded } from './checks';
import { announceTask, resultOf, type TaskDeps, type TaskRequest, type TaskResult } from './deps';
import { writtenText } from './textInput';

/**
 * Ends a task without an answer: it should not, or cannot, be done. The workflow is told with the reason, in the same
 * commit, and goes on as it was written to.
 * @throws InvalidInputError without a reason, TaskNotFoundError, TaskForbiddenError, TaskConflictError.
 */
export async function declineTask(
  deps: TaskDeps,
  request: TaskRequest & { readonly reason: string },
): Promise<TaskResult> {
  const reason = writtenText(request.reason, '/reason', 'why it should not be done');
  const declined = await checkedChange(deps, request, {
    check: (task) => {
      assertMayDecide(task, request);
      assertNotHeldByOther(task, request);
      assertOpen(task, request);
    },
    make: () => deps.tasks.decline({ ...guarded(request), reason }),
  });
  const { executionId, partitionId } = declined;
  deps.metrics.count({ counter: instruments.tasksEnded, labels: { status: 'declined' } });
  await Promise.all([deps.hints.publish({ hints: [{ partitionId, executionId }] }), announceTask(deps, request)]);
  return resultOf(request, declined, 'declined');
}

import { assertMayDecide, assertNotHeldByOther, assertOpen } from './checks';
import type { TaskDeps, TaskRequest } from './deps';
import { endTogether, type EndedResult } from './endTogether';
import { writtenText } from './textInput';

/**
 * Ends a task without an answer: it should not, or cannot, be done. The workflow is told with the reason, in the same
 * commit, and goes on as it was written to. Open tasks of the same fingerprint end with it.
 * @throws InvalidInputError without a reason, TaskNotFoundError, TaskForbiddenError, TaskConflictError.
 */
export async function declineTask(
  deps: TaskDeps,
  request: TaskRequest & { readonly reason: string },
): Promise<EndedResult> {
  const reason = writtenText(request.reason, '/reason', 'why it should not be done');
  return endTogether(deps, request, {
    outputOrThrow: () => ({ reason }),
    status: 'declined',
    outcome: null,
    check: (task) => {
      assertMayDecide(task, request);
      assertNotHeldByOther(task, request);
      assertOpen(task, request);
    },
    outputOf: () => ({ reason }),
    end: ({ output: _, ...change }) => deps.tasks.decline({ ...change, reason }),
  });
}

/** What people add to a task without working on it: comments, and when it is due. */
import { InvalidInputError, TaskForbiddenError, TaskNotFoundError } from '../model/errors';
import type { TaskPlan, TaskPriority } from '../model/ports/taskStore';
import { assertOpen, checkedChange, guarded, readTask } from './checks';
import { announceTask, resultOf, type TaskDeps, type TaskRequest, type TaskResult } from './deps';
import { writtenText } from './textInput';

/**
 * Adds a comment; also to a task that has ended. Who may read the task may comment: that is the caller's matter.
 * @throws InvalidInputError, TaskNotFoundError.
 */
export async function commentOnTask(
  deps: TaskDeps,
  request: TaskRequest & { readonly text: string },
): Promise<TaskResult> {
  const text = writtenText(request.text, '/text', 'your comment');
  const task = await readTask(deps, request);
  const commented = await deps.tasks.comment({ ...guarded(request), text });
  if (!commented) throw new TaskNotFoundError(request.taskId);
  await announceTask(deps, request);
  return resultOf(request, commented, task.status);
}

const priorities: readonly TaskPriority[] = ['low', 'normal', 'high', 'urgent'];

/**
 * Changes priority, due date and follow-up of an open task; what is undefined stays, null takes away. Its holder may,
 * and an administrator. Expiry is the workflow's and not changed here.
 * @throws InvalidInputError, TaskNotFoundError, TaskForbiddenError, TaskConflictError.
 */
export async function planTask(deps: TaskDeps, request: TaskRequest & TaskPlan): Promise<TaskResult> {
  const { priority, dueAtMs, followUpAtMs, userId, roles } = request;
  if (priority !== undefined && !priorities.includes(priority)) {
    throw new InvalidInputError(`"${String(priority)}" is no priority. Use ${priorities.join(', ')}.`);
  }
  let status: TaskResult['status'] = 'pending';
  const changed = await checkedChange(deps, request, {
    check: (task) => {
      assertOpen(task, request);
      if (task.assignee !== userId && task.owner !== userId && !roles.includes('administrator')) {
        throw new TaskForbiddenError('Only who holds this task, or an administrator, can change when it is due.');
      }
      status = task.status;
    },
    make: () =>
      deps.tasks.plan({
        ...guarded(request),
        ...(priority === undefined ? {} : { priority }),
        ...(dueAtMs === undefined ? {} : { dueAtMs }),
        ...(followUpAtMs === undefined ? {} : { followUpAtMs }),
      }),
  });
  await announceTask(deps, request);
  return resultOf(request, changed, status);
}

import { validateSubmission } from '../../forms/server/validator';
import { ValidationFailedError } from '../model/errors';
import type { JsonValue } from '../model/json';
import type { TaskSnapshot } from '../model/ports/taskStore';
import { instruments } from '../telemetry/names';
import { assertMayDecide, assertNotHeldByOther, assertOpen, changedMeanwhile, guarded, readTask } from './checks';
import { announceTask, type TaskDeps, type TaskRequest, type TaskResult } from './deps';

export interface CompleteTaskRequest extends TaskRequest {
  /** The chosen button; null for a form without outcomes. */
  readonly outcome: string | null;
  /** What was typed, as it comes from the client. */
  readonly data: unknown;
}

/**
 * Answers a task. The answers are checked against the pinned form; then the task's end and the event for its workflow
 * are one commit, and of several people at once exactly one succeeds. Completing an unclaimed task claims it in that
 * commit.
 * @throws TaskNotFoundError, TaskForbiddenError, TaskConflictError (somebody else was first, it expired, it changed),
 *   ValidationFailedError with the wrong fields.
 */
export async function completeTask(deps: TaskDeps, request: CompleteTaskRequest): Promise<TaskResult> {
  const { taskId, outcome } = request;
  const task = await readTask(deps, request);
  assertMayComplete(task, request);
  // Form version and context never change after the creation of a task: what was checked here is what is committed.
  const output = checkAnswers(task, request);
  const completed = await deps.tasks.complete({ ...guarded(request), outcome, output });
  if (!completed) {
    assertMayComplete(await readTask(deps, request), request);
    throw changedMeanwhile();
  }
  const { executionId, partitionId, version } = completed;
  deps.metrics.count({ counter: instruments.tasksEnded, labels: { status: 'completed' } });
  await Promise.all([deps.hints.publish({ hints: [{ partitionId, executionId }] }), announceTask(deps, request)]);
  return { taskId, executionId, status: 'completed', version };
}

function assertMayComplete(task: TaskSnapshot, request: TaskRequest): void {
  assertMayDecide(task, request);
  assertNotHeldByOther(task, request);
  assertOpen(task, request);
}

function checkAnswers(task: TaskSnapshot, { outcome, data }: CompleteTaskRequest): JsonValue {
  const { form, contextData } = task;
  const result = validateSubmission({ form, contextData, outcome, data });
  if (result.ok) return result.output as JsonValue;
  const fieldErrors = result.fieldErrors.map(({ path, message }) => ({ path, message }));
  throw new ValidationFailedError(result.formError ?? 'Some answers need another look.', { fieldErrors });
}

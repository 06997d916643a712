import { validateSubmission } from '../../forms/server/validator';
import { ValidationFailedError } from '../model/errors';
import type { JsonValue } from '../model/json';
import type { TaskSnapshot } from '../model/ports/taskStore';
import { assertMayDecide, assertNotHeldByOther, assertOpen } from './checks';
import type { TaskDeps, TaskRequest } from './deps';
import { endTogether, type EndedResult } from './endTogether';

export interface CompleteTaskRequest extends TaskRequest {
  /** The chosen button; null for a form without outcomes. */
  readonly outcome: string | null;
  /** What was typed, as it comes from the client. */
  readonly data: unknown;
}

/**
 * Answers a task. The answers are checked against the pinned form; then the task's end and the event for its workflow
 * are one commit, and of several people at once exactly one succeeds. Completing an unclaimed task claims it in that
 * commit. Open tasks of the same fingerprint get the same answer, each with the read-only values of its own context. The
 * same answer sent again by the same person is answered alike, and has no further effect.
 * @throws TaskNotFoundError, TaskForbiddenError, TaskConflictError (somebody else was first, it expired, it changed),
 *   ValidationFailedError with the wrong fields.
 */
export async function completeTask(deps: TaskDeps, request: CompleteTaskRequest): Promise<EndedResult> {
  const { outcome } = request;
  return endTogether(deps, request, {
    outputOrThrow: (task) => checkAnswers(task, request),
    status: 'completed',
    outcome,
    check: (task) => {
      assertMayDecide(task, request);
      assertNotHeldByOther(task, request);
      assertOpen(task, request);
    },
    outputOf: (task) => {
      const result = resultOf(task, request);
      return result.ok ? (result.output as JsonValue) : undefined;
    },
    end: (change) => deps.tasks.complete({ ...change, outcome }),
  });
}

function checkAnswers(task: TaskSnapshot, request: CompleteTaskRequest): JsonValue {
  const result = resultOf(task, request);
  if (result.ok) return result.output as JsonValue;
  const fieldErrors = result.fieldErrors.map(({ path, message }) => ({ path, message }));
  throw new ValidationFailedError(result.formError ?? 'Some answers need another look.', { fieldErrors });
}

function resultOf(
  { form, contextData }: Pick<TaskSnapshot, 'form' | 'contextData'>,
  { outcome, data }: CompleteTaskRequest,
) {
  return validateSubmission({ form, contextData, outcome, data });
}

/** Interactive error resolution: what fails is put right by a person, and tried again. */
import { CanceledError, InvalidInputError } from '../model/errors';
import { defaultCompletionEvent, type TaskEnd } from '../model/events';
import type { HumanTaskRequest, WorkflowContext } from '../model/workflow';

export interface HelpedAttempt<Result> {
  /** What may fail. `number` counts from 1. Everything it does happens again with each attempt: use idempotent actions. */
  readonly attempt: (number: number) => Promise<Result>;
  /**
   * The task for a failed attempt, with what its form shows as `contextData`; null where nobody can help.
   */
  readonly task: (failure: { readonly error: Error; readonly number: number }) => HumanTaskRequest | null;
  /** 3 unless given. */
  readonly maxAttempts?: number;
  /** Told of each end of a task; with `give up` nothing is tried again. Tries again unless given, however it ended. */
  readonly onEnd?: (end: TaskEnd) => 'try again' | 'give up';
  /** The task for those who take over when the last attempt failed too. Nobody waits for it. */
  readonly escalate?: (failure: { readonly error: Error; readonly number: number }) => HumanTaskRequest;
}

/**
 * Tries; on a failure asks people to put it right, waits for any end of that task and tries again, up to
 * `maxAttempts` times.
 *
 * @returns what the attempt that succeeded returned.
 * @throws the error of the last attempt. A canceled execution is canceled, nobody is asked.
 */
export async function attemptWithHelp<Result>(
  context: Pick<WorkflowContext, 'actions' | 'events' | 'logger'>,
  { attempt, task, maxAttempts = 3, onEnd = () => 'try again', escalate }: HelpedAttempt<Result>,
): Promise<Result> {
  if (!Number.isInteger(maxAttempts) || maxAttempts < 1) {
    throw new InvalidInputError(`attemptWithHelp needs a whole number of attempts from 1 on, not ${maxAttempts}.`);
  }
  for (let number = 1; ; number += 1) {
    try {
      return await attempt(number);
    } catch (thrown) {
      if (thrown instanceof CanceledError) throw thrown;
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      const help = number < maxAttempts ? task({ error, number }) : null;
      context.logger.warn(`Attempt ${number} failed: ${error.message}`);
      if (help && onEnd(await askFor(context, help)) === 'try again') continue;
      if (escalate) await context.actions.createHumanTask(escalate({ error, number }));
      throw thrown;
    }
  }
}

async function askFor(
  { actions, events }: Pick<WorkflowContext, 'actions' | 'events'>,
  request: HumanTaskRequest,
): Promise<TaskEnd> {
  const { taskId } = await actions.createHumanTask(request);
  return (await events.waitFor<TaskEnd>(defaultCompletionEvent(taskId))).payload;
}

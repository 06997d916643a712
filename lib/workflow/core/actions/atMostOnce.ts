/**
 * Actions that are never started twice. The start is committed before the handler runs; where a start has no outcome
 * (the worker died, the time was over), nobody knows whether it happened, and a person is asked.
 */
import { ActionAbortedError, ActionError, recordError } from '../../model/errors';
import { uncertainActionEvent } from '../../model/events';
import { decodeJson, encodeJson, type JsonObject, type JsonValue } from '../../model/json';
import type { ActionCall } from '../../model/ports/actions';
import type { ActionStartStore, UncertainAnswer } from '../../model/ports/actionStores';
import type { TaskPreparer } from '../../model/ports/tasks';
import { ActionTimeoutError, AttemptAbortedError } from './attempt';
import { runSimple, type ActionClock, type CallOf, type HandlerOutcome } from './runHandler';
import type { RegisteredSimpleAction } from './types';

export interface UncertaintyParts {
  readonly starts: ActionStartStore;
  readonly tasks: TaskPreparer;
}

export type AtMostOnceOutcome =
  | HandlerOutcome
  /** A person is asked; the call is run again when there is an answer. */
  | { readonly kind: 'asked'; readonly taskId: string };

const taskType = 'did_this_happen';

interface AtMostOnceCall {
  readonly call: ActionCall;
  readonly running: CallOf<RegisteredSimpleAction>;
  /** The same call, to be run as this attempt. */
  readonly asAttempt: (attempt: number) => CallOf<RegisteredSimpleAction>;
  readonly recorded: JsonObject;
  readonly startedAtMs: number;
}

export async function runAtMostOnce(parts: UncertaintyParts, once: AtMostOnceCall): Promise<AtMostOnceOutcome> {
  const { call, running, recorded: params, startedAtMs } = once;
  const { cut, clock, definition } = running;
  const { name: actionName } = definition;
  if (call.isCanceled) return settleCanceled(parts, once);
  for (let confirmed = 0; !cut.aborted;) {
    const start = await whenReachable(running, () =>
      parts.starts.start({ call, actionName, params, startedAtMs, confirmed }),
    );
    if (start === null || start.kind === 'ownership_lost') return { kind: 'stopped' };
    const { attempt } = start;
    if (start.kind === 'started') {
      const outcome = await runSimple(once.asAttempt(attempt));
      // A handler that was cut short, or whose time was over, may have done it.
      if (!isUncertain(outcome)) return outcome;
    }
    const answer = await whenReachable(running, () => parts.starts.findAnswer({ call, attempt }));
    if (answer === null) return { kind: 'stopped' };
    const verdict = judge(answer, { actionName, attempt, clock });
    switch (verdict.kind) {
      case 'nobody_asked':
        return ask(parts, once, attempt);
      case 'run_again':
        confirmed = attempt;
        break;
      default:
        return verdict;
    }
  }
  return { kind: 'stopped' };
}

/** The execution is canceled: what a person has said already counts, and nobody is asked any more. */
async function settleCanceled(parts: UncertaintyParts, { call, running }: AtMostOnceCall): Promise<AtMostOnceOutcome> {
  const { clock, definition } = running;
  const closed = await whenReachable(running, () => parts.starts.closeQuestion({ call, atMs: clock.now() }));
  if (closed === null || closed === 'ownership_lost') return { kind: 'stopped' };
  const { attempt } = closed;
  const answer = await whenReachable(running, () => parts.starts.findAnswer({ call, attempt }));
  if (answer === null) return { kind: 'stopped' };
  const isAnswered = answer.kind === 'ended' && answer.outcome !== null;
  const verdict = isAnswered ? judge(answer, { actionName: definition.name, attempt, clock }) : null;
  if (verdict?.kind === 'completed' || verdict?.kind === 'failed') return verdict;
  const error = new ActionAbortedError(
    attempt === 0
      ? `The execution was canceled before "${definition.name}" began.`
      : `The execution was canceled while nobody knew whether "${definition.name}" happened.`,
  );
  return { kind: 'failed', error, attempts: Math.max(1, attempt) };
}

function isUncertain(outcome: HandlerOutcome): boolean {
  return outcome.kind === 'failed' && outcome.error instanceof ActionTimeoutError;
}

type Verdict = AtMostOnceOutcome | { readonly kind: 'nobody_asked' } | { readonly kind: 'run_again' };

function judge(
  answer: UncertainAnswer,
  {
    actionName,
    attempt,
    clock,
  }: { readonly actionName: string; readonly attempt: number; readonly clock: ActionClock },
): Verdict {
  if (answer.kind === 'nobody_asked') return answer;
  if (answer.kind === 'open') return { kind: 'asked', taskId: answer.taskId };
  if (answer.outcome === 'run_again') return { kind: 'run_again' };
  if (answer.outcome === 'happened') {
    const resultText = encodeJson(resultOf(answer.output), `The result of action "${actionName}"`);
    return { kind: 'completed', resultText, completedAtMs: clock.now(), attempts: attempt };
  }
  const error = new ActionError(actionName, {
    name: 'UncertainActionError',
    message: `Nobody knows whether action "${actionName}" happened, and a person decided that it counts as failed.`,
    code: 'action_uncertain',
    details: null,
  });
  return { kind: 'failed', error, attempts: attempt };
}

/** People type the result: JSON where it is JSON, else text. */
function resultOf(output: JsonValue): JsonValue {
  const { result } = (output ?? {}) as { result?: JsonValue };
  if (typeof result !== 'string' || result.trim() === '') return result === '' || result === undefined ? null : result;
  try {
    return decodeJson(result);
  } catch {
    return result;
  }
}

async function ask(
  { starts, tasks }: UncertaintyParts,
  { call, running, recorded }: AtMostOnceCall,
  attempt: number,
): Promise<AtMostOnceOutcome> {
  const { definition, clock } = running;
  const prepared = await whenReachable(running, () =>
    tasks.prepare([
      {
        tenant: call.tenant,
        executionId: call.executionId,
        request: {
          taskType,
          title: `Did "${definition.name}" happen?`,
          completionEvent: uncertainActionEvent(call.commandId),
          contextData: {
            actionName: definition.name,
            description: definition.description,
            workflowName: call.workflowName,
            idempotencyKey: running.about.idempotencyKey,
            parameters: JSON.stringify(recorded, null, 2),
          },
        },
        requestedBy: null,
        subject: null,
        nowMs: clock.now(),
      },
    ]),
  );
  const [task] = prepared ?? [];
  if (!task) return { kind: 'stopped' };
  if (!task.ok) {
    const { message } = recordError(new ActionError(definition.name, task.error));
    const error = new Error(
      `Nobody knows whether action "${definition.name}" happened, and nobody can be asked: ${message}`,
    );
    return { kind: 'failed', error, attempts: attempt };
  }
  const asked = await whenReachable(running, () => starts.ask({ call, attempt, task: task.row, atMs: clock.now() }));
  return asked === null || asked === 'ownership_lost' ? { kind: 'stopped' } : { kind: 'asked', taskId: asked.taskId };
}

/** A database that is away is waited for: its absence decides nothing. null when the call must not go on. */
async function whenReachable<T>(
  { cut, clock, logger }: CallOf<RegisteredSimpleAction>,
  work: () => Promise<T>,
): Promise<T | null> {
  while (!cut.aborted) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof AttemptAbortedError) return null;
      logger().warn({ error }, 'The start of an action could not be recorded or read; trying again.');
      await clock.pause(100 + 400 * clock.random(), cut.abortSignal);
    }
  }
  return null;
}

import type { JsonValue } from './json';
import { detailsOf, messageOf } from './messages';

/** One wrong field of an input. `path` is a JSON pointer such as `/lines/0/quantity`. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/**
 * Errors that a caller can act on. `code` is stable and documented, `message` is safe to show, `httpStatus` is what an
 * API answers. Everything else that is thrown is a defect or an outage.
 */
export abstract class BatonError extends Error {
  abstract readonly code: string;
  abstract readonly httpStatus: number;
  readonly fieldErrors?: readonly FieldError[];
  /** When the same call may succeed, in seconds; absent: it is not known. */
  readonly retryAfterSeconds?: number;

  constructor(message: string, options?: { readonly cause?: unknown; readonly fieldErrors?: readonly FieldError[] }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    if (options?.fieldErrors) this.fieldErrors = options.fieldErrors;
  }
}

// Inputs and permissions

export class InvalidInputError extends BatonError {
  readonly code = 'invalid_input';
  readonly httpStatus = 422;
}
/** A value that code passes on holds what the log could not give back as it was. The message names the place in it. */
export class UnstorableValueError extends BatonError {
  readonly code = 'unstorable_value';
  readonly httpStatus = 422;
}
/** The name tells of a task's end: only the task itself may send it. */
export class ReservedEventNameError extends BatonError {
  readonly code = 'reserved_event_name';
  readonly httpStatus = 422;
  constructor(eventName: string) {
    super(
      `Event "${eventName}" tells of the end of a task. Complete the task instead, or give the event another name.`,
    );
  }
}
export class ValidationFailedError extends BatonError {
  readonly code = 'validation_failed';
  readonly httpStatus = 422;
}
export class NotSignedInError extends BatonError {
  readonly code = 'not_signed_in';
  readonly httpStatus = 401;
}
export class PermissionDeniedError extends BatonError {
  readonly code = 'permission_denied';
  readonly httpStatus = 403;
}

// The whole

/** More waits than the workers get through. Nothing of what was sent is stored. */
export class OverloadedError extends BatonError {
  readonly code = 'overloaded';
  readonly httpStatus = 429;
  override readonly retryAfterSeconds = 5;
  constructor() {
    super('Too much work waits for the workers. Nothing was stored; send it again in a few seconds.');
  }
}
/** What was sent may or may not be stored: an idempotency key makes it safe to send it again. */
export class DatabaseUnavailableError extends BatonError {
  readonly code = 'database_unavailable';
  readonly httpStatus = 503;
  override readonly retryAfterSeconds = 5;
  /** @param reference number of the log line with the cause. */
  constructor(reference: string) {
    super(
      `The database does not answer. Try again in a few seconds; if it stays, tell an administrator this number: ${reference}.`,
    );
  }
}

/** A caller's own key comes again with something else. The first call stands, and nothing was done now. */
export class IdempotencyKeyReusedError extends BatonError {
  readonly code = 'idempotency_key_reused';
  readonly httpStatus = 409;
  /**
   * @param usedFor what it was used for, as `an event`.
   * @param differs where that is not the same, as `payload`.
   */
  constructor(idempotencyKey: string, usedFor: string, differs: readonly string[]) {
    super(
      `The idempotency key ${JSON.stringify(idempotencyKey)} was used before for ${usedFor} that differs in ` +
        `${differs.join(' and ')}. Send a repeat as it was the first time, and anything else with a new key.`,
    );
  }
}

// Executions

export class ExecutionNotFoundError extends BatonError {
  readonly code = 'execution_not_found';
  readonly httpStatus = 404;
  constructor(executionId: string) {
    super(`No execution ${executionId} exists in this tenant. Check the id.`);
  }
}
export class ExecutionEndedError extends BatonError {
  readonly code = 'execution_ended';
  readonly httpStatus = 409;
  constructor(executionId: string, status: string) {
    super(`Execution ${executionId} has ended (${status}) and takes no more events.`);
  }
}
export class ExecutionNotFailedError extends BatonError {
  readonly code = 'execution_not_failed';
  readonly httpStatus = 409;
  constructor(executionId: string, status: string) {
    super(`Execution ${executionId} is ${status}: only one that failed or is blocked on its code can be retried.`);
  }
}
/** The log is shorter than that. */
export class EntryNotFoundError extends BatonError {
  readonly code = 'entry_not_found';
  readonly httpStatus = 404;
  constructor(executionId: string, seq: number) {
    super(`The log of execution ${executionId} has no entry ${seq}. Name one that it shows.`);
  }
}
export class ForkAtEndError extends BatonError {
  readonly code = 'fork_at_end';
  readonly httpStatus = 409;
  constructor(seq: number) {
    super(`Entry ${seq} is the end of the execution: nothing can follow it. Fork from an entry before it.`);
  }
}
/** Children of the copied part of the log run on, and belong to the source. */
export class OpenChildrenError extends BatonError {
  readonly code = 'open_children';
  readonly httpStatus = 409;
  constructor(seq: number, children: readonly { readonly workflow: string; readonly childExecutionId: string }[]) {
    const names = children.map(({ workflow, childExecutionId }) => `${workflow} ${childExecutionId}`).join(', ');
    super(
      `At entry ${seq} children had not ended: ${names}. Fork from an entry where they had, or let the fork go on ` +
        `without them.`,
    );
  }
}
/** Another execution of the workflow, which has not ended, holds the key. */
export class WorkflowKeyTakenError extends BatonError {
  readonly code = 'workflow_key_taken';
  readonly httpStatus = 409;
  constructor(
    workflow: string,
    workflowKey: string,
    readonly executionId: string,
  ) {
    super(`Execution ${executionId} of workflow "${workflow}" holds the key "${workflowKey}" and has not ended.`);
  }
}
export class WorkflowNotFoundError extends BatonError {
  readonly code = 'workflow_not_found';
  readonly httpStatus = 404;
  constructor(name: string) {
    super(`No workflow "${name}" is registered. Register it with runtime.registerWorkflow() or in workflows/index.ts.`);
  }
}

/** Nothing of this id was put aside in the tenant. */
export class DeadLetterNotFoundError extends BatonError {
  readonly code = 'dead_letter_not_found';
  readonly httpStatus = 404;
  constructor(deadLetterId: string) {
    super(`No dead letter ${deadLetterId} exists in this tenant. Check the id.`);
  }
}
/** Somebody was first; what it concerns goes on already. */
export class DeadLetterRedrivenError extends BatonError {
  readonly code = 'dead_letter_redriven';
  readonly httpStatus = 409;
  constructor(deadLetterId: string) {
    super(`Dead letter ${deadLetterId} was redriven before. Look at its execution.`);
  }
}

// Tasks

export class TaskNotFoundError extends BatonError {
  readonly code = 'task_not_found';
  readonly httpStatus = 404;
  constructor(taskId: string) {
    super(`No task ${taskId} exists in this tenant. Check the id.`);
  }
}
export class TaskForbiddenError extends BatonError {
  readonly code = 'task_forbidden';
  readonly httpStatus = 403;
}
/** Somebody else was first. The message says who did what. */
export class TaskConflictError extends BatonError {
  readonly code = 'task_conflict';
  readonly httpStatus = 409;
}
export class UnknownTaskTypeError extends BatonError {
  readonly code = 'unknown_task_type';
  readonly httpStatus = 422;
  constructor(taskType: string) {
    super(`No task definition "${taskType}" exists for this tenant or in the system definitions. Publish it first.`);
  }
}

// Actions

export class UnknownActionError extends BatonError {
  readonly code = 'unknown_action';
  readonly httpStatus = 422;
  constructor(name: string) {
    super(`No action "${name}" is registered on this worker. Register it in workflows/actions or fix the name.`);
  }
}
export class ActionInProgressError extends BatonError {
  readonly code = 'action_in_progress';
  readonly httpStatus = 409;
}
/** An action that must not be started twice was started, and nobody knows whether it happened. */
export class ActionUncertainError extends BatonError {
  readonly code = 'action_uncertain';
  readonly httpStatus = 409;
  constructor(actionName: string, idempotencyKey: string) {
    super(
      `Nobody knows whether action "${actionName}" happened: its start with the idempotency key "${idempotencyKey}" has ` +
        'no outcome. It is not started again. Look whether it happened; where it did not, call it with a new key.',
    );
  }
}
/** What the handler returned does not fit its output schema, or cannot be stored. Another attempt would not help. */
export class ActionResultError extends BatonError {
  readonly code = 'action_result_invalid';
  readonly httpStatus = 422;
}
/** A database action sent what is not for it to decide: where its transaction ends, and as whom it runs. */
export class StatementRefusedError extends BatonError {
  readonly code = 'statement_refused';
  readonly httpStatus = 422;
  constructor(
    what: string,
    instead = 'The engine commits the transaction with the result, as the role of the tenant.',
  ) {
    super(`${what} is not possible in a database action. ${instead}`);
  }
}
/** At its end a database action was in another transaction, or ran as another role or tenant, than at its beginning. */
export class TransactionLeftError extends BatonError {
  readonly code = 'transaction_left';
  readonly httpStatus = 422;
  constructor() {
    super(
      'The action left its transaction, its role or its tenant while it ran. Its result is not recorded, and what it ' +
        'committed by itself stands. Look at what it did before you run it again.',
    );
  }
}
/** The execution was canceled or terminated while the action ran. What it did until then stands. */
export class ActionAbortedError extends BatonError {
  readonly code = 'action_aborted';
  readonly httpStatus = 409;
}

// Replay

/** The code does not do what the log says it did. The execution waits as `blocked_on_code`. */
export class NondeterminismError extends BatonError {
  readonly code = 'nondeterminism';
  readonly httpStatus = 409;
  constructor(
    message: string,
    readonly difference: {
      readonly seq: number | null;
      readonly recorded: string | null;
      readonly actual: string | null;
      /** Where in the code the actual command was issued, if that was traced. */
      readonly callSite?: string | null;
    },
  ) {
    super(message);
  }
}
/** Frames of the engine tell an author nothing. */
const engineFrame = /lib\/workflow\/(replay|model)\/(?!.*\.test\.)|node:internal/;

/** Workflow code awaited something that the log cannot bring back. */
export class ForeignAwaitError extends BatonError {
  readonly code = 'foreign_await';
  readonly httpStatus = 409;
  /** The call that gave it away, innermost first, where there was one. */
  readonly details: JsonValue;

  constructor(message: string, { withStack = false }: { readonly withStack?: boolean } = {}) {
    super(message);
    const frames = (this.stack ?? '').split('\n').filter((line) => /^\s*at /.test(line) && !engineFrame.test(line));
    this.details = withStack ? { stack: frames.slice(0, 8).map((line) => line.trim()) } : null;
  }
}
/** Workflow code called something that only an action may do. */
export class ForbiddenInWorkflowError extends BatonError {
  readonly code = 'forbidden_in_workflow';
  readonly httpStatus = 409;
  constructor(what: string, instead: string) {
    super(`${what} cannot be used in workflow code, which is run again from its log. ${instead}`);
  }
}

/** An error as the log keeps it. */
export interface RecordedError {
  readonly name: string;
  readonly message: string;
  readonly code: string | null;
  /** What the thrower attached as `details`, if anything. */
  readonly details: JsonValue;
  /** Of an action that must not be started twice: what tries actions again by itself leaves it alone. */
  readonly once?: true;
}

/** The error that workflow code catches when an action failed: the same in live code and in replay. */
export class ActionError extends Error {
  readonly code: string | null;
  readonly details: JsonValue;
  /** Name of the class that the action threw. */
  readonly type: string;

  constructor(
    readonly action: string,
    recorded: RecordedError,
  ) {
    super(recorded.message);
    this.name = 'ActionError';
    this.type = recorded.name;
    this.code = recorded.code;
    this.details = recorded.details;
    if (recorded.once) onceOnly.add(this);
  }
}

/** Apart from the errors, whose members are the author's to look at. */
const onceOnly = new WeakSet<ActionError>();

/** Whether this is the failure of an action that must not be started twice. The log says so. */
export function isOnceOnly(error: unknown): boolean {
  return error instanceof ActionError && onceOnly.has(error);
}

/**
 * What waits and sleeps of workflow code throw once the execution is to be canceled. Clean up in catch or finally, where
 * actions and waits work as ever; the end is `canceled` whether it is thrown on or not.
 */
export class CanceledError extends Error {
  readonly code = 'canceled';

  constructor(
    /** Who canceled; null: the engine, for a parent that ended. */
    readonly by: string | null,
    readonly reason: string | null,
  ) {
    super(reason ?? 'The execution was canceled.');
    this.name = 'CanceledError';
  }
}

/** The error that a parent catches when its child did not complete. */
export class ChildFailedError extends Error {
  readonly code: string | null;
  /** What the child ended with: name, message, code and details of its error. */
  readonly details: JsonValue;

  constructor(
    readonly workflow: string,
    readonly executionId: string,
    /** How the child ended: `failed`, `canceled` or `terminated`. */
    readonly status: string,
    recorded: RecordedError | null,
  ) {
    super(recorded?.message ?? `Child ${workflow} was ${status}.`);
    this.name = 'ChildFailedError';
    this.code = recorded?.code ?? `child_${status}`;
    this.details = { workflow, executionId, status, error: recorded === null ? null : { ...recorded } };
  }
}

/** Reduces anything thrown to what the log keeps. No stack: it differs between runs and machines. */
export function recordError(thrown: unknown): RecordedError {
  try {
    return recordReadable(thrown);
  } catch {
    // Such as a proxy whose traps throw, or a getter of an error.
    const message = 'Something was thrown that cannot be read.';
    return { name: 'Error', message, code: null, details: null };
  }
}

function recordReadable(thrown: unknown): RecordedError {
  if (thrown instanceof ActionError) {
    return { name: thrown.type, message: thrown.message, code: thrown.code, details: thrown.details };
  }
  if (thrown instanceof Error) {
    const { name, message, code, details } = thrown as Error & { code?: unknown; details?: unknown };
    return {
      name: messageOf(name),
      message: messageOf(message),
      code: typeof code === 'string' ? code : null,
      details: detailsOf(details),
    };
  }
  const isObject = typeof thrown === 'object' && thrown !== null;
  return { name: 'Error', message: messageOf(thrown), code: null, details: isObject ? detailsOf(thrown) : null };
}

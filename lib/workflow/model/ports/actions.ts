import type { RecordedError } from '../errors';
import type { JsonValue } from '../json';

/** One action that an execution asked for. */
export interface ActionCall {
  readonly tenant: string;
  readonly executionId: string;
  readonly partitionId: number;
  readonly workflowName: string;
  readonly correlationId: string;
  /** Name and counter, for example `updateInvoiceStatus#1`; with the execution id it identifies the call for ever. */
  readonly commandId: string;
  /** As written by the author; `SendInvoiceEmail`, `sendInvoiceEmail` and `send_invoice_email` are the same action. */
  readonly name: string;
  readonly args: JsonValue;
  /** Position among the commands of the execution, and fingerprint of the arguments, as the log holds them. */
  readonly n: number;
  readonly argsHash: string;
  /** Attempts already recorded for this call, by this owner or by one before it. */
  readonly attemptsBefore: number;
  /** Of those attempts: when the first one began, and when the next one may. */
  readonly firstStartedAtMs?: number;
  readonly nextAttemptAtMs?: number | null;
  /** A worker stood still while an action of this execution was under way: should it happen again, who it was is known. */
  readonly isSuspect?: boolean;
  /** The execution was canceled after its code asked for this: the call only gets an outcome, nothing is begun. */
  readonly isCanceled?: boolean;
}

interface OutcomeTimes {
  readonly attempts: number;
  readonly startedAtMs: number;
  readonly completedAtMs: number;
  /** Whether the result row is committed already, together with the action's effect. */
  readonly stored: boolean;
  /** Parameters after validation and defaults. */
  readonly params: JsonValue;
}

export type ActionOutcome =
  | (OutcomeTimes & { readonly status: 'completed'; readonly result: JsonValue })
  | (OutcomeTimes & { readonly status: 'failed'; readonly error: RecordedError })
  /** The worker lost its lease while the action ran: nothing was committed, somebody else goes on. */
  | { readonly status: 'ownership_lost' }
  /** The outcome comes later: when a person has answered this task, or when a job is done. */
  | { readonly status: 'deferred'; readonly taskId: string | null };

/** An outcome that the log can hold. */
export type RecordedOutcome = Exclude<ActionOutcome, { readonly status: 'ownership_lost' | 'deferred' }>;

/** Runs actions for the engine. `run` never rejects: every failure is an outcome. */
export interface ActionRunner {
  run(call: ActionCall): Promise<ActionOutcome>;
  /**
   * The execution is to end: its calls under way may be cut short. Each of them still resolves with its outcome, which
   * is recorded before the end; one that is cut short fails with the code `action_aborted`. Calls that start afterwards
   * are not meant.
   */
  interrupt?(request: {
    readonly executionId: string;
    readonly why: 'canceled' | 'terminated';
    /** Commands that are not meant. */
    readonly except?: ReadonlySet<string>;
  }): void;
  /**
   * The calls of one execution, or all of them and those to come, are somebody else's: handlers find their signal
   * aborted, open transactions are rolled back, and every `run` under way resolves soon as `ownership_lost`.
   */
  abandon(request: { readonly executionId?: string }): void;
}

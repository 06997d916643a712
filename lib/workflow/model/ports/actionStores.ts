/** What running actions asks of the database. Filled by lib/workflow/persistence/actions. */
import type { RecordedError } from '../errors';
import type { JsonObject, JsonValue } from '../json';
import type { ActionCall, RecordedOutcome } from './actions';
import type { NewTaskRow } from './tasks';

export type IsolationLevel = 'READ UNCOMMITTED' | 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE';

export interface StatementResult {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** Rows that the statement changed or returned. */
  readonly count: number;
}

/** The transaction of a database action while its handler runs, as the tenant's role. */
export interface OpenTransaction {
  /** `sql` with $1, $2... With `asArrays` each row is the list of its values. @throws when the transaction is over. */
  run(statement: {
    readonly sql: string;
    readonly bindings: readonly unknown[];
    readonly asArrays?: boolean;
  }): Promise<StatementResult>;
}

/** The author's part of a transaction: the result as JSON text, and when it was ready. */
export type TransactionWork = (
  transaction: OpenTransaction,
) => Promise<{ readonly resultText: string; readonly completedAtMs: number }>;

export type TransactionOutcome =
  | { readonly kind: 'committed'; readonly resultText: string; readonly completedAtMs: number }
  /** Rolled back: the handler threw, or what it wrote was refused. */
  | { readonly kind: 'failed'; readonly error: unknown }
  /** Rolled back because others were at the same rows. */
  | { readonly kind: 'conflict'; readonly error: unknown }
  /** The connection was lost. During the commit nobody knows yet whether it came through. */
  | { readonly kind: 'unreachable'; readonly error: unknown; readonly during: 'begin' | 'work' | 'commit' }
  /** Rolled back: this call has a final result already. */
  | { readonly kind: 'already_recorded' }
  /** Rolled back: somebody else owns this call now. */
  | { readonly kind: 'ownership_lost' };

/** Results of the actions of executions. */
export interface ActionResultStore {
  /** The final outcome of a call, if it is committed. */
  find(query: { readonly call: ActionCall }): Promise<RecordedOutcome | null>;

  /** Notes a failed attempt that will be followed by another one. Only while the worker owns the execution. */
  noteRetry(note: {
    readonly call: ActionCall;
    readonly actionName: string;
    readonly params: JsonObject;
    readonly attempts: number;
    readonly error: RecordedError;
    readonly startedAtMs: number;
    readonly nextAttemptAtMs: number;
  }): Promise<'noted' | 'ownership_lost'>;

  /**
   * Runs a database action and records its result in one transaction. A worker that was fenced, or that released the
   * execution's partition meanwhile, cannot commit it.
   */
  transact(request: {
    readonly call: ActionCall;
    readonly actionName: string;
    readonly isolationLevel: IsolationLevel;
    readonly params: JsonObject;
    readonly attempts: number;
    readonly startedAtMs: number;
    readonly work: TransactionWork;
  }): Promise<TransactionOutcome>;
}

/** What became of the question whether a started action happened. */
export type UncertainAnswer =
  | { readonly kind: 'nobody_asked' }
  | { readonly kind: 'open'; readonly taskId: string }
  /** `outcome` is null where the task ended without an answer. */
  | { readonly kind: 'ended'; readonly outcome: string | null; readonly output: JsonValue };

/** Starts of actions that must not be started twice. */
export interface ActionStartStore {
  /**
   * Commits that the call is started, before its handler runs, and says which attempt that is. `confirmed`: the last
   * start of which a person said that nothing happened; 0 for the first, also after a retry of the execution. `known`:
   * that attempt was started already.
   */
  start(request: {
    readonly call: ActionCall;
    readonly actionName: string;
    readonly params: JsonObject;
    readonly startedAtMs: number;
    readonly confirmed: number;
  }): Promise<{ readonly kind: 'started' | 'known'; readonly attempt: number } | { readonly kind: 'ownership_lost' }>;

  /** What a person said of this start. */
  findAnswer(query: { readonly call: ActionCall; readonly attempt: number }): Promise<UncertainAnswer>;

  /**
   * Nobody is to be asked any more: ends the question about the last start, if it is open. Answers with the number of
   * that start, 0 where there was none; what a person said of it before can be found then.
   */
  closeQuestion(request: {
    readonly call: ActionCall;
    readonly atMs: number;
  }): Promise<{ readonly attempt: number } | 'ownership_lost'>;

  /** Asks a person what became of this start. Once: a second call changes nothing. */
  ask(request: {
    readonly call: ActionCall;
    readonly attempt: number;
    readonly task: NewTaskRow;
    readonly atMs: number;
  }): Promise<{ readonly taskId: string } | 'ownership_lost'>;
}

/** Names a call outside any execution. */
export interface ActionKey {
  readonly tenant: string;
  readonly actionName: string;
  readonly idempotencyKey: string;
}

export type KeyClaim =
  /** The caller runs the action. `token` proves it and changes with every renewal. */
  | { readonly kind: 'claimed'; readonly token: string }
  | ({ readonly kind: 'completed'; readonly result: JsonValue } & KeyContent)
  /** `lapsed` proves that the claim was not renewed for so long that it may be taken over; null: somebody renews it. */
  | ({ readonly kind: 'in_progress'; readonly lapsed: string | null } & KeyContent);

/** What a key stands for. */
export interface KeyContent {
  /** As the caller gave them. Null for keys of a time when that was not kept. */
  readonly given: JsonValue;
  /** As the action's definition made them of that. */
  readonly params: JsonValue;
}

/** Calls outside executions: the key is claimed before anything runs, and the result is kept beside it. */
export interface ActionKeyStore {
  /**
   * Claims a key that is new or failed, or whose claim was not renewed for `leaseMs` and is the one that `lapsed` of an
   * earlier answer names: whoever takes over looks first whether it would do the same.
   */
  claim(request: {
    readonly key: ActionKey;
    readonly callerExecutionId: string | null;
    readonly callerEventId: string | null;
    readonly given: JsonValue;
    readonly params: JsonObject;
    readonly leaseMs: number;
    readonly lapsed: string | null;
  }): Promise<KeyClaim>;

  /** The stored result, if the key is completed. */
  find(query: { readonly key: ActionKey }): Promise<{ readonly result: JsonValue } | null>;

  /** Answers with the new token, or null when the claim went to somebody else. */
  renew(request: { readonly key: ActionKey; readonly token: string }): Promise<string | null>;

  /** False when the claim went to somebody else: nothing was written. */
  finish(
    request: { readonly key: ActionKey; readonly token: string } & (
      | { readonly status: 'completed'; readonly resultText: string }
      | { readonly status: 'failed'; readonly error: RecordedError }
    ),
  ): Promise<boolean>;

  /** Runs a database action and completes its key in one transaction. */
  transact(request: {
    readonly key: ActionKey;
    readonly token: string;
    readonly isolationLevel: IsolationLevel;
    readonly work: TransactionWork;
  }): Promise<TransactionOutcome>;
}

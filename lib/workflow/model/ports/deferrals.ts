/**
 * Executions whose code their owner lacks. Each is left alone for a while, then looked at again; nothing of it fails. A
 * row exists per execution that was ever deferred, for the people who ask why it waits.
 */
import type { RecordedError } from '../errors';
import type { ExecutionKey } from './store';

export interface Deferral extends ExecutionKey {
  readonly error: RecordedError;
  /** Until then the worker that writes this leaves the execution alone. */
  readonly retryAfterMs: number;
}

export interface DeferredExecution extends ExecutionKey {
  readonly workflowName: string;
  readonly workflowVersion: string;
  readonly isEnded: boolean;
}

export interface DeferralStore {
  /** Notes why these do not go on here. Executions that do not exist are left out; nothing is written for a fenced worker. */
  defer(note: { readonly workerId: string; readonly deferrals: readonly Deferral[] }): Promise<void>;

  /** All that is deferred in these partitions, by whatever worker. */
  findDeferred(query: { readonly partitions: readonly number[] }): Promise<readonly DeferredExecution[]>;

  /** Their code is here, or they have ended. Does nothing for a fenced worker. */
  resolveDeferrals(note: { readonly workerId: string; readonly executions: readonly ExecutionKey[] }): Promise<void>;
}

/**
 * Dispatched actions. A job's row is the truth: who has claimed it, its attempts, its progress. A transport only tells
 * job workers sooner than they would find out by looking.
 */
import type { RecordedError } from '../errors';
import type { JsonValue } from '../json';
import type { ActionCall } from './actions';

/** The owner of an execution hands actions over, and goes on. */
export interface JobDispatcher {
  /**
   * Commits the job, while the worker owns the execution. A job that the call has already stays as it is. Its outcome
   * comes through the execution's inbox.
   */
  dispatch(job: {
    readonly call: ActionCall;
    readonly actionName: string;
    readonly heartbeatTimeoutMs: number;
  }): Promise<'dispatched' | 'ownership_lost'>;

  /** Ends the open jobs of an execution, or that of one command, as failed. Whoever runs one hears of it with its next heartbeat. */
  cancel(request: {
    readonly executionId: string;
    readonly commandId?: string;
    /** Commands whose jobs go on. */
    readonly except?: readonly string[];
    readonly error: RecordedError;
  }): Promise<void>;
}

export interface ClaimedJob {
  readonly jobId: string;
  /** Proves the claim. */
  readonly token: string;
  readonly tenant: string;
  readonly executionId: string;
  readonly commandId: string;
  readonly correlationId: string;
  readonly actionName: string;
  /** As the workflow passed them: not yet checked. */
  readonly args: JsonValue;
  /** Counts from 1, this claim included. */
  readonly attempt: number;
  readonly createdAtMs: number;
  readonly heartbeatTimeoutMs: number;
}

export interface JobEnd {
  readonly tenant: string;
  readonly executionId: string;
  readonly partitionId: number;
}

export interface JobStore {
  /** Claims a job that is due: this one, or the one due longest. No two claims get the same job. */
  claim(request: { readonly jobId: string | null; readonly claimedBy: string }): Promise<ClaimedJob | null>;

  /** Takes over a claim whose heartbeats stopped. `attempt` is the one that was lost. */
  takeLost(request: { readonly claimedBy: string }): Promise<ClaimedJob | null>;

  /** False when the claim went to somebody else or the job was ended: stop working. */
  heartbeat(request: {
    readonly jobId: string;
    readonly token: string;
    /** Left out: stays as it is. */
    readonly progress?: JsonValue;
  }): Promise<boolean>;

  /** Gives the job back, to be claimed again after `delayMs`. An attempt that never began does not count. */
  giveBack(request: {
    readonly jobId: string;
    readonly token: string;
    readonly delayMs: number;
    readonly counts: boolean;
    readonly error: RecordedError | null;
  }): Promise<boolean>;

  /** Ends the job and puts its outcome into the execution's inbox, in one commit. null: the claim is not ours any more. */
  finish(
    request: { readonly jobId: string; readonly token: string; readonly params: JsonValue } & (
      | { readonly status: 'completed'; readonly resultText: string }
      | { readonly status: 'failed'; readonly error: RecordedError }
    ),
  ): Promise<JobEnd | null>;
}

/** Tells job workers of jobs. Losing an announcement costs one look around, a doubled one nothing. */
export interface JobTransport {
  /** Never rejects, and never waits longer than some 200 ms. */
  announce(job: { readonly jobId: string; readonly delayMs: number }): Promise<void>;
  /** @param onJob runs the job, if it can be claimed, and resolves when that is over. */
  listen(request: { readonly concurrency: number; readonly onJob: (jobId: string) => Promise<void> }): void;
  /** How often a job worker should look for itself. */
  readonly lookEveryMs: number;
  close(): Promise<void>;
}

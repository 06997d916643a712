/**
 * Cancel, terminate, pause, resume, retry. Each of them is accepted once it is committed to the inbox of the execution;
 * its owner acts on it. What the log then holds first counts: an execution that ends before its owner comes to the
 * decision has ended, and the decision is closed as too late.
 */
import {
  ExecutionEndedError,
  ExecutionNotFailedError,
  ExecutionNotFoundError,
  WorkflowKeyTakenError,
} from '../model/errors';
import type { DecisionKind } from '../model/history';
import { isEnded } from '../model/status';
import { insertDecision, statusesFor } from '../persistence/decisions';
import { isUuid } from '../persistence/inbox';
import { instruments } from '../telemetry/names';
import type { EngineDeps } from './engineDeps';

export interface DecisionInput {
  readonly executionId: string;
  readonly tenant: string;
  /** Who decides; absent for the system. */
  readonly userId?: string | null;
  /** Kept in the log, for people. */
  readonly reason?: string | null;
}

/** What became of a decision that was accepted. */
export interface Decided {
  /** The run whose inbox it is in: the current one, where the one that was named continued as new. */
  readonly executionId: string;
}

/**
 * @throws ExecutionNotFoundError when the tenant has no such execution.
 * @throws ExecutionEndedError when it has ended.
 * @throws ExecutionNotFailedError when a retry finds one that neither failed nor is blocked on its code.
 * @throws WorkflowKeyTakenError when a retry finds the workflow key held by another execution that has not ended.
 */
async function decide(deps: EngineDeps, kind: DecisionKind, input: DecisionInput): Promise<Decided> {
  const { executionId, tenant, userId, reason } = input;
  const decision = { by: userId ?? null, reason: reason ?? null };
  // An id that is no id is one that the tenant does not have.
  const found = isUuid(executionId) ? await insertDecision(deps.sql, { tenant, executionId, kind, decision }) : null;
  if (!found) throw new ExecutionNotFoundError(executionId);
  const { receiverId, partitionId, status, taken } = found;
  if (!statusesFor(kind).includes(status)) {
    if (isEnded(status)) throw new ExecutionEndedError(receiverId, status);
    throw new ExecutionNotFailedError(receiverId, status);
  }
  if (taken) throw new WorkflowKeyTakenError(taken.workflow, taken.workflowKey, taken.holder);
  deps.metrics.count({ counter: instruments.eventsSubmitted, labels: { via: 'decision' } });
  await Promise.all([
    deps.hints.publish({ hints: [{ partitionId, executionId: receiverId }] }),
    deps.live.publish({ changes: [{ tenant, topic: 'execution', id: receiverId }] }),
  ]);
  return { executionId: receiverId };
}

/**
 * The waits of its code throw a `CanceledError`, once; catch and finally may act and wait. It ends as `canceled`,
 * whatever its code makes of it. A paused execution learns of it when it is resumed.
 */
export const cancelExecution = (deps: EngineDeps, input: DecisionInput) => decide(deps, 'cancel_requested', input);

/** Ends it without running any of its code, as soon as every action under way has its outcome in the log. */
export const terminateExecution = (deps: EngineDeps, input: DecisionInput) =>
  decide(deps, 'terminate_requested', input);

/** Its code gets nothing and its timers do not fire until it is resumed; actions under way are recorded. */
export const pauseExecution = (deps: EngineDeps, input: DecisionInput) => decide(deps, 'execution_paused', input);

export const resumeExecution = (deps: EngineDeps, input: DecisionInput) => decide(deps, 'execution_resumed', input);

/**
 * Goes on from a failure: what the execution failed with is undone and tried again under the same key. One that is
 * blocked on its code tries that code now.
 */
export const retryExecution = (deps: EngineDeps, input: DecisionInput) => decide(deps, 'execution_retried', input);

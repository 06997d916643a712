import type { Sql } from 'postgres';
import { v7 as newId } from 'uuid';
import { InvalidInputError, WorkflowNotFoundError } from '../model/errors';
import type { JsonObject } from '../model/json';
import { partitionFor } from '../model/partitions';
import { assertStorable } from '../model/storable';
import {
  findByWorkflowKey,
  insertExecutions,
  type NewExecution,
  type StartOutcome,
} from '../persistence/startExecutions';
import type { EngineDeps } from './engineDeps';
import { shareWrites, type SharedWrite } from './sharedWrites';
import { announce } from './submitEvent';

export interface StartWorkflowInput {
  readonly tenant: string;
  /** Read by the workflow with `data.get(key)`. */
  readonly initialData?: JsonObject;
  readonly userId?: string;
  readonly subject?: string;
  /** At most one execution of the workflow has this key: a repeated start answers with that one. */
  readonly workflowKey?: string;
}

/**
 * Starts an execution by name, without an event. Answers with its id.
 * @throws WorkflowNotFoundError when no worker ever registered the name.
 */
export async function startWorkflow(deps: EngineDeps, name: string, input: StartWorkflowInput): Promise<string> {
  if (!input.tenant) throw new InvalidInputError('startWorkflow needs a tenant.');
  assertStorable({ name, input }, `The start of ${JSON.stringify(name)}`);
  const executionId = newId();
  const { tenant, workflowKey = null, initialData = {}, userId = null } = input;
  const partitionId = partitionFor(tenant, workflowKey === null ? executionId : `${name}\u0000${workflowKey}`);
  const outcome = await startsOf(deps.sql)({
    executionId,
    partitionId,
    tenant,
    workflowName: name,
    subject: input.subject ?? null,
    workflowKey,
    startedBy: userId,
    trigger: {
      name: 'workflow.started',
      type: 'workflow.started',
      payload: initialData,
      user_id: userId,
      event_id: newId(),
      timestamp: new Date().toISOString(),
    },
    initialData,
    seed: newId(),
  });
  if (outcome === 'unknown_workflow') throw new WorkflowNotFoundError(name);
  if (outcome === 'key_taken' && workflowKey !== null) {
    const existing = await findByWorkflowKey(deps.sql, { tenant, workflowName: name, workflowKey });
    if (existing) return existing;
  }
  await announce(deps, tenant, [{ partitionId, executionId }]);
  return executionId;
}

/** Starts over one pool share statements. A start may wait for somebody else's use of its key: one more goes past it. */
const sharedStarts = new WeakMap<Sql, SharedWrite<NewExecution, StartOutcome>>();

function startsOf(sql: Sql): SharedWrite<NewExecution, StartOutcome> {
  const known = sharedStarts.get(sql);
  if (known) return known;
  const share = shareWrites({
    write: (executions: readonly NewExecution[]) => insertExecutions(sql, executions),
    lanes: 2,
  });
  sharedStarts.set(sql, share);
  return share;
}

import { v7 as newId } from 'uuid';
import { InvalidInputError, WorkflowNotFoundError } from '../model/errors';
import type { JsonObject } from '../model/json';
import { partitionFor } from '../model/partitions';
import { findRegistration } from '../persistence/registrations';
import { findByWorkflowKey, insertExecutions } from '../persistence/startExecutions';
import type { EngineDeps } from './engineDeps';
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
  const registration = await findRegistration(deps.sql, name);
  if (!registration) throw new WorkflowNotFoundError(name);
  const executionId = newId();
  const { tenant, workflowKey = null } = input;
  const partitionId = partitionFor(tenant, workflowKey === null ? executionId : `${name}\u0000${workflowKey}`);
  const started = await insertExecutions(deps.sql, [
    {
      executionId,
      partitionId,
      tenant,
      registrationId: registration.registrationId,
      subject: input.subject ?? null,
      correlationId: executionId,
      startedByEventId: null,
      workflowKey,
      started: {
        workflow: name,
        version: registration.version,
        trigger: {
          name: 'workflow.started',
          type: 'workflow.started',
          payload: input.initialData ?? {},
          user_id: input.userId ?? null,
          event_id: newId(),
          timestamp: new Date().toISOString(),
        },
        initialData: input.initialData ?? {},
        seed: newId(),
        logicalExecutionId: executionId,
        startedBy: input.userId ?? null,
      },
    },
  ]);
  if (!started.has(executionId) && workflowKey !== null) {
    const existing = await findByWorkflowKey(deps.sql, { tenant, workflowName: name, workflowKey });
    if (existing) return existing;
  }
  await announce(deps, tenant, [{ partitionId, executionId }]);
  return executionId;
}

import type { Sql } from 'postgres';
import { v5 as derivedId, v7 as newId } from 'uuid';
import { ExecutionEndedError, InvalidInputError } from '../model/errors';
import type { JsonObject, JsonValue } from '../model/json';
import { keyedPartition, partitionFor } from '../model/partitions';
import {
  findByWorkflowKey,
  findFirstStart,
  insertExecutions,
  type NewExecution,
  type StartOutcome,
} from '../persistence/startExecutions';
import { admitPayload } from './admission';
import type { EngineDeps } from './engineDeps';
import { sendEvent, type EnqueueEventInput } from './enqueueEvent';
import { assertRepeats } from './repeats';
import { shareWrites, type SharedWrite } from './sharedWrites';
import { startOrFindBy } from './startByKey';
import { announce } from './submitEvent';

export interface StartWorkflowInput {
  readonly tenant: string;
  /** Read by the workflow with `data.get(key)`. */
  readonly initialData?: JsonObject;
  readonly userId?: string;
  readonly subject?: string;
  /**
   * At most one execution of the workflow that has not ended holds a key, however many start it at once. When it has
   * ended the key is free again.
   */
  readonly workflowKey?: string;
  /**
   * The caller's own key: a start that is repeated with it answers with the execution of the first one, ended or not.
   * Counts for one tenant, workflow and workflow key, and stands for one initial data and subject.
   */
  readonly idempotencyKey?: string;
  /** When another execution holds the key: `return` answers with that one (default), `fail` refuses the start. */
  readonly onConflict?: 'return' | 'fail';
  /** Sent with the start, or to the execution that holds the key: signal-with-start. */
  readonly signal?: { readonly name: string; readonly payload?: JsonValue };
}

export interface StartedWorkflow {
  readonly executionId: string;
  /** False when an execution held the key already. */
  readonly started: boolean;
}

/** Of the ids that are made of an idempotency key. */
const idNamespace = '5f2b1c86-0f4e-4c53-9a51-3d7e6b0a9c14';

/** As `startOrFind`; answers with the id of the execution that was started or found. */
export async function startWorkflow(deps: EngineDeps, name: string, input: StartWorkflowInput): Promise<string> {
  return (await startOrFind(deps, name, input)).executionId;
}

/**
 * Starts an execution by name, without an event.
 * @throws WorkflowNotFoundError when no worker ever registered the name.
 * @throws WorkflowKeyTakenError when the key is taken and `onConflict` is `fail`.
 * @throws IdempotencyKeyReusedError when the idempotency key was used for a start with other data.
 * @throws OverloadedError while too much waits for the workers.
 */
export async function startOrFind(deps: EngineDeps, name: string, input: StartWorkflowInput): Promise<StartedWorkflow> {
  const { tenant, workflowKey = null, userId: user_id = null } = input;
  deps.admission?.admit();
  if (!tenant) throw new InvalidInputError('startWorkflow needs a tenant.');
  admitPayload(deps, { name, input }, `The start of ${JSON.stringify(name)}`);
  if (workflowKey === '') throw new InvalidInputError('A workflow key must not be empty.');
  if (input.idempotencyKey === '') throw new InvalidInputError('An idempotency key must not be empty.');
  if (input.signal?.name === '') throw new InvalidInputError('The signal of a start needs a name.');
  const execution = newExecution(name, input);
  const { executionId, partitionId } = execution;
  const started = await startOrFindBy(
    {
      insert: async () => {
        const outcome = await startsOf(deps.sql)(execution);
        if (outcome === 'repeated') await assertSameStart(deps.sql, execution, input.idempotencyKey);
        return outcome;
      },
      findHolder: async () =>
        workflowKey && (await findByWorkflowKey(deps.sql, { tenant, workflowName: name, workflowKey })),
      signal: async (to) =>
        input.signal === undefined || signalled(deps, { ...input.signal, tenant, user_id, execution_id: to }),
    },
    {
      executionId,
      workflow: name,
      key: workflowKey,
      signals: input.signal !== undefined,
      onConflict: input.onConflict,
    },
  );
  if (started.started) await announce(deps, tenant, [{ partitionId, executionId }]);
  return started;
}

/** The id tells of the same tenant, workflow and keys; the rest is in the log of the first start. */
async function assertSameStart(
  sql: Sql,
  { executionId, partitionId, workflowName, initialData, subject }: NewExecution,
  idempotencyKey = '',
): Promise<void> {
  const first = await findFirstStart(sql, { executionId, partitionId });
  if (!first) return;
  assertRepeats(idempotencyKey, `a start of ${JSON.stringify(workflowName)}`, {
    first: { ...first },
    now: { initialData, subject },
  });
}

/** False when the receiver ended meanwhile. */
async function signalled(
  deps: EngineDeps,
  { name, ...event }: Omit<EnqueueEventInput, 'event_name'> & { readonly name: string },
): Promise<boolean> {
  try {
    await sendEvent(deps, { ...event, event_name: name });
    return true;
  } catch (error) {
    if (error instanceof ExecutionEndedError) return false;
    throw error;
  }
}

function newExecution(workflowName: string, input: StartWorkflowInput): NewExecution {
  const { idempotencyKey } = input;
  const counted = [input.tenant, workflowName, idempotencyKey];
  if (input.workflowKey !== undefined) counted.push(input.workflowKey);
  const executionId = idempotencyKey === undefined ? newId() : derivedId(JSON.stringify(counted), idNamespace);
  const { tenant, workflowKey = null, initialData = {}, userId: startedBy = null, subject = null, signal } = input;
  const key = workflowKey === null ? executionId : keyedPartition(workflowName, workflowKey);
  const event = (name: string, payload: JsonValue) => {
    return { name, type: name, payload, user_id: startedBy, event_id: newId(), timestamp: new Date().toISOString() };
  };
  return {
    executionId,
    partitionId: partitionFor(tenant, key),
    tenant,
    workflowName,
    subject,
    workflowKey,
    startedBy,
    trigger: event('workflow.started', initialData),
    initialData,
    seed: newId(),
    signal: signal ? event(signal.name, signal.payload ?? {}) : null,
  };
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

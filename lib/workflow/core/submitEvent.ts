/**
 * A business fact enters: it is stored, and in the same transaction every attached workflow of the tenant is started.
 * Accepted means committed; hints only make it quick.
 */
import type { TransactionSql } from 'postgres';
import { v7 as newId } from 'uuid';
import { InvalidInputError } from '../model/errors';
import type { WorkflowEvent } from '../model/events';
import type { JsonValue } from '../model/json';
import { partitionFor } from '../model/partitions';
import type { Hint } from '../model/ports/hints';
import { findAttached, type Registration } from '../persistence/registrations';
import { insertExecutions, type NewExecution } from '../persistence/startExecutions';
import { instruments } from '../telemetry/names';
import type { EngineDeps } from './engineDeps';

export interface SubmitEventInput {
  readonly tenant: string;
  readonly userId: string | null;
  /** Key in the event catalogue: what attachments refer to. */
  readonly eventType: string;
  /** What waits match on; the type unless given. */
  readonly eventName?: string;
  readonly payload?: JsonValue;
  /** What it is about, in the words of the business; shown beside the executions it starts. */
  readonly subject?: string;
  readonly correlationId?: string;
  /** Makes a repeated submit answer with the first one's ids. */
  readonly idempotencyKey?: string;
}

export interface SubmittedEvent {
  readonly eventId: string;
  readonly executionIds: readonly string[];
}

export async function submitEvent(deps: EngineDeps, input: SubmitEventInput): Promise<SubmittedEvent> {
  const { afterCommit, ...submitted } = await deps.sql.begin((tx) => submitEventIn(deps, tx, input));
  await afterCommit();
  return submitted;
}

/**
 * The same inside a transaction of the caller, so that the fact and the event commit together.
 * @returns besides the ids, what to call after the commit.
 */
export async function submitEventIn(
  deps: EngineDeps,
  tx: TransactionSql,
  input: SubmitEventInput,
): Promise<SubmittedEvent & { readonly afterCommit: () => Promise<void> }> {
  const event = eventOf(input);
  const correlationId = input.correlationId ?? event.event_id;
  const [stored] = await tx`
    INSERT INTO workflow_bus_events (event_id, tenant_id, event_type, event_name, payload, user_id, correlation_id,
                                     subject, idempotency_key)
    VALUES (${event.event_id}, ${input.tenant}, ${event.type}, ${event.name},
            ${JSON.stringify(event.payload)}::text::json, ${event.user_id}, ${correlationId}, ${input.subject ?? null},
            ${input.idempotencyKey ?? null})
    ON CONFLICT (tenant_id, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
    RETURNING event_id`;
  if (!stored) return { ...(await earlierSubmit(tx, input)), afterCommit: () => Promise.resolve() };

  const attached = await findAttached(tx, { tenant: input.tenant, eventType: event.type });
  const executions = attached.map((registration) => startedBy(event, registration, input, correlationId));
  await insertExecutions(tx, executions);
  const hints = executions.map(({ partitionId, executionId }) => ({ partitionId, executionId }));
  return {
    eventId: event.event_id,
    executionIds: executions.map(({ executionId }) => executionId),
    afterCommit: () => announce(deps, input.tenant, hints),
  };
}

function eventOf(input: SubmitEventInput): WorkflowEvent<JsonValue> {
  if (input.eventType.trim() === '') throw new InvalidInputError('An event needs a type, such as INVOICE_SUBMITTED.');
  return {
    name: input.eventName ?? input.eventType,
    type: input.eventType,
    payload: input.payload ?? {},
    user_id: input.userId,
    event_id: newId(),
    timestamp: new Date().toISOString(),
  };
}

function startedBy(
  event: WorkflowEvent<JsonValue>,
  registration: Registration,
  input: SubmitEventInput,
  correlationId: string,
): NewExecution {
  const executionId = newId();
  return {
    executionId,
    partitionId: partitionFor(input.tenant, executionId),
    tenant: input.tenant,
    registrationId: registration.registrationId,
    subject: input.subject ?? null,
    correlationId,
    startedByEventId: event.event_id,
    workflowKey: null,
    started: {
      workflow: registration.name,
      version: registration.version,
      trigger: event,
      initialData: {},
      seed: newId(),
      logicalExecutionId: executionId,
      startedBy: event.user_id,
    },
  };
}

async function earlierSubmit(tx: TransactionSql, input: SubmitEventInput): Promise<SubmittedEvent> {
  const rows = await tx<{ event_id: string; execution_id: string | null }[]>`
    SELECT b.event_id, e.execution_id
    FROM workflow_bus_events b LEFT JOIN workflow_executions e ON e.started_by_event_id = b.event_id
    WHERE b.tenant_id = ${input.tenant} AND b.idempotency_key = ${input.idempotencyKey ?? null}
    ORDER BY e.execution_id`;
  const executionIds = rows.flatMap((row) => (row.execution_id === null ? [] : [row.execution_id]));
  return { eventId: rows[0]?.event_id ?? '', executionIds };
}

/** Wakes owners and open pages after a start. */
export async function announce(deps: EngineDeps, tenant: string, hints: readonly Hint[]): Promise<void> {
  deps.metrics.count({ counter: instruments.eventsSubmitted, labels: { via: 'bus' } });
  if (hints.length === 0) return;
  deps.metrics.count({ counter: instruments.executionsStarted, by: hints.length });
  const changes = hints.map(({ executionId: id }) => ({ tenant, topic: 'execution' as const, id }));
  await Promise.all([deps.hints.publish({ hints }), deps.live.publish({ changes })]);
}

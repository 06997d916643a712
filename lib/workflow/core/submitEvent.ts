/**
 * A business fact enters: it is stored, and in the same transaction every attached workflow of the tenant is started.
 * After the commit it is given to the executions that wait for what it holds. Accepted means committed; hints only make
 * it quick.
 */
import type { Sql, TransactionSql } from 'postgres';
import { v7 as newId } from 'uuid';
import { InvalidInputError } from '../model/errors';
import type { WorkflowEvent } from '../model/events';
import type { JsonValue } from '../model/json';
import { partitionFor } from '../model/partitions';
import { assertNoTaskEnd } from '../model/storable';
import type { Hint } from '../model/ports/hints';
import { findSubmitted, storeBusEvent, type PreparedStart } from '../persistence/busEvents';
import { instruments } from '../telemetry/names';
import { announceToWaits } from './announceToWaits';
import { admitPayload } from './admission';
import type { EngineDeps } from './engineDeps';
import { assertRepeats } from './repeats';

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
  /** Makes a repeated submit answer with the first one's ids. A key stands for one type, name, subject and payload. */
  readonly idempotencyKey?: string;
}

export interface SubmittedEvent {
  readonly eventId: string;
  readonly executionIds: readonly string[];
}

/**
 * One statement, so one commit.
 * @throws InvalidInputError for an event without a type, and for what cannot be stored.
 * @throws ReservedEventNameError for a name that tells of a task's end.
 * @throws IdempotencyKeyReusedError when the key was used for another event.
 * @throws OverloadedError while too much waits for the workers.
 */
export async function submitEvent(deps: EngineDeps, input: SubmitEventInput): Promise<SubmittedEvent> {
  const { afterCommit, ...submitted } = await submitEventIn(deps, deps.sql, input);
  await afterCommit();
  return submitted;
}

/**
 * The same inside a transaction of the caller, so that the fact and the event commit together.
 * @returns besides the ids, what to call after the commit.
 * @throws as `submitEvent` does.
 */
export async function submitEventIn(
  deps: EngineDeps,
  tx: Sql | TransactionSql,
  input: SubmitEventInput,
): Promise<SubmittedEvent & { readonly afterCommit: () => Promise<void> }> {
  deps.admission?.admit();
  const event = eventOf(input);
  assertNoTaskEnd(event.name);
  admitPayload(deps, input, `Event ${JSON.stringify(event.name)}`);
  const { tenant, subject = null, idempotencyKey = null } = input;
  const submission = { tenant, event, subject, idempotencyKey, correlationId: input.correlationId ?? event.event_id };
  let stored = await storeBusEvent(tx, { ...submission, starts: starts(tenant, usualAttachments) });
  // Others may be added between two statements, more than once.
  while (stored.outcome === 'more_attachments') {
    stored = await storeBusEvent(tx, { ...submission, starts: starts(tenant, stored.attachments) });
  }
  if (stored.outcome !== 'stored') {
    const { content, ...submitted } = await findSubmitted(tx, { tenant, idempotencyKey });
    const { type: event_type, name: event_name, payload } = event;
    if (content && idempotencyKey !== null) {
      assertRepeats(idempotencyKey, 'an event', {
        first: { ...content },
        now: { event_type, event_name, subject, payload },
      });
    }
    return { ...submitted, afterCommit: () => Promise.resolve() };
  }
  const hints = stored.started;
  return {
    eventId: event.event_id,
    executionIds: hints.map(({ executionId }) => executionId),
    afterCommit: async () => {
      deps.metrics.count({ counter: instruments.eventsSubmitted, labels: { via: 'bus' } });
      await announce(deps, tenant, hints);
      await announceToWaits(deps, { eventId: event.event_id, tenant, name: event.name, payload: event.payload });
    },
  };
}

/** Ids are made beforehand, for as many attachments as an event type usually has. */
const usualAttachments = 4;

function starts(tenant: string, count: number): PreparedStart[] {
  return Array.from({ length: count }, () => {
    const executionId = newId();
    return { executionId, partitionId: partitionFor(tenant, executionId), seed: newId() };
  });
}

function eventOf(input: SubmitEventInput): WorkflowEvent<JsonValue> {
  if (input.eventType.trim() === '') throw new InvalidInputError('An event needs a type, such as INVOICE_SUBMITTED.');
  return {
    name: input.eventName ?? input.eventType,
    type: input.eventType,
    payload: input.payload === undefined ? {} : input.payload,
    user_id: input.userId,
    event_id: newId(),
    timestamp: new Date().toISOString(),
  };
}

/** Wakes owners and open pages after a start. */
export async function announce(deps: EngineDeps, tenant: string, hints: readonly Hint[]): Promise<void> {
  if (hints.length === 0) return;
  deps.metrics.count({ counter: instruments.executionsStarted, by: hints.length });
  const changes = hints.map(({ executionId: id }) => ({ tenant, topic: 'execution' as const, id }));
  await Promise.all([deps.hints.publish({ hints }), deps.live.publish({ changes })]);
}

import { v7 as newId } from 'uuid';
import { InvalidInputError } from '../model/errors';
import type { JsonValue } from '../model/json';
import { insertSignal } from '../persistence/inbox';
import { instruments } from '../telemetry/names';
import type { EngineDeps } from './engineDeps';

/** The envelope of an event for one execution, in the spelling of the event log. */
export interface EnqueueEventInput {
  readonly execution_id: string;
  readonly event_name: string;
  readonly event_type?: string;
  readonly payload?: JsonValue;
  readonly user_id?: string | null;
  readonly tenant: string;
}

/**
 * Sends an event to one execution. It counts whether or not the execution waits for it yet.
 * @throws ExecutionNotFoundError when the tenant has no such execution.
 * @throws ExecutionEndedError when it has ended.
 */
export async function enqueueEvent(deps: EngineDeps, input: EnqueueEventInput): Promise<{ readonly eventId: string }> {
  const { execution_id: executionId, event_name: name, tenant } = input;
  if (!name) throw new InvalidInputError('An event needs a name: give event_name.');
  const event = {
    name,
    type: input.event_type ?? name,
    payload: input.payload ?? {},
    user_id: input.user_id ?? null,
    event_id: newId(),
    timestamp: new Date().toISOString(),
  };
  const { partitionId } = await insertSignal(deps.sql, { tenant, executionId, event });
  deps.metrics.count({ counter: instruments.eventsSubmitted, labels: { via: 'signal' } });
  await Promise.all([
    deps.hints.publish({ hints: [{ partitionId, executionId }] }),
    deps.live.publish({ changes: [{ tenant, topic: 'execution', id: executionId }] }),
  ]);
  return { eventId: event.event_id };
}

import type { JsonValue } from '../../../model/json';
import type { ActionRegistry } from '../../actionRegistry';

/** Submits an event to the bus. With the same key it happens once, however often it is called. */
export type EmitEvent = (event: {
  readonly tenant: string;
  readonly userId: null;
  readonly eventType: string;
  readonly eventName: string;
  readonly payload: JsonValue;
  readonly subject?: string;
  readonly correlationId?: string;
  readonly idempotencyKey: string;
}) => Promise<{ readonly eventId: string; readonly executionIds: readonly string[] }>;

/** Adds the built-in `emit_event`, which `events.emit` calls too. Does nothing where it is registered already. */
export function registerEmitEvent(registry: ActionRegistry, emit: EmitEvent): void {
  if (registry.getAction('emit_event')) return;
  registry.registerSimpleAction(
    'emit_event',
    'Submits an event to the bus of the tenant, where attachments start workflows.',
    [
      { name: 'name', type: 'string', required: true, description: 'What waits match on.' },
      { name: 'type', type: 'string', description: 'What attachments refer to; the name unless given.' },
      { name: 'payload', type: 'any', description: 'An empty object unless given.' },
      { name: 'subject', type: 'string', description: 'What it is about, in the words of the business.' },
    ],
    async ({ name, type, payload, subject }, { tenant, idempotencyKey, correlationId }) => {
      const { eventId, executionIds } = await emit({
        tenant,
        userId: null,
        eventType: type ?? name,
        eventName: name,
        payload: (payload ?? {}) as JsonValue,
        ...(subject === undefined ? {} : { subject }),
        ...(correlationId === null ? {} : { correlationId }),
        idempotencyKey,
      });
      return { eventId, executionIds };
    },
    { builtIn: true },
  );
}

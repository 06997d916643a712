/** What workflow code sends to executions and to the bus, over tables in memory. */
import { createActionRegistry, TransactionIsolationLevel } from '../../core/actionRegistry';
import type { EmitEvent } from '../../core/actions/builtIns/emitEvent';
import type { ActionRegistrar } from '../../core/actions/types';
import { fanOut } from '../../core/bus/fanOut';
import { ExecutionNotFoundError } from '../../model/errors';
import type { WorkflowEvent } from '../../model/events';
import type { JsonValue } from '../../model/json';
import { createMemoryBus } from '../memory/busStore';
import { insertBusEvent, insertSignal, lastRunOf } from '../memory/senders';
import type { MemoryTables } from '../memory/tables';

interface Parts {
  readonly tables: MemoryTables;
  readonly newId: () => string;
}

/** `signal_execution` with the parameters of the product. */
export function registerMemorySignal(registry: ActionRegistrar, { tables, newId }: Parts): void {
  const { description, parameters } = createActionRegistry().requireAction('signal_execution');
  registry.registerDatabaseAction(
    'signal_execution',
    description,
    parameters,
    TransactionIsolationLevel.READ_COMMITTED,
    (params, { tenant }) => {
      const { executionId: target, name, payload } = params as { executionId: string; name: string; payload?: unknown };
      if (tables.executions.get(target)?.tenant !== tenant) throw new ExecutionNotFoundError(target);
      const executionId = lastRunOf(tables, target);
      const eventId = newId();
      insertSignal(tables, executionId, {
        name,
        type: name,
        payload: payload === undefined ? {} : payload,
        user_id: null,
        event_id: eventId,
        timestamp: new Date(tables.nowMs()).toISOString(),
      });
      return { eventId, executionId, partitionId: tables.execution(executionId).partitionId };
    },
    { builtIn: true, replaceBuiltIn: true },
  );
}

/** An event of the bus reaches who waits for it; attachments, which start workflows, are not known here. */
export function memoryEmit({ tables, newId }: Parts): EmitEvent {
  const emitted = new Map<string, string>();
  return async ({ tenant, eventName: name, eventType: type, payload, idempotencyKey }) => {
    const known = emitted.get(idempotencyKey);
    if (known !== undefined) return { eventId: known, executionIds: [] };
    const eventId = newId();
    emitted.set(idempotencyKey, eventId);
    await sendToBus(tables, tenant, {
      name,
      type,
      payload,
      user_id: null,
      event_id: eventId,
      timestamp: new Date(tables.nowMs()).toISOString(),
    });
    return { eventId, executionIds: [] };
  };
}

/** Stores an event of the bus and gives it to the executions that wait for it. */
export async function sendToBus(tables: MemoryTables, tenant: string, event: WorkflowEvent<JsonValue>): Promise<void> {
  insertBusEvent(tables, tenant, event);
  const { event_id: eventId, name, payload } = event;
  await fanOut(createMemoryBus({ tables }), [{ eventId, tenant, name, payload }]);
}

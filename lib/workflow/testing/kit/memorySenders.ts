/** What workflow code sends to executions and to the bus, over tables in memory. */
import { createActionRegistry, TransactionIsolationLevel } from '../../core/actionRegistry';
import type { EmitEvent } from '../../core/actions/builtIns/emitEvent';
import type { ActionRegistrar } from '../../core/actions/types';
import { fanOut } from '../../core/bus/fanOut';
import { ExecutionNotFoundError } from '../../model/errors';
import { createMemoryBus } from '../memory/busStore';
import { insertBusEvent, insertSignal, lastRunOf, type MemorySubmission } from '../memory/senders';
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
  return async ({ tenant, eventName: name, eventType: type, payload, subject = null, idempotencyKey }) => {
    const timestamp = new Date(tables.nowMs()).toISOString();
    const event = { name, type, payload, user_id: null, event_id: newId(), timestamp };
    const eventId = await sendToBus(tables, { tenant, event, subject, idempotencyKey });
    return { eventId, executionIds: [] };
  };
}

/** Stores an event of the bus and gives it to the executions that wait for it. Answers with its id. */
export async function sendToBus(tables: MemoryTables, submission: MemorySubmission): Promise<string> {
  const { eventId, isRepeated } = insertBusEvent(tables, submission);
  const { tenant, event } = submission;
  if (!isRepeated) {
    await fanOut(createMemoryBus({ tables }), [{ eventId, tenant, name: event.name, payload: event.payload }]);
  }
  return eventId;
}

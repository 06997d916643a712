import { v7 as newId, validate as isUuid } from 'uuid';
import { ExecutionEndedError, ExecutionNotFoundError } from '../../../model/errors';
import { TransactionIsolationLevel, type ActionRegistrar } from '../types';

/** What `baton_signal` answers, see drizzle. */
interface Signalled {
  readonly outcome: 'sent' | 'ended' | 'not_found';
  readonly execution_id: string;
  readonly partition_id: number;
  readonly status: string;
}

/**
 * Adds the built-in `signal_execution`, which `events.emit` calls for a parent or another execution. The event enters
 * the inbox in the commit that records the result: once, whatever happens to the worker.
 */
export function registerSignalExecution(registry: ActionRegistrar): void {
  registry.registerDatabaseAction(
    'signal_execution',
    'Sends an event to another execution of the tenant; one that continued as new receives it in its current run.',
    [
      { name: 'executionId', type: 'string', required: true },
      { name: 'name', type: 'string', required: true, description: 'What waits match on.' },
      { name: 'payload', type: 'any', description: 'An empty object unless given.' },
    ],
    TransactionIsolationLevel.READ_COMMITTED,
    async ({ executionId, name, payload }, { transaction }) => {
      if (!isUuid(executionId)) throw new ExecutionNotFoundError(executionId);
      const eventId = newId();
      const timestamp = new Date().toISOString();
      const event = { name, type: name, payload: (payload ?? {}) as unknown, user_id: null };
      const rows = (await transaction.raw(
        'SELECT outcome, execution_id, partition_id, status FROM baton_signal(?::text::uuid, ?::text::json)',
        [executionId, JSON.stringify({ ...event, event_id: eventId, timestamp })],
      )) as Signalled[];
      const [found] = rows;
      if (!found || found.outcome === 'not_found') throw new ExecutionNotFoundError(executionId);
      if (found.outcome === 'ended') throw new ExecutionEndedError(found.execution_id, found.status);
      return { eventId, executionId: found.execution_id, partitionId: found.partition_id };
    },
    { builtIn: true },
  );
}

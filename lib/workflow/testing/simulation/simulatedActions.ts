/** The actions of simulated workflows, over the product's registry and runner. */
import { createActionRegistry, TransactionIsolationLevel, type ActionRegistry } from '../../core/actionRegistry';
import type { ActionContext } from '../../core/actions/types';

/** One request to the world outside. */
export interface ExternalCall {
  readonly executionId: string;
  readonly commandId: string;
  readonly idempotencyKey: string;
  readonly what: string;
}

// Attempts of dead processes are never settled: their real timers hold a whole world until they fire.
const timeoutMs = 20_000;
const once = { retry: { timeoutMs } };
const parameters = [{ name: 'what', type: 'string', required: true }] as const;

export function registerSimulatedActions(options: {
  /** Waits as long as the world takes. */
  readonly takeTime: () => Promise<void>;
  /** Whether a transaction takes long, too. */
  readonly isLong: () => boolean;
  readonly onExternalCall: (call: ExternalCall) => void;
  readonly failsNow: () => boolean;
  /** Sends an event to the execution that asks for it, in this very instant. */
  readonly poke: (executionId: string, name: string) => void;
  readonly wait: (ms: number) => Promise<void>;
  /** Ends the process. */
  readonly kill: () => void;
}): ActionRegistry {
  const { takeTime, isLong, onExternalCall, failsNow, poke, wait, kill } = options;
  const registry = createActionRegistry();
  const callOut = (context: ActionContext, what: string): void => {
    const { executionId, commandId, idempotencyKey } = context;
    onExternalCall({ executionId, commandId: commandId ?? '', idempotencyKey, what });
  };

  registry.registerSimpleAction(
    'charge',
    'Asks another system',
    parameters,
    async ({ what }, context) => {
      callOut(context, what);
      await takeTime();
      return { what };
    },
    once,
  );
  registry.registerSimpleAction(
    'flaky',
    'Asks a system that is often out of order',
    parameters,
    async ({ what }, context) => {
      callOut(context, what);
      await takeTime();
      if (failsNow()) throw new Error('out of order');
      return { what };
    },
    { retry: { attempts: 1_000, backoffMs: 20, maxBackoffMs: 100, timeoutMs } },
  );
  registry.registerSimpleAction(
    'brittle',
    'Asks a system that fails until somebody mends it',
    parameters,
    async ({ what }, context) => {
      callOut(context, what);
      await takeTime();
      if (failsNow()) throw new Error(`broke ${what}`);
      return { what };
    },
    once,
  );
  registry.registerSimpleAction(
    'refuse',
    'Always fails',
    parameters,
    async ({ what }, context) => {
      callOut(context, what);
      await takeTime();
      throw new Error(`refused ${what}`);
    },
    once,
  );
  registry.registerSimpleAction(
    'poke',
    'Signals the execution that calls it',
    parameters,
    async ({ what }, context) => {
      callOut(context, what);
      poke(context.executionId, what);
      return { what };
    },
    once,
  );
  const delay = [{ name: 'afterMs', type: 'number', required: true }] as const;
  registry.registerSimpleAction('linger', 'Takes as long as it is told', delay, async ({ afterMs }, context) => {
    callOut(context, 'linger');
    await wait(afterMs);
    return {};
  });
  registry.registerSimpleAction('kill', 'Ends its process after a while', delay, async ({ afterMs }) => {
    await wait(afterMs);
    kill();
    return new Promise(() => undefined);
  });
  registry.registerDatabaseAction(
    'book',
    'Writes to the database',
    parameters,
    TransactionIsolationLevel.READ_COMMITTED,
    async ({ what }, { transaction }) => {
      await transaction.raw('INSERT INTO bookings (what) VALUES (?)', [what]);
      if (isLong()) await takeTime();
      return { what };
    },
    once,
  );
  return registry;
}

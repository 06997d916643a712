/** The actions of simulated workflows, on real processes: each leaves a trace that no rollback of the engine takes back. */
import type { Sql } from 'postgres';
import { TransactionIsolationLevel, type ActionRegistry } from '../../core/actionRegistry';
import type { ActionContext } from '../../core/actions/types';
import type { EnqueueEventInput } from '../../core/enqueueEvent';
import { ExecutionEndedError } from '../../model/errors';

const what = [{ name: 'what', type: 'string', required: true }] as const;

export const attackTables = `
CREATE TABLE attack_effects (
  execution_id text NOT NULL, command_id text NOT NULL, what text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ON attack_effects (execution_id);
GRANT INSERT ON attack_effects TO baton_tenant;
CREATE TABLE attack_calls (
  execution_id text NOT NULL, command_id text NOT NULL, what text NOT NULL, idempotency_key text NOT NULL
);
CREATE INDEX ON attack_calls (execution_id)`;

/** Long enough to be cut short. */
const takesTime = () => new Promise((resolve) => setTimeout(resolve, 150));

export function registerAttackActions(
  actions: ActionRegistry,
  world: { readonly calls: Sql; readonly signal: (event: EnqueueEventInput) => Promise<unknown> },
): void {
  const callOut = async ({ executionId, commandId, idempotencyKey }: ActionContext, said: string) => {
    await world.calls`
      INSERT INTO attack_calls (execution_id, command_id, what, idempotency_key)
      VALUES (${executionId}, ${commandId}, ${said}, ${idempotencyKey})`;
  };
  actions.registerSimpleAction('charge', 'Asks another system', what, async (params, context) => {
    await callOut(context, params.what);
    return params;
  });
  actions.registerSimpleAction(
    'flaky',
    'Asks a system that is often out of order',
    what,
    async (params, context) => {
      await callOut(context, params.what);
      if (Math.random() < 0.3) throw new Error('out of order');
      return params;
    },
    { retry: { attempts: 1_000, backoffMs: 10, maxBackoffMs: 50 } },
  );
  actions.registerSimpleAction(
    'refuse',
    'Always fails',
    what,
    async (params, context) => {
      await callOut(context, params.what);
      throw new Error(`refused ${params.what}`);
    },
    { retry: { attempts: 1 } },
  );
  actions.registerSimpleAction(
    'failOnce',
    'Fails the first time it is asked for an execution',
    what,
    async (params, context) => {
      await callOut(context, params.what);
      const { executionId, commandId } = context;
      const calls = await world.calls`
        SELECT 1 FROM attack_calls WHERE execution_id = ${executionId} AND command_id = ${commandId}`;
      if (calls.length === 1) throw new Error(`refused ${params.what}`);
      return params;
    },
    { retry: { attempts: 1 } },
  );
  actions.registerSimpleAction(
    'elsewhere',
    'Runs as a job',
    what,
    async (params, context) => {
      await callOut(context, params.what);
      await takesTime();
      return params;
    },
    { dispatch: { heartbeatTimeoutMs: 2_000 }, retry: { attempts: 1_000, backoffMs: 10, maxBackoffMs: 50 } },
  );
  actions.registerSimpleAction(
    'onceOnly',
    'Must not be repeated, and takes its time',
    what,
    async (params, context) => {
      await callOut(context, params.what);
      await takesTime();
      return params;
    },
    { atMostOnce: true },
  );
  actions.registerSimpleAction(
    'poke',
    'Signals the execution that calls it',
    [{ name: 'name', type: 'string', required: true }],
    async ({ name }, context) => {
      await callOut(context, name);
      const { executionId: execution_id, tenant } = context;
      await world.signal({ execution_id, tenant, event_name: name, payload: {} }).catch((error: unknown) => {
        // A second attempt, after the first one's signal let the execution end.
        if (!(error instanceof ExecutionEndedError)) throw error;
      });
      return {};
    },
  );
  actions.registerDatabaseAction(
    'book',
    'Writes to the database',
    what,
    TransactionIsolationLevel.READ_COMMITTED,
    async (params, { transaction, executionId, commandId }) => {
      await transaction.raw('INSERT INTO attack_effects (execution_id, command_id, what) VALUES (?, ?, ?)', [
        executionId,
        commandId,
        params.what,
      ]);
      return params;
    },
  );
}

import postgres from 'postgres';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sql as raw } from 'drizzle-orm';
import { createTestDatabase, type TestDatabase } from '@/lib/db/testing/testDatabase';
import { createActionRegistry, TransactionIsolationLevel } from '../../core/actionRegistry';
import { createActionRunner } from '../../core/actions/actionRunner';
import { systemClock } from '../../core/actions/runHandler';
import type { DatabaseActionContext } from '../../core/actions/types';
import type { ActionCall } from '../../model/ports/actions';
import { silentLogger } from '../../telemetry/silentLogger';
import { silentMetrics } from '../../telemetry/silentMetrics';
import { createTransactions, type Transactions } from '../transactions';
import { createActionKeyStore } from './actionKeys';
import { createActionResultStore } from './actionResults';

let database: TestDatabase;
let sql: postgres.Sql;
let transactions: Transactions;
const workerId = randomUUID();

beforeAll(async () => {
  database = await createTestDatabase();
  sql = postgres(database.url, { max: 4, onnotice: () => undefined });
  // One connection: what an action leaves behind on it the next one finds.
  transactions = createTransactions({ sql, max: 1 });
  await sql`INSERT INTO workflow_workers (worker_id, host, pid, code_version) VALUES (${workerId}, 'h', 1, '1')`;
  await sql`UPDATE workflow_partitions SET worker_id = ${workerId} WHERE partition_id = 3`;
  await sql.unsafe(`
    CREATE TABLE effects (what text);
    GRANT ALL ON effects TO baton_tenant;
    -- What a migration may bring, and no look at the SQL of an action sees.
    CREATE FUNCTION become(who text) RETURNS text LANGUAGE plpgsql AS
      $$ BEGIN PERFORM set_config('role', who, true); RETURN current_user; END $$;
    CREATE FUNCTION belong(tenant text) RETURNS text LANGUAGE sql AS
      $$ SELECT set_config('baton.tenant', tenant, true) $$;
    CREATE FUNCTION hurry() RETURNS text LANGUAGE sql AS $$ SELECT set_config('statement_timeout', '1h', false) $$`);
});
afterAll(async () => {
  transactions.end();
  await sql.end();
  await database.drop();
});
beforeEach(async () => {
  await sql`TRUNCATE effects`;
});

const effects = async () => (await sql<{ what: string }[]>`SELECT what FROM effects`).map(({ what }) => what);
const resultsOf = (call: ActionCall) =>
  sql`SELECT status FROM workflow_action_results WHERE execution_id = ${call.executionId} AND status = 'completed'`;

/** Runs a handler as an action that may be tried three times. */
async function run(handler: (context: DatabaseActionContext) => Promise<unknown>) {
  const registry = createActionRegistry();
  const level = TransactionIsolationLevel.READ_COMMITTED;
  let runs = 0;
  const counted = (_: object, context: DatabaseActionContext) => {
    runs += 1;
    return handler(context);
  };
  registry.registerDatabaseAction('act', '', [], level, counted, { retry: { attempts: 3, backoffMs: 1 } });
  const results = createActionResultStore({ sql, transactions, workerId });
  const runner = createActionRunner({
    registry,
    results,
    logger: silentLogger,
    metrics: silentMetrics,
    clock: { ...systemClock, random: () => 0 },
  });
  const call: ActionCall = {
    tenant: 'acme',
    executionId: randomUUID(),
    partitionId: 3,
    workflowName: 'Test',
    correlationId: 'c-1',
    commandId: 'act#1',
    name: 'act',
    args: {},
    n: 1,
    argsHash: '',
    attemptsBefore: 0,
  };
  return { outcome: await runner.run(call), call, runs };
}

describe('a database action that would leave its transaction or its role', () => {
  it.each([
    'COMMIT',
    'ROLLBACK',
    'SAVEPOINT a',
    'RESET ROLE',
    'SET ROLE postgres',
    'SET SESSION AUTHORIZATION postgres',
    "SELECT set_config('role', 'none', true)",
    "DO $$ BEGIN EXECUTE 'RESET ROLE'; END $$",
    'SELECT 1; COMMIT',
    '/* harmless */ COMMIT',
  ])('fails for good, without effect: %s', async (statement) => {
    const ways: ((context: DatabaseActionContext) => Promise<unknown>)[] = [
      ({ transaction }) => transaction.raw(statement),
      async ({ db }) => db.execute(raw.raw(statement)),
    ];
    for (const send of ways) {
      const { outcome, call, runs } = await run(async (context) => {
        await context.transaction('effects').insert({ what: 'before' });
        await send(context);
        throw Object.assign(new Error('later'), { transient: true });
      });
      expect(outcome).toMatchObject({ status: 'failed', attempts: 1, error: { code: 'statement_refused' } });
      expect(runs).toBe(1);
      expect(await effects()).toEqual([]);
      expect(await resultsOf(call)).toEqual([]);
    }
  });

  it('fails too when it swallows that its statement was refused', async () => {
    const { outcome } = await run(async ({ transaction }) => {
      await transaction('effects').insert({ what: 'before' });
      await transaction.raw('COMMIT').catch(() => undefined);
    });
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'statement_refused' } });
    expect(await effects()).toEqual([]);
  });

  it.each([
    ['another role', "SELECT become('none')"],
    ['another tenant', "SELECT belong('globex')"],
  ])('records nothing when it ends as %s, whatever made it so', async (_, statement) => {
    const { outcome, call, runs } = await run(async ({ transaction }) => {
      await transaction('effects').insert({ what: 'before' });
      await transaction.raw(statement);
    });
    expect(outcome).toMatchObject({ status: 'failed', attempts: 1, error: { code: 'transaction_left' } });
    expect(runs).toBe(1);
    expect(await effects()).toEqual([]);
    expect(await resultsOf(call)).toEqual([]);
  });

  it('records nothing outside of executions either', async () => {
    const keys = createActionKeyStore({ sql, transactions });
    const key = { tenant: 'acme', actionName: 'act', idempotencyKey: randomUUID() };
    const claim = await keys.claim({
      key,
      callerExecutionId: null,
      callerEventId: null,
      given: {},
      params: {},
      leaseMs: 60_000,
      lapsed: null,
    });
    if (claim.kind !== 'claimed') throw new Error(claim.kind);
    const outcome = await keys.transact({
      key,
      token: claim.token,
      isolationLevel: 'READ COMMITTED',
      work: async (open) => {
        await open.run({ sql: "SELECT become('none')", bindings: [] });
        return { resultText: '1', completedAtMs: 0 };
      },
    });
    expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'transaction_left' } });
    expect(await keys.find({ key })).toBeNull();
  });

  it('leaves no setting to the next one on its connection', async () => {
    const look = ({ transaction }: DatabaseActionContext) =>
      transaction.raw("SELECT pg_backend_pid() AS pid, current_setting('statement_timeout') AS patience");
    const before = await run(look);
    expect((await run(({ transaction }) => transaction.raw('SELECT hurry()'))).outcome.status).toBe('completed');
    const after = await run(look);
    expect(after.outcome).toEqual({
      ...before.outcome,
      startedAtMs: expect.anything(),
      completedAtMs: expect.anything(),
    });
  });
});

import { randomUUID } from 'node:crypto';
import { inArray } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { invoices } from '@/lib/db/schema';
import { createTestDatabase, type TestDatabase } from '@/lib/db/testing/testDatabase';
import { type ActionRegistry, createActionRegistry, TransactionIsolationLevel } from '../../core/actionRegistry';
import { createActionRunner } from '../../core/actions/actionRunner';
import { systemClock } from '../../core/actions/runHandler';
import type { ActionCall, ActionOutcome } from '../../model/ports/actions';
import type { ActionResultStore } from '../../model/ports/actionStores';
import { silentLogger } from '../../telemetry/silentLogger';
import { silentMetrics } from '../../telemetry/silentMetrics';
import { createTransactions, type Transactions } from '../transactions';
import { until } from '../../testing/harness';
import { createPostgresMembership } from '../membership';
import { createActionResultStore } from './actionResults';

let database: TestDatabase;
let sql: postgres.Sql;
let transactions: Transactions;
let workerId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = postgres(database.url, { max: 10, onnotice: () => undefined });
  transactions = createTransactions({ sql });
});
afterAll(async () => {
  transactions.end();
  await sql.end();
  await database.drop();
});
beforeEach(async () => {
  workerId = randomUUID();
  await sql`INSERT INTO workflow_workers (worker_id, host, pid, code_version) VALUES (${workerId}, 'h', 1, '1')`;
  await sql`UPDATE workflow_partitions SET worker_id = ${workerId} WHERE partition_id = 3`;
});

async function insertInvoice(tenant: string): Promise<string> {
  const id = randomUUID();
  await sql`
    INSERT INTO invoices (id, tenant_id, number, customer, amount_cents, status, created_by)
    SELECT ${id}, ${tenant}, coalesce(max(number), 0) + 1, 'Kiosk', 100, 'submitted', 'alice' FROM invoices
    WHERE tenant_id = ${tenant}`;
  return id;
}
const statusOf = async (id: string) => (await sql`SELECT status FROM invoices WHERE id = ${id}`)[0]?.status;
const resultRows = (call: ActionCall) =>
  sql`SELECT status, result, attempts FROM workflow_action_results WHERE execution_id = ${call.executionId}`;

function callOf(name: string, args: ActionCall['args'], tenant = 'acme'): ActionCall {
  return {
    tenant,
    executionId: randomUUID(),
    partitionId: 3,
    workflowName: 'Test',
    correlationId: 'c-1',
    commandId: `${name}#1`,
    name,
    args,
    n: 1,
    argsHash: '',
    attemptsBefore: 0,
  };
}

function registryWithUpdate(): ActionRegistry {
  const registry = createActionRegistry();
  registry.registerDatabaseAction(
    'UpdateInvoiceStatus',
    'Sets the status of an invoice',
    [
      { name: 'invoiceId', type: 'string', required: true },
      { name: 'status', type: 'string', required: true },
    ],
    TransactionIsolationLevel.REPEATABLE_READ,
    async (params, context) => {
      const result = await context
        .transaction('invoices')
        .where('id', params.invoiceId)
        .update({ status: params.status });
      return { updated: result === 1 };
    },
  );
  return registry;
}

function runnerOf(
  registry: ActionRegistry,
  results: ActionResultStore = createActionResultStore({ sql, transactions, workerId }),
) {
  const quick = { ...systemClock, random: () => 0 };
  return createActionRunner({ registry, results, logger: silentLogger, metrics: silentMetrics, clock: quick });
}

describe('a database action', () => {
  it('commits its effect and its result together', async () => {
    const invoiceId = await insertInvoice('acme');
    const call = callOf('updateInvoiceStatus', { invoiceId, status: 'approved' });
    const outcome = await runnerOf(registryWithUpdate()).run(call);
    expect(outcome).toMatchObject({ status: 'completed', result: { updated: true }, attempts: 1, stored: true });
    expect(await statusOf(invoiceId)).toBe('approved');
    expect(await resultRows(call)).toEqual([{ status: 'completed', result: { updated: true }, attempts: 1 }]);
  });

  it('changes nothing of another tenant', async () => {
    const invoiceId = await insertInvoice('globex');
    const outcome = await runnerOf(registryWithUpdate()).run(
      callOf('UpdateInvoiceStatus', { invoiceId, status: 'approved' }),
    );
    expect(outcome).toMatchObject({ status: 'completed', result: { updated: false } });
    expect(await statusOf(invoiceId)).toBe('submitted');
  });

  it('cannot write rows into another tenant, nor read what it was not granted', async () => {
    const registry = createActionRegistry();
    registry.registerDatabaseAction('steal', '', [], TransactionIsolationLevel.READ_COMMITTED, (_, { transaction }) =>
      transaction('users').select('password_hash'),
    );
    registry.registerDatabaseAction('plant', '', [], TransactionIsolationLevel.READ_COMMITTED, (_, { transaction }) =>
      transaction('invoices').insert({
        id: randomUUID(),
        tenant_id: 'globex',
        number: 999,
        customer: 'x',
        amount_cents: 1,
        status: 'approved',
        created_by: 'x',
      }),
    );
    for (const name of ['steal', 'plant']) {
      const outcome = await runnerOf(registry).run(callOf(name, {}));
      expect(outcome).toMatchObject({ status: 'failed', error: { code: '42501' } });
    }
  });

  it('gives the stored result, and acts no second time, when it is run again', async () => {
    const invoiceId = await insertInvoice('acme');
    const call = callOf('UpdateInvoiceStatus', { invoiceId, status: 'approved' });
    await runnerOf(registryWithUpdate()).run(call);
    await sql`UPDATE invoices SET status = 'submitted' WHERE id = ${invoiceId}`;
    const again = await runnerOf(registryWithUpdate()).run(call);
    expect(again).toMatchObject({ status: 'completed', result: { updated: true }, stored: true });
    expect(await statusOf(invoiceId)).toBe('submitted');
  });

  it('acts once when two owners run it at the same time', async () => {
    for (let round = 0; round < 20; round += 1) {
      const registry = createActionRegistry();
      registry.registerDatabaseAction(
        'charge',
        '',
        [{ name: 'invoiceId', type: 'string', required: true }],
        TransactionIsolationLevel.READ_COMMITTED,
        async ({ invoiceId }, { transaction }) => {
          await transaction('invoices').where({ id: invoiceId }).increment('amount_cents', 1);
          return { charged: true };
        },
      );
      const call = callOf('charge', { invoiceId: await insertInvoice('acme') });
      const outcomes = await Promise.all([runnerOf(registry).run(call), runnerOf(registry).run(call)]);
      expect(outcomes.map((outcome) => outcome.status)).toEqual(['completed', 'completed']);
      const { invoiceId } = call.args as { invoiceId: string };
      const [row] = await sql`SELECT amount_cents::int AS cents FROM invoices WHERE id = ${invoiceId}`;
      expect(row?.cents).toBe(101);
    }
  });

  it('rolls back everything when the handler throws', async () => {
    const invoiceId = await insertInvoice('acme');
    const registry = createActionRegistry();
    registry.registerDatabaseAction(
      'halfway',
      '',
      [{ name: 'id', type: 'string', required: true }],
      TransactionIsolationLevel.READ_COMMITTED,
      async ({ id }, { transaction }) => {
        await transaction('invoices').where({ id }).update({ status: 'approved' });
        throw Object.assign(new Error('No budget'), { code: 'no_budget', details: { missing: 5 } });
      },
    );
    const call = callOf('halfway', { id: invoiceId });
    expect(await runnerOf(registry).run(call)).toMatchObject({
      status: 'failed',
      stored: false,
      attempts: 1,
      error: { name: 'Error', message: 'No budget', code: 'no_budget', details: { missing: 5 } },
    });
    expect(await statusOf(invoiceId)).toBe('submitted');
    expect(await resultRows(call)).toEqual([]);
  });

  it('is rolled back when a statement failed although the handler swallowed the error', async () => {
    const registry = createActionRegistry();
    registry.registerDatabaseAction(
      'swallow',
      '',
      [],
      TransactionIsolationLevel.READ_COMMITTED,
      async (_, { transaction }) => {
        await transaction('no_such_table')
          .select()
          .catch(() => undefined);
        return 'fine';
      },
    );
    const outcome = await runnerOf(registry).run(callOf('swallow', {}));
    expect(outcome).toMatchObject({ status: 'failed', error: { code: '42P01' } });
  });

  it('runs no statement after its handler returned', async () => {
    const invoiceId = await insertInvoice('globex');
    const registry = createActionRegistry();
    let late: Promise<unknown> = Promise.resolve();
    registry.registerDatabaseAction('late', '', [], TransactionIsolationLevel.READ_COMMITTED, (_, { transaction }) => {
      late = new Promise((resolve) => setTimeout(resolve, 100)).then(() =>
        transaction('invoices').where({ id: invoiceId }).update({ status: 'approved' }),
      );
      late.catch(() => undefined);
      return 'done';
    });
    await runnerOf(registry).run(callOf('late', {}));
    await expect(late).rejects.toThrow('await every query');
    expect(await statusOf(invoiceId)).toBe('submitted');
  });

  it('supports what handlers commonly ask of a transaction', async () => {
    const invoiceId = await insertInvoice('acme');
    const registry = createActionRegistry();
    registry.registerDatabaseAction(
      'many',
      '',
      [],
      TransactionIsolationLevel.SERIALIZABLE,
      async (_, { transaction }) => {
        const line = { tenant_id: 'acme', invoice_id: invoiceId, quantity: 1, unit_cents: 50 };
        const inserted = await transaction('invoice_lines').insert([
          { ...line, position: 1, description: 'Film' },
          { ...line, position: 2, description: 'Paper' },
        ]);
        const returned = await transaction('invoice_lines')
          .insert({ ...line, position: 3, description: 'Ink' })
          .returning(['position', 'description']);
        const first = (await transaction('invoices').where({ id: invoiceId }).first()) as { customer: string };
        const nobody: unknown = await transaction('invoices').where({ id: 'none' }).first();
        const names = await transaction('invoice_lines')
          .where({ invoice_id: invoiceId })
          .orderBy('position')
          .pluck('description');
        const removed = await transaction('invoice_lines')
          .where('position', '>', 1)
          .whereIn('invoice_id', [invoiceId])
          .delete();
        const raw = await transaction.raw('SELECT ?::int + 1 AS n', [41]);
        return { inserted, returned, customer: first.customer, nobody: nobody ?? null, names, removed, raw };
      },
    );
    const outcome = await runnerOf(registry).run(callOf('many', {}));
    expect(outcome).toMatchObject({
      result: {
        inserted: 2,
        returned: [{ position: 3, description: 'Ink' }],
        customer: 'Kiosk',
        nobody: null,
        names: ['Film', 'Paper', 'Ink'],
        removed: 2,
        raw: [{ n: 42 }],
      },
    });
  });

  it('runs Drizzle queries in the same transaction, under the same rules', async () => {
    const invoiceId = await insertInvoice('acme');
    const foreign = await insertInvoice('globex');
    const registry = createActionRegistry();
    registry.registerDatabaseAction(
      'typed',
      '',
      [],
      TransactionIsolationLevel.READ_COMMITTED,
      async (_, { db, transaction }) => {
        const changed = await db
          .update(invoices)
          .set({ status: 'approved' })
          .where(inArray(invoices.id, [invoiceId, foreign]))
          .returning({ id: invoices.id, createdAt: invoices.createdAt });
        const seen = (await transaction('invoices').where({ id: invoiceId }).first()) as { status: string };
        return {
          changed: changed.map(({ id }) => id),
          isDate: changed[0]?.createdAt instanceof Date,
          seen: seen.status,
        };
      },
    );
    expect(await runnerOf(registry).run(callOf('typed', {}))).toMatchObject({
      result: { changed: [invoiceId], isDate: true, seen: 'approved' },
    });
    expect([await statusOf(invoiceId), await statusOf(foreign)]).toEqual(['approved', 'submitted']);
  });

  it.each(Object.values(TransactionIsolationLevel))('runs at the isolation level it asks for: %s', async (level) => {
    const registry = createActionRegistry();
    registry.registerDatabaseAction('level', '', [], level, async (_, { transaction }) => {
      const [row] = (await transaction.raw("SELECT current_setting('transaction_isolation') AS level")) as [
        { level: string },
      ];
      return row.level;
    });
    expect(await runnerOf(registry).run(callOf('level', {}))).toMatchObject({ result: level.toLowerCase() });
  });

  it('is never reported failed after its effect succeeded (regression)', async () => {
    const invoiceId = await insertInvoice('acme');
    const call = callOf('UpdateInvoiceStatus', { invoiceId, status: 'approved' });
    // The answer of the commit is lost, and so is the first look at what became of it.
    const stored = createActionResultStore({ sql, transactions, workerId });
    let looks = 0;
    const results: ActionResultStore = {
      ...stored,
      transact: async (request) => {
        const outcome = await stored.transact(request);
        return outcome.kind === 'committed'
          ? { kind: 'unreachable', error: new Error('connection lost'), during: 'commit' }
          : outcome;
      },
      find: async (query) => {
        looks += 1;
        if (looks === 1) throw Object.assign(new Error('still away'), { code: '57P01' });
        return stored.find(query);
      },
    };
    expect(await runnerOf(registryWithUpdate(), results).run(call)).toMatchObject({
      status: 'completed',
      stored: true,
    });
    expect(await statusOf(invoiceId)).toBe('approved');
    expect(await resultRows(call)).toEqual([{ status: 'completed', result: { updated: true }, attempts: 1 }]);
  });

  it('tries a serialisation failure again, without end in two attempts', async () => {
    const invoiceId = await insertInvoice('acme');
    const registry = createActionRegistry();
    let runs = 0;
    registry.registerDatabaseAction(
      'count',
      '',
      [],
      TransactionIsolationLevel.REPEATABLE_READ,
      async (_, { transaction }) => {
        runs += 1;
        const row = (await transaction('invoices').where({ id: invoiceId }).first()) as { amount_cents: string };
        await new Promise((resolve) => setTimeout(resolve, 30));
        await transaction('invoices')
          .where({ id: invoiceId })
          .update({ amount_cents: Number(row.amount_cents) + 1 });
      },
    );
    const runner = runnerOf(registry);
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => runner.run(callOf('count', {}))));
    expect(outcomes.map((outcome) => outcome.status)).toEqual(Array(4).fill('completed'));
    expect((await sql`SELECT amount_cents::int AS n FROM invoices WHERE id = ${invoiceId}`)[0]?.n).toBe(104);
    expect(runs).toBeGreaterThan(4);
  });
});

describe('the fence', () => {
  it.each([TransactionIsolationLevel.READ_COMMITTED, TransactionIsolationLevel.REPEATABLE_READ])(
    'keeps a worker that is fenced while its action runs from committing anything (%s)',
    async (level) => {
      const invoiceId = await insertInvoice('acme');
      const registry = createActionRegistry();
      registry.registerDatabaseAction('slow', '', [], level, async (_, { transaction }) => {
        await transaction('invoices').where({ id: invoiceId }).update({ status: 'approved' });
        await sql`UPDATE workflow_workers SET fenced_at = now() WHERE worker_id = ${workerId}`;
      });
      const call = callOf('slow', {});
      expect(await runnerOf(registry).run(call)).toEqual({ status: 'ownership_lost' });
      expect(await statusOf(invoiceId)).toBe('submitted');
      expect(await resultRows(call)).toEqual([]);
    },
  );

  it('makes a takeover wait for the commit that is under way', async () => {
    const invoiceId = await insertInvoice('acme');
    const call = callOf('UpdateInvoiceStatus', { invoiceId, status: 'approved' });
    const held = await holdCommits();
    const running = runnerOf(registryWithUpdate()).run(call);
    let fenced = false;
    let takeover: Promise<void> = Promise.resolve();
    try {
      await held.untilCommitting();
      takeover = sql`UPDATE workflow_workers SET fenced_at = now() WHERE worker_id = ${workerId}`.then(
        () => void (fenced = true),
      );
      await held.untilWaited();
      expect(fenced).toBe(false);
    } finally {
      await held.letGo();
    }
    expect(await running).toMatchObject({ status: 'completed' });
    await takeover;
    expect(await statusOf(invoiceId)).toBe('approved');
  });
});

describe('a partition that is released while a database action runs on', () => {
  const level = TransactionIsolationLevel;

  it.each([level.READ_COMMITTED, level.REPEATABLE_READ, level.SERIALIZABLE])(
    'takes the late commit of its former owner no more, who is not fenced (%s)',
    async (isolationLevel) => {
      const invoiceId = await insertInvoice('acme');
      const registry = createActionRegistry();
      const successorId = randomUUID();
      let releases = true;
      registry.registerDatabaseAction('slow', '', [], isolationLevel, async (_, { transaction }) => {
        await transaction('invoices').where({ id: invoiceId }).increment('amount_cents', 1);
        if (!releases) return { by: 'successor' };
        releases = false;
        await createPostgresMembership(sql).release({ workerId, partitions: [3] });
        await sql`INSERT INTO workflow_workers (worker_id, host, pid, code_version) VALUES (${successorId}, 'h', 2, '1')`;
        await sql`UPDATE workflow_partitions SET worker_id = ${successorId} WHERE partition_id = 3`;
        return { by: 'former owner' };
      });
      const call = callOf('slow', {});
      expect(await runnerOf(registry).run(call)).toEqual({ status: 'ownership_lost' });
      expect(await resultRows(call)).toEqual([]);

      const successor = createActionResultStore({ sql, transactions, workerId: successorId });
      expect(await runnerOf(registry, successor).run(call)).toMatchObject({ result: { by: 'successor' } });
      const [invoice] = await sql`SELECT amount_cents::int AS cents FROM invoices WHERE id = ${invoiceId}`;
      expect(invoice?.cents).toBe(101);
    },
  );

  it('is not free before a commit that is under way', async () => {
    const invoiceId = await insertInvoice('acme');
    const call = callOf('UpdateInvoiceStatus', { invoiceId, status: 'approved' });
    const held = await holdCommits();
    const running = runnerOf(registryWithUpdate()).run(call);
    let released = false;
    let release: Promise<void> = Promise.resolve();
    try {
      await held.untilCommitting();
      release = createPostgresMembership(sql)
        .release({ workerId, partitions: [3] })
        .then(() => void (released = true));
      await held.untilWaited();
      expect(released).toBe(false);
    } finally {
      await held.letGo();
    }
    expect(await running).toMatchObject({ status: 'completed' });
    await release;
    expect(await statusOf(invoiceId)).toBe('approved');
  });
});

/** Holds commits of results back: a deferred trigger, which runs after the fence was locked, waits for a lock. */
async function holdCommits() {
  const key = 4711;
  const holder = postgres(database.url, { max: 1 });
  await holder`SELECT pg_advisory_lock(${key})`;
  await sql.unsafe(`
    CREATE FUNCTION hold_commit() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_advisory_xact_lock(${key}); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER hold_commit AFTER INSERT ON workflow_action_results DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION hold_commit()`);
  const waiting = (type: string) => async () =>
    (
      await sql`
        SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
          AND wait_event = ${type}`
    ).length > 0;
  return {
    untilCommitting: () => until(waiting('advisory'), 'the commit waits'),
    untilWaited: () => until(waiting('transactionid'), 'somebody waits for the commit'),
    letGo: async () => {
      await holder.end();
      await until(async () => !(await waiting('advisory')()), 'the commit goes on');
      await sql.unsafe('DROP TRIGGER hold_commit ON workflow_action_results; DROP FUNCTION hold_commit()');
    },
  };
}

describe('a lost answer', () => {
  /** Commits for real, then says that the connection broke. */
  function losingAnswers(results: ActionResultStore, times: number): ActionResultStore {
    let lost = 0;
    return {
      ...results,
      transact: async (request) => {
        const outcome = await results.transact(request);
        if (outcome.kind !== 'committed' || lost >= times) return outcome;
        lost += 1;
        return { kind: 'unreachable', error: new Error('connection lost'), during: 'commit' };
      },
    };
  }

  it('of a commit that came through is looked up instead of acting again', async () => {
    const registry = createActionRegistry();
    let runs = 0;
    registry.registerDatabaseAction('once', '', [], TransactionIsolationLevel.READ_COMMITTED, () => {
      runs += 1;
      return { runs };
    });
    const results = losingAnswers(createActionResultStore({ sql, transactions, workerId }), 1);
    const outcome = await runnerOf(registry, results).run(callOf('once', {}));
    expect(outcome).toMatchObject({ status: 'completed', result: { runs: 1 }, stored: true });
    expect(runs).toBe(1);
  });

  it('because the session was ended while the handler ran leaves no trace, and the action runs again', async () => {
    const invoiceId = await insertInvoice('acme');
    const registry = createActionRegistry();
    let runs = 0;
    registry.registerDatabaseAction(
      'interrupted',
      '',
      [],
      TransactionIsolationLevel.READ_COMMITTED,
      async (_, { transaction }) => {
        runs += 1;
        await transaction('invoices').where({ id: invoiceId }).increment('amount_cents', 1);
        const [{ pid }] = (await transaction.raw('SELECT pg_backend_pid() AS pid')) as [{ pid: number }];
        if (runs === 1) await sql`SELECT pg_terminate_backend(${pid})`;
        await new Promise((resolve) => setTimeout(resolve, 50));
      },
    );
    const outcome: ActionOutcome = await runnerOf(registry).run(callOf('interrupted', {}));
    expect(outcome).toMatchObject({ status: 'completed' });
    expect(runs).toBe(2);
    expect((await sql`SELECT amount_cents::int AS n FROM invoices WHERE id = ${invoiceId}`)[0]?.n).toBe(101);
  });
});

describe('a simple action that fails', () => {
  it('notes each failed attempt before the next one, and keeps its idempotency key', async () => {
    const registry = createActionRegistry();
    const keys: string[] = [];
    const noted: unknown[] = [];
    const call = callOf('mail', {});
    registry.registerSimpleAction('mail', '', [], async (_, { idempotencyKey, attempt }) => {
      keys.push(idempotencyKey);
      noted.push((await resultRows(call))[0] ?? null);
      if (attempt < 3) throw Object.assign(new Error('Overloaded'), { status: 503 });
      return 'sent';
    });
    const outcome = await runnerOf(registry).run(call);
    expect(outcome).toMatchObject({ status: 'completed', result: 'sent', attempts: 3, stored: false });
    expect(new Set(keys)).toEqual(new Set([`${call.executionId}:mail#1`]));
    expect(noted).toEqual([
      null,
      { status: 'retrying', result: null, attempts: 1 },
      { status: 'retrying', result: null, attempts: 2 },
    ]);
  });

  it('stops trying once the worker is fenced', async () => {
    const registry = createActionRegistry();
    let runs = 0;
    registry.registerSimpleAction('mail', '', [], async () => {
      runs += 1;
      await sql`UPDATE workflow_workers SET fenced_at = now() WHERE worker_id = ${workerId}`;
      throw Object.assign(new Error('Overloaded'), { status: 503 });
    });
    expect(await runnerOf(registry).run(callOf('mail', {}))).toEqual({ status: 'ownership_lost' });
    expect(runs).toBe(1);
  });
});

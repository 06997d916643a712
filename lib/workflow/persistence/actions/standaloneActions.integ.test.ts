import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createTestDatabase, type TestDatabase } from '@/lib/db/testing/testDatabase';
import {
  createActionRegistry,
  defineAction,
  TransactionIsolationLevel,
  type ActionRegistry,
} from '../../core/actionRegistry';
import { systemClock } from '../../core/actions/runHandler';
import { silentLogger } from '../../telemetry/silentLogger';
import { createTransactions, type Transactions } from '../transactions';
import { createActionKeyStore } from './actionKeys';

let database: TestDatabase;
let sql: postgres.Sql;
let transactions: Transactions;

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

/** A registry as another process would have it: same database, nothing else in common. */
function registry(leaseMs = 60_000): ActionRegistry {
  const clock = { ...systemClock, random: () => 0 };
  return createActionRegistry({
    keys: createActionKeyStore({ sql, transactions }),
    logger: silentLogger,
    clock,
    leaseMs,
  });
}
const callWith = (parameters: Record<string, unknown>, idempotencyKey: string = randomUUID()) => ({
  tenant: 'acme',
  executionId: 'wf-123',
  eventId: 'evt-456',
  idempotencyKey,
  parameters,
});
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('executeAction', () => {
  it('runs an action for an execution that does not exist, under any spelling of its name', async () => {
    const actions = registry();
    actions.registerSimpleAction(
      'SendInvoiceEmail',
      'Send an email with invoice details',
      [
        { name: 'recipient', type: 'string', required: true },
        { name: 'template', type: 'string', required: false, defaultValue: 'default' },
      ],
      (params, context) => ({ ...params, sent: true, to: context.executionId, because: context.eventId }),
    );
    for (const name of ['SendInvoiceEmail', 'sendInvoiceEmail', 'send_invoice_email']) {
      expect(await actions.executeAction(name, callWith({ recipient: 'c@example.com' }))).toEqual({
        recipient: 'c@example.com',
        template: 'default',
        sent: true,
        to: 'wf-123',
        because: 'evt-456',
      });
    }
  });

  it('gives a repeated call the first result', async () => {
    let runs = 0;
    const actions = registry();
    actions.registerSimpleAction('count', '', [], () => ({ runs: (runs += 1) }));
    const call = callWith({ a: 1, b: 2 });
    expect(await actions.executeAction('count', call)).toEqual({ runs: 1 });
    expect(await actions.executeAction('count', { ...call, parameters: { b: 2, a: 1 } })).toEqual({ runs: 1 });
    expect(await actions.executeAction('count', { ...call, tenant: 'globex' })).toEqual({ runs: 2 });
  });

  it('refuses a key that was used with other parameters', async () => {
    const actions = registry();
    actions.registerSimpleAction('echo', '', [], (params) => params);
    const call = callWith({ a: 1 });
    await actions.executeAction('echo', call);
    await expect(actions.executeAction('echo', { ...call, parameters: { a: 2 } })).rejects.toMatchObject({
      code: 'idempotency_key_reused',
      message: expect.stringContaining('a call of action "echo" that differs in parameters') as string,
    });
  });

  it('runs once when many call at the same time, and tells the others that it is in progress', async () => {
    for (let round = 0; round < 20; round += 1) {
      let runs = 0;
      const call = callWith({});
      const outcomes = await Promise.allSettled(
        Array.from({ length: 4 }, async () => {
          const actions = registry();
          actions.registerSimpleAction('slow', '', [], async () => {
            runs += 1;
            await pause(20);
            return runs;
          });
          return (await actions.executeAction('slow', call)) as unknown;
        }),
      );
      expect(runs).toBe(1);
      for (const outcome of outcomes) {
        if (outcome.status === 'fulfilled') expect(outcome.value).toBe(1);
        else expect(outcome.reason).toMatchObject({ code: 'action_in_progress' });
      }
      expect(outcomes.some((outcome) => outcome.status === 'fulfilled')).toBe(true);
    }
  });

  it('keeps its claim for as long as the action runs, however short the lease', async () => {
    const call = callWith({});
    const leaseMs = 2_000;
    const [first, second] = [registry(leaseMs), registry(leaseMs)];
    let begins = (): void => undefined;
    let finish = (): void => undefined;
    const begun = new Promise<void>((resolve) => (begins = resolve));
    const finished = new Promise<void>((resolve) => (finish = resolve));
    for (const actions of [first, second]) {
      actions.registerSimpleAction('long', '', [], async () => {
        begins();
        await finished;
        return 'done';
      });
    }
    const running = first.executeAction('long', call) as Promise<unknown>;
    await begun;
    await pause(2 * leaseMs);
    await expect(second.executeAction('long', call)).rejects.toMatchObject({ code: 'action_in_progress' });
    finish();
    expect(await running).toBe('done');
    expect(await second.executeAction('long', call)).toBe('done');
  });

  it('takes over the claim of a process that died', async () => {
    const call = callWith({});
    const actions = registry(3_000);
    actions.registerSimpleAction('orphan', '', [], () => 'taken over');
    await createActionKeyStore({ sql, transactions }).claim({
      key: { tenant: 'acme', actionName: 'orphan', idempotencyKey: call.idempotencyKey },
      callerExecutionId: null,
      callerEventId: null,
      given: {},
      params: {},
      leaseMs: 3_000,
      lapsed: null,
    });
    await expect(actions.executeAction('orphan', call)).rejects.toMatchObject({ code: 'action_in_progress' });
    await expect.poll(async () => actions.executeAction('orphan', call)).toBe('taken over');
  });

  it('refuses other parameters under a key whose first call runs, or died, and runs nothing', async () => {
    const call = callWith({ a: 1 });
    const actions = registry(1_000);
    let runs = 0;
    actions.registerSimpleAction('left', '', [], (params) => ({ ...params, runs: (runs += 1) }));
    await createActionKeyStore({ sql, transactions }).claim({
      key: { tenant: 'acme', actionName: 'left', idempotencyKey: call.idempotencyKey },
      callerExecutionId: null,
      callerEventId: null,
      given: { a: 1 },
      params: { a: 1 },
      leaseMs: 1_000,
      lapsed: null,
    });
    const other = () => actions.executeAction('left', { ...call, parameters: { a: 2 } });
    const refusal = { code: 'idempotency_key_reused' };
    await expect(other()).rejects.toMatchObject(refusal);
    await sql`UPDATE workflow_action_keys SET claimed_at = claimed_at - interval '1 hour'
      WHERE idempotency_key = ${call.idempotencyKey}`;
    await expect(other()).rejects.toMatchObject(refusal);
    expect(runs).toBe(0);
    expect(await actions.executeAction('left', call)).toEqual({ a: 1, runs: 1 });
    await expect(other()).rejects.toMatchObject(refusal);
  });

  it('is taken over by one of several that find it left behind', async () => {
    const call = callWith({});
    const keys = createActionKeyStore({ sql, transactions });
    const key = { tenant: 'acme', actionName: 'wanted', idempotencyKey: call.idempotencyKey };
    const request = { key, callerExecutionId: null, callerEventId: null, given: {}, params: {}, leaseMs: 60_000 };
    await keys.claim({ ...request, lapsed: null });
    await sql`UPDATE workflow_action_keys SET claimed_at = claimed_at - interval '1 hour'
      WHERE idempotency_key = ${call.idempotencyKey}`;
    const left = await keys.claim({ ...request, lapsed: null });
    const lapsed = left.kind === 'in_progress' ? left.lapsed : null;
    expect(lapsed).not.toBeNull();
    const claims = await Promise.all([1, 2, 3].map(() => keys.claim({ ...request, lapsed })));
    expect(claims.map(({ kind }) => kind).sort()).toEqual(['claimed', 'in_progress', 'in_progress']);
  });

  it('knows a repeat by what its caller gave, where defaults differ from call to call', async () => {
    const actions = registry();
    let runs = 0;
    const ship = defineAction({
      name: 'ship',
      kind: 'simple',
      input: z.object({
        orderId: z.string(),
        parcelId: z.uuid().default(() => randomUUID()),
        at: z.date().default(() => new Date()),
      }),
      run: async ({ orderId, parcelId }) => ({ orderId, parcelId, runs: (runs += 1) }),
    });
    actions.registerAction(ship);
    const call = callWith({ orderId: 'o1' });
    const first = await actions.executeAction('ship', call);
    expect(first).toMatchObject({ orderId: 'o1', runs: 1 });
    expect(await actions.executeAction('ship', call)).toEqual(first);
    for (const parameters of [{ orderId: 'o2' }, { orderId: 'o1', parcelId: randomUUID() }]) {
      await expect(actions.executeAction('ship', { ...call, parameters })).rejects.toMatchObject({
        code: 'idempotency_key_reused',
      });
    }
  });

  it('takes a call for a repeat that names a default, and one of a time when only checked parameters were kept', async () => {
    const actions = registry();
    actions.registerSimpleAction(
      'greet',
      '',
      [{ name: 'how', type: 'string', defaultValue: 'kindly' }],
      ({ how }) => how,
    );
    const call = callWith({});
    expect(await actions.executeAction('greet', call)).toBe('kindly');
    expect(await actions.executeAction('greet', { ...call, parameters: { how: 'kindly' } })).toBe('kindly');
    await sql`UPDATE workflow_action_keys SET given = NULL WHERE idempotency_key = ${call.idempotencyKey}`;
    expect(await actions.executeAction('greet', call)).toBe('kindly');
    await expect(actions.executeAction('greet', { ...call, parameters: { how: 'coldly' } })).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
  });

  it('throws what the action throws, and lets the same key try again', async () => {
    let runs = 0;
    const actions = registry();
    actions.registerSimpleAction('moody', '', [], () => {
      runs += 1;
      if (runs === 1) throw new Error('Not today');
      return 'fine';
    });
    const call = callWith({});
    await expect(actions.executeAction('moody', call)).rejects.toThrow('Not today');
    expect(await actions.executeAction('moody', call)).toBe('fine');
    expect(runs).toBe(2);
  });

  it('names wrong parameters and unknown actions without running anything', async () => {
    const actions = registry();
    actions.registerSimpleAction('strict', '', [{ name: 'id', type: 'string', required: true }], () => 1);
    await expect(actions.executeAction('strict', callWith({ id: 5 }))).rejects.toMatchObject({
      code: 'validation_failed',
      fieldErrors: [{ path: '/id' }],
    });
    await expect(actions.executeAction('missing', callWith({}))).rejects.toMatchObject({ code: 'unknown_action' });
    await expect(
      actions.executeAction('strict', { ...callWith({ id: 'x' }), idempotencyKey: '' }),
    ).rejects.toMatchObject({
      fieldErrors: [{ path: '/idempotencyKey' }],
    });
  });

  it('commits the effect of a database action once, together with its key', async () => {
    const id = randomUUID();
    await sql`INSERT INTO invoices (id, tenant_id, number, customer, amount_cents, status, created_by)
      VALUES (${id}, 'acme', 1, 'Kiosk', 100, 'submitted', 'alice')`;
    const call = callWith({ id });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, async () => {
        const actions = registry();
        actions.registerDatabaseAction(
          'add',
          '',
          [{ name: 'id', type: 'string', required: true }],
          TransactionIsolationLevel.REPEATABLE_READ,
          async (params, { transaction }) => ({
            rows: await transaction('invoices').where({ id: params.id }).increment('amount_cents', 1),
          }),
        );
        return (await actions.executeAction('add', call)) as unknown;
      }),
    );
    expect(outcomes.some((outcome) => outcome.status === 'fulfilled')).toBe(true);
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') expect(outcome.value).toEqual({ rows: 1 });
      else expect(outcome.reason).toMatchObject({ code: 'action_in_progress' });
    }
    expect((await sql`SELECT amount_cents::int AS n FROM invoices WHERE id = ${id}`)[0]?.n).toBe(101);
  });

  it('rolls a database action back when its claim went to somebody else meanwhile', async () => {
    const id = randomUUID();
    await sql`INSERT INTO invoices (id, tenant_id, number, customer, amount_cents, status, created_by)
      VALUES (${id}, 'acme', 2, 'Kiosk', 100, 'submitted', 'alice')`;
    const actions = registry();
    const call = callWith({});
    actions.registerDatabaseAction('stale', '', [], TransactionIsolationLevel.READ_COMMITTED, async (_, context) => {
      await context.transaction('invoices').where({ id }).update({ status: 'approved' });
      await sql`UPDATE workflow_action_keys SET claimed_at = claimed_at + interval '1 minute'
        WHERE idempotency_key = ${call.idempotencyKey}`;
    });
    await expect(actions.executeAction('stale', call)).rejects.toMatchObject({ code: 'action_in_progress' });
    expect((await sql`SELECT status FROM invoices WHERE id = ${id}`)[0]?.status).toBe('submitted');
  });
});

import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/lib/db/testing/testDatabase';
import { createActionExecutor } from '../../core/actionExecutor';
import { createActionRegistry, type ActionRegistry } from '../../core/actionRegistry';
import { systemClock } from '../../core/actions/runHandler';
import { silentLogger } from '../../telemetry/silentLogger';
import { createActionKeyStore } from './actionKeys';

let database: TestDatabase;
let sql: postgres.Sql;
let begun: number;
/** What a start of the action does. */
let next: () => unknown;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = postgres(database.url, { max: 5, onnotice: () => undefined });
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});
beforeEach(() => {
  begun = 0;
  next = () => 'paid';
});

/** A registry as another process would have it: same database, nothing else in common. */
function registry({ leaseMs = 60_000, timeoutMs = 60_000 } = {}): ActionRegistry {
  const clock = { ...systemClock, random: () => 0 };
  const actions = createActionRegistry({ keys: createActionKeyStore({ sql }), logger: silentLogger, clock, leaseMs });
  actions.registerSimpleAction(
    'payOut',
    'Sends money to a bank.',
    [],
    () => {
      begun += 1;
      return next();
    },
    { atMostOnce: true, retry: { timeoutMs } },
  );
  return actions;
}
const callOf = () => ({ tenant: 'acme', idempotencyKey: randomUUID() });
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'none',
    (error: unknown) => (error as { code?: unknown }).code,
  );

describe('an atMostOnce action outside of executions', () => {
  it('is started once although its error is one that passes; what it threw is its outcome', async () => {
    const call = callOf();
    next = () => {
      throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    };
    await expect(registry().executeAction('payOut', call)).rejects.toThrow('reset');
    expect(begun).toBe(1);
    next = () => 'paid';
    expect(await registry().executeAction('payOut', call)).toBe('paid');
    expect(await registry().executeAction('payOut', call)).toBe('paid');
    expect(begun).toBe(2);
  });

  it('says that nobody knows when its time is over, and is not started again', async () => {
    const call = callOf();
    next = () => new Promise(() => undefined);
    const slow = registry({ timeoutMs: 20 });
    expect(await codeOf(slow.executeAction('payOut', call))).toBe('action_uncertain');
    next = () => 'paid';
    const later = registry({ leaseMs: 1 });
    await expect.poll(() => codeOf(later.executeAction('payOut', call))).toBe('action_uncertain');
    expect(begun).toBe(1);
  });

  it('is not started by another process when the claim of one that died has run out', async () => {
    const call = callOf();
    const claim = {
      key: { tenant: 'acme', actionName: 'payOut', idempotencyKey: call.idempotencyKey },
      callerExecutionId: null,
      callerEventId: null,
      given: {},
      params: {},
      leaseMs: 60_000,
      lapsed: null,
    };
    await createActionKeyStore({ sql }).claim(claim);
    expect(await codeOf(registry().executeAction('payOut', call))).toBe('action_in_progress');
    const later = registry({ leaseMs: 1 });
    await expect.poll(() => codeOf(later.executeAction('payOut', call))).toBe('action_uncertain');
    await expect(later.executeAction('payOut', { ...call, parameters: { to: 'else' } })).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
    expect(begun).toBe(0);
  });

  it('is not started again where its result cannot be kept', async () => {
    const call = callOf();
    next = () => new Map();
    expect(await codeOf(registry().executeAction('payOut', call))).toBe('action_result_invalid');
    const later = registry({ leaseMs: 1 });
    await expect.poll(() => codeOf(later.executeAction('payOut', call))).toBe('action_uncertain');
    expect(begun).toBe(1);
  });

  it('has one attempt in a group whose strategy is to retry', async () => {
    next = () => {
      throw new Error('maybe');
    };
    const results = await createActionExecutor(registry()).executeActions(
      [{ id: 'pay', actionName: 'payOut', onError: 'retry', retry: { attempts: 3, backoffMs: 1 } }],
      { event_id: randomUUID() },
      'acme',
    );
    expect(results).toEqual([{ id: 'pay', actionName: 'payOut', success: false, error: 'maybe' }]);
    expect(begun).toBe(1);
  });
});

import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/lib/db/testing/testDatabase';
import { createActionKeyStore } from '../persistence/actions/actionKeys';
import { silentLogger } from '../telemetry/silentLogger';
import { createActionExecutor, type GroupMember, type GroupOptions } from './actionExecutor';
import { createActionRegistry, TransactionIsolationLevel, type ActionRegistry } from './actionRegistry';
import { systemClock } from './actions/runHandler';

let database: TestDatabase;
let sql: postgres.Sql;
let registry: ActionRegistry;
let begun: string[];
let underWay: number;
let most: number;

beforeAll(async () => {
  database = await createTestDatabase();
  sql = postgres(database.url, { max: 5, onnotice: () => undefined });
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});
beforeEach(() => {
  begun = [];
  underWay = 0;
  most = 0;
  registry = createActionRegistry({ keys: createActionKeyStore({ sql }), logger: silentLogger, clock: systemClock });
  for (const name of ['a', 'b', 'c', 'd']) {
    registry.registerSimpleAction(name, '', [], async ({ fails, meets }) => {
      begun.push(name);
      underWay += 1;
      most = Math.max(most, underWay);
      for (let waited = 0; meets && most < 2 && waited < 500; waited += 1) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      underWay -= 1;
      if (fails) throw new Error(`${name} broke`);
      return { name };
    });
  }
});

const execute = (actions: readonly GroupMember[], event = {}, options: GroupOptions = {}) =>
  createActionExecutor(registry).executeActions(actions, event, 'acme', options);

describe('executeActions', () => {
  it('runs at the same time what nothing orders, and in order what something does', async () => {
    const results = await execute([
      { actionName: 'd', dependsOn: ['b', 'c'] },
      { actionName: 'c', dependsOn: ['a'], parameters: { meets: true } },
      { actionName: 'b', dependsOn: ['a'], parameters: { meets: true } },
      { actionName: 'a' },
    ]);
    expect(begun[0]).toBe('a');
    expect(begun[3]).toBe('d');
    expect(most).toBe(2);
    expect(results.map(({ actionName, success }) => [actionName, success])).toEqual([
      ['d', true],
      ['c', true],
      ['b', true],
      ['a', true],
    ]);
    expect(results[3]?.result).toEqual({ name: 'a' });
  });

  it('begins nothing more after a failure, and says why', async () => {
    const results = await execute([
      { actionName: 'a', parameters: { fails: true } },
      { actionName: 'b' },
      { actionName: 'c', dependsOn: ['b'] },
    ]);
    expect(results).toEqual([
      { id: 'a', actionName: 'a', success: false, error: 'a broke' },
      { id: 'b', actionName: 'b', success: true, result: { name: 'b' } },
      { id: 'c', actionName: 'c', success: false, skipped: true, error: 'Not begun, because "a" did not succeed.' },
    ]);
    expect([...begun].sort()).toEqual(['a', 'b']);
  });

  it('leaves out only what depends on a failure that it may continue after', async () => {
    const results = await execute([
      { actionName: 'a', parameters: { fails: true }, onError: 'continue' },
      { actionName: 'b', dependsOn: ['a'] },
      { actionName: 'c' },
      { actionName: 'd', dependsOn: ['c'] },
    ]);
    expect(results.map(({ success }) => success)).toEqual([false, false, true, true]);
    expect(results[1]?.skipped).toBe(true);
  });

  it('runs an action again whose strategy is to retry, and begins nothing more when that did not help', async () => {
    let failures = 2;
    registry.registerSimpleAction('flaky', '', [], () => {
      begun.push('flaky');
      if ((failures -= 1) >= 0) throw new Error('not yet');
      return 'at last';
    });
    const flaky = { actionName: 'flaky', onError: 'retry', retry: { attempts: 3, backoffMs: 1 } } as const;
    const [first, second] = await execute([flaky, { actionName: 'a', dependsOn: ['flaky'] }]);
    expect(first).toMatchObject({ success: true, result: 'at last' });
    expect(second).toMatchObject({ success: true });
    expect(begun).toEqual(['flaky', 'flaky', 'flaky', 'a']);

    failures = 9;
    const results = await execute([flaky, { actionName: 'b', dependsOn: ['flaky'] }]);
    expect(results).toMatchObject([{ success: false, error: 'not yet' }, { skipped: true }]);
    expect(begun.filter((name) => name === 'flaky')).toHaveLength(6);
  });

  it('undoes in reverse order what had succeeded, with what it gave, whether or not an undoing fails', async () => {
    const undone: unknown[] = [];
    registry.registerSimpleAction('undo', '', [], (params) => {
      undone.push(params.of);
      if (params.of === 'b') throw new Error('too late');
    });
    const compensateWith = { actionName: 'undo', parameters: ({ name }: { name: string }) => ({ of: name }) };
    const results = await execute(
      [
        { actionName: 'a', compensateWith },
        { actionName: 'b', dependsOn: ['a'], compensateWith },
        { actionName: 'c', dependsOn: ['b'], compensateWith: { actionName: 'undo', parameters: { of: 'fixed' } } },
        { actionName: 'd', dependsOn: ['c'], parameters: { fails: true }, compensateWith },
      ],
      {},
      { onError: 'compensate' },
    );
    expect(undone).toEqual(['fixed', 'b', 'a']);
    expect(results).toMatchObject([
      { id: 'a', success: true, compensated: true },
      { id: 'b', success: true, compensated: false, compensationError: 'too late' },
      { id: 'c', success: true, compensated: true },
      { id: 'd', success: false, error: 'd broke' },
    ]);
    expect(results[3]).not.toHaveProperty('compensated');
  });

  it.each([[['b', 'c']], [['c', 'b']]])(
    'undoes when any of those that failed together asks for it, in the order %s',
    async (order) => {
      registry.registerSimpleAction('undo', '', [], () => 'undone');
      const strategies = { b: 'stop', c: 'compensate' } as const;
      const results = await execute([
        { actionName: 'a', compensateWith: { actionName: 'undo' } },
        ...order.map((actionName) => ({
          actionName,
          dependsOn: ['a'],
          parameters: { fails: true },
          onError: strategies[actionName as 'b' | 'c'],
        })),
      ]);
      expect(results[0]).toMatchObject({ id: 'a', success: true, compensated: true });
    },
  );

  it('undoes the others where what an undoing needs cannot be told', async () => {
    registry.registerSimpleAction('undo', '', [], () => 'undone');
    const parameters = () => {
      throw new Error('no booking in it');
    };
    const results = await execute(
      [
        { actionName: 'a', compensateWith: { actionName: 'undo' } },
        { actionName: 'b', dependsOn: ['a'], compensateWith: { actionName: 'undo', parameters } },
        { actionName: 'c', dependsOn: ['b'], parameters: { fails: true } },
      ],
      {},
      { onError: 'compensate' },
    );
    expect(results).toMatchObject([
      { id: 'a', compensated: true },
      { id: 'b', compensated: false, compensationError: 'no booking in it' },
      { id: 'c', success: false },
    ]);
  });

  it('joins at sync points, and keeps the graph and what became of it in its tables', async () => {
    const results = await execute(
      [
        { actionName: 'a' },
        { actionName: 'b', parameters: { fails: true }, onError: 'continue' },
        { syncPoint: 'all good', dependsOn: ['a', 'b'] },
        { syncPoint: 'all over', dependsOn: ['a', 'b'], when: 'settled' },
        { actionName: 'c', dependsOn: ['all good'] },
        { actionName: 'd', dependsOn: ['all over'] },
      ],
      { event_id: 'evt-join', execution_id: 'wf-join' },
    );
    expect(results.map(({ id, success, skipped }) => [id, success, skipped ?? false])).toEqual([
      ['a', true, false],
      ['b', false, false],
      ['c', false, true],
      ['d', true, false],
    ]);
    const dependencies = await sql`
      SELECT action_id, depends_on_action_id, tenant_id FROM workflow_action_dependencies
      WHERE execution_id = 'wf-join' ORDER BY 1, 2`;
    expect(dependencies.map(({ action_id: id, depends_on_action_id: on }) => `${id} after ${on}`)).toEqual([
      'all good after a',
      'all good after b',
      'all over after a',
      'all over after b',
      'c after all good',
      'd after all over',
    ]);
    const points = await sql`
      SELECT sync_point_id, waits_for, status, tenant_id, reached_at IS NOT NULL AS has_time FROM workflow_sync_points
      WHERE execution_id = 'wf-join' ORDER BY 1`;
    expect(points).toEqual([
      { sync_point_id: 'all good', waits_for: ['a', 'b'], status: 'failed', tenant_id: 'acme', has_time: false },
      { sync_point_id: 'all over', waits_for: ['a', 'b'], status: 'reached', tenant_id: 'acme', has_time: true },
    ]);
  });

  describe('in one transaction', () => {
    const number = async (id: string) =>
      (await sql`SELECT amount_cents::int AS n FROM invoices WHERE id = ${id}`)[0]?.n as number;

    beforeEach(async () => {
      await sql`DELETE FROM invoices`;
      await sql`
        INSERT INTO invoices (id, tenant_id, number, customer, amount_cents, status, created_by)
        VALUES ('one', 'acme', 1, 'Kiosk', 100, 'submitted', 'alice'), ('two', 'acme', 2, 'Kiosk', 100, 'submitted', 'bob')`;
      registry.registerDatabaseAction(
        'move',
        '',
        [
          { name: 'id', type: 'string', required: true },
          { name: 'by', type: 'number', defaultValue: 1 },
        ],
        TransactionIsolationLevel.REPEATABLE_READ,
        async ({ id, by }, { transaction, idempotencyKey, logger, signal }) => {
          logger.debug({ aborted: signal.aborted }, 'moves');
          const rows = await transaction('invoices').where({ id }).increment('amount_cents', by);
          if (rows !== 1) throw new Error(`no invoice ${id}`);
          const [{ level }] = (await transaction.raw("SELECT current_setting('transaction_isolation') AS level")) as [
            { level: string },
          ];
          return { level, key: idempotencyKey.replace(/.*:/, '') };
        },
      );
    });

    it('all happen, in order and at the strictest level', async () => {
      const results = await execute(
        [
          { id: 'second', actionName: 'move', parameters: { id: 'two', by: 5 }, dependsOn: ['first'] },
          { id: 'first', actionName: 'move', parameters: { id: 'one' } },
        ],
        {},
        { transaction: true },
      );
      expect(results).toEqual([
        { id: 'second', actionName: 'move', success: true, result: { level: 'repeatable read', key: 'second' } },
        { id: 'first', actionName: 'move', success: true, result: { level: 'repeatable read', key: 'first' } },
      ]);
      expect([await number('one'), await number('two')]).toEqual([101, 105]);
    });

    it('nothing has happened when one fails', async () => {
      const results = await execute(
        [
          { id: 'first', actionName: 'move', parameters: { id: 'one' } },
          { id: 'second', actionName: 'move', parameters: { id: 'none' }, dependsOn: ['first'] },
        ],
        {},
        { transaction: true },
      );
      expect(results.map(({ success, error }) => [success, error])).toEqual([
        [false, 'no invoice none'],
        [false, 'no invoice none'],
      ]);
      expect(await number('one')).toBe(100);
    });

    it('none may be of another kind or go its own way', async () => {
      const [mixed] = await execute([{ actionName: 'a' }], {}, { transaction: true });
      expect(mixed?.error).toContain('is no database action');
      expect(begun).toEqual([]);
      const own = [{ actionName: 'move', onError: 'continue' }] as const;
      await expect(execute(own, {}, { transaction: true })).rejects.toThrow('as a whole');
    });
  });

  it('repeats no effect for the same event', async () => {
    const actions = [
      { id: 'first', actionName: 'a' },
      { id: 'second', actionName: 'a', dependsOn: ['first'] },
    ];
    const event = { event_id: 'evt-1', execution_id: 'wf-1' };
    await execute(actions, event);
    const again = await execute(actions, event);
    expect(again.map(({ success }) => success)).toEqual([true, true]);
    expect(begun).toEqual(['a', 'a']);
  });

  it.each([
    [
      'a cycle',
      [
        { actionName: 'a', dependsOn: ['b'] },
        { actionName: 'b', dependsOn: ['c'] },
        { actionName: 'c', dependsOn: ['b'] },
      ],
      'b → c → b',
    ],
    ['a dependency that does not exist', [{ actionName: 'a' }, { actionName: 'b', dependsOn: ['z'] }], '"z"'],
    ['an id used twice', [{ actionName: 'a' }, { actionName: 'a' }], 'the id "a"'],
    ['an unknown action', [{ actionName: 'a' }, { actionName: 'z' }], '"z"'],
  ])('refuses %s before anything runs', async (_, actions, named) => {
    await expect(execute(actions)).rejects.toThrow(named);
    expect(begun).toEqual([]);
  });
});

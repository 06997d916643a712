import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/lib/db/testing/testDatabase';
import { createActionKeyStore } from '../persistence/actions/actionKeys';
import { silentLogger } from '../telemetry/silentLogger';
import { createActionExecutor, type ActionToExecute } from './actionExecutor';
import { createActionRegistry, type ActionRegistry } from './actionRegistry';
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

const execute = (actions: readonly ActionToExecute[], event = {}) =>
  createActionExecutor(registry).executeActions(actions, event, 'acme');

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

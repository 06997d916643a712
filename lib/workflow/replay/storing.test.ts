import { describe, expect, it } from 'vitest';
import type { WorkflowContext } from '../model/workflow';
import { testWorkflow } from '../testing';

describe('names that cannot be stored', () => {
  it.each<[string, (context: WorkflowContext, bad: string) => unknown]>([
    ['a key of data', ({ data }, bad) => data.set(bad, 1)],
    ['an action', ({ actions }, bad) => actions[bad]?.({})],
    ['a member of a group', ({ executeActions }, bad) => executeActions([{ actionName: 'ok' }, { actionName: bad }])],
    ['a branch of a race', ({ actions, race }, bad) => race({ [bad]: () => actions.ok?.({}), b: () => 1 })],
    ['a branch of all', ({ actions, all }, bad) => all({ [bad]: () => actions.ok?.({}) })],
    ['a scope', ({ scope }, bad) => scope(bad, () => 1)],
    ['an event that is waited for', ({ events }, bad) => events.waitFor(bad)],
    ['an event that is sent', ({ events }, bad) => events.emit(bad)],
    ['a state', ({ setState }, bad) => setState(bad)],
    ['a patch', ({ patched }, bad) => patched(bad)],
  ])('are refused at the call: %s', async (_, call) => {
    for (const bad of ['a\u0000b', '\ud800']) {
      const run = await testWorkflow(
        async function naming(context: WorkflowContext) {
          try {
            return await call(context, bad);
          } catch (error) {
            return (error as { code?: string }).code;
          }
        },
        { actions: { ok: () => 1 } },
      );
      expect(run).toMatchObject({ error: null, result: 'invalid_input' });
    }
  });
});

describe('log lines', () => {
  it('do not end their workflow, whatever they are given', async () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const long = 'm'.repeat(3_000_000);
    const run = await testWorkflow(async function logging({ logger }: WorkflowContext) {
      logger.info('order', { total: 10n });
      logger.warn('circular', circular);
      logger.debug('a\u0000b', { 'c\u0000d': '\ud800' });
      logger.error(long);
      logger.error('large', long);
      logger.info(Object.create(null) as string);
      return 'fine';
    });
    expect(run).toMatchObject({ status: 'completed', result: 'fine' });
    const lines = run.history.flatMap((entry) => (entry.kind === 'log_written' ? [entry.body] : []));
    expect(lines.map(({ message, data }) => [message.slice(0, 20), JSON.stringify(data).slice(0, 24)])).toEqual([
      ['order', '{"total":"10"}'],
      ['circular', '{"self":"[circular]"}'],
      ['a\ufffdb', '{"c\ufffdd":"\ufffd"}'],
      ['m'.repeat(20), 'null'],
      ['large', `"\\"${'m'.repeat(21)}`],
      ['{}', 'null'],
    ]);
    expect(lines[3]?.message).toContain('more characters)');
    expect(JSON.stringify(lines).length).toBeLessThan(300_000);
  });
});

describe('an action of a group that is called like a method of promises', () => {
  it('is called, and no success of nothing', async () => {
    const run = testWorkflow(async function calling({ executeActions }: WorkflowContext) {
      return executeActions([{ actionName: 'then' }]);
    });
    await expect(run).rejects.toThrow('calls the action "then"');
  });

  it('needs a name', async () => {
    const nameless = [{ actionName: '' }, {} as { actionName: string }];
    for (const action of nameless) {
      const run = await testWorkflow(async function calling({ executeActions }: WorkflowContext) {
        return executeActions([action]);
      });
      expect(run.error).toMatchObject({ code: 'invalid_input' });
    }
  });
});

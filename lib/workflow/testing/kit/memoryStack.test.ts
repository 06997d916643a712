import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { TransactionIsolationLevel } from '../../core/actions/types';
import { defineAction } from '../../core/actions/defineAction';
import { defineWorkflow } from '../../core/defineWorkflow';
import type { WorkflowContext } from '../../model/workflow';
import { testWorkflow } from '../index';

const onceAction = { retry: { timeoutMs: 20 }, atMostOnce: true } as const;

describe('testWorkflow in memory', () => {
  it('sends from a child to its parent, and from a parent to its child', async () => {
    async function Kid({ events }: WorkflowContext) {
      await events.emit('Hi', { n: 1 }, { to: 'parent' });
      return (await events.waitFor<{ k: number }>('Go')).payload.k;
    }
    const run = await testWorkflow(
      async ({ children, events }: WorkflowContext) => {
        const kid = children.start('Kid');
        const { payload } = await events.waitFor<{ n: number }>('Hi');
        await events.emit('Go', { k: 2 }, { to: { executionId: kid.executionId } });
        return [payload.n, await kid.result()];
      },
      { name: 'T', workflows: [Kid] },
    );
    expect(run).toMatchObject({ status: 'completed', result: [1, 2] });
  });

  it('gives events of the bus to waits that match', async () => {
    async function Kid({ events }: WorkflowContext) {
      return (await events.waitFor<{ k: number }>('Go', { match: { k: 1 }, timeout: '1 day' }))?.payload ?? null;
    }
    const run = await testWorkflow(
      async ({ children, events, sleep }: WorkflowContext) => {
        const kid = children.start('Kid');
        await sleep('1 h');
        await events.emit('Go', { k: 1 });
        return kid.result();
      },
      { name: 'T', workflows: [Kid] },
    );
    expect(run).toMatchObject({ status: 'completed', result: { k: 1 } });
  });

  it('asks what became of an action that must not be started twice', async () => {
    const run = await testWorkflow(async ({ actions }: WorkflowContext) => actions.pay({}), {
      name: 'T',
      actions: { pay: () => new Promise(() => undefined) },
      register: (to) => to.registerSimpleAction('pay', 'Pays.', [], () => null, onceAction),
      tasks: { did_this_happen: { outcome: 'happened', data: { result: '{"paid":true}' } } },
    });
    expect(run).toMatchObject({ status: 'completed', result: { paid: true } });
  });

  it('lets actions of a transaction run as such', async () => {
    const run = await testWorkflow(
      async ({ executeActions }: WorkflowContext) => {
        const results = await executeActions([{ actionName: 'book' }, { actionName: 'pay' }], { transaction: true });
        return results.map(({ success, result }) => [success, result]);
      },
      {
        name: 'T',
        actions: { book: () => 'booked', pay: () => 'paid' },
        register: (to) => {
          to.registerDatabaseAction('book', 'Books.', [], TransactionIsolationLevel.READ_COMMITTED, async () => null);
          to.registerDatabaseAction('pay', 'Pays.', [], TransactionIsolationLevel.READ_COMMITTED, async () => null);
        },
      },
    );
    expect(run).toMatchObject({
      status: 'completed',
      result: [
        [true, 'booked'],
        [true, 'paid'],
      ],
    });
  });

  it('checks what goes into and comes out of the actions that a workflow names', async () => {
    const send = defineAction({
      name: 'send',
      description: 'Sends.',
      kind: 'simple',
      input: z.object({ to: z.string(), template: z.string().default('default') }),
      output: z.object({ id: z.string() }),
      run: async () => ({ id: 'real' }),
    });
    const workflow = defineWorkflow({
      name: 'Sends',
      version: '1',
      actions: [send],
      run: ({ actions }) => actions.send({ to: 'mia' }),
    });
    const run = await testWorkflow(workflow, { actions: { send: ({ template }) => ({ id: template }) } });
    expect(run).toMatchObject({ status: 'completed', result: { id: 'default' } });
    const wrong = await testWorkflow(workflow, { actions: { send: () => ({ number: 1 }) } });
    expect(wrong).toMatchObject({ status: 'failed', error: { message: expect.stringContaining('id') as string } });
  });
});

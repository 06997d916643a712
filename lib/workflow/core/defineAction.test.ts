import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { defineAction, defineWorkflow, TransactionIsolationLevel, type WorkflowContext } from '../authoring';
import type { ActionCall } from '../model/ports/actions';
import type { CreatedHumanTask } from '../model/workflow';
import { silentLogger } from '../telemetry/silentLogger';
import { silentMetrics } from '../telemetry/silentMetrics';
import { createActionRegistry } from './actionRegistry';
import { createActionRunner } from './actions/actionRunner';
import { systemClock } from './actions/runHandler';
import { WorkflowRuntime } from './workflowRuntime';

const sendInvoice = defineAction({
  name: 'send_invoice',
  kind: 'simple',
  input: z.object({
    recipient: z.string(),
    copies: z.number().default(1),
    dueAt: z.coerce.date().optional(),
  }),
  timeoutMs: 5_000,
  retry: { attempts: 4, nonRetryable: [RangeError] },
  run: async ({ recipient, copies, dueAt }, { idempotencyKey }) => {
    expectTypeOf(copies).toEqualTypeOf<number>();
    expectTypeOf(dueAt).toEqualTypeOf<Date | undefined>();
    return { messageId: `${idempotencyKey}/${recipient}`, sentAt: new Date(0), copies, isDate: dueAt instanceof Date };
  },
});

const setStatus = defineAction({
  name: 'setStatus',
  kind: 'database',
  isolationLevel: TransactionIsolationLevel.SERIALIZABLE,
  input: z.object({ id: z.string(), status: z.enum(['approved', 'rejected']) }),
  output: z.object({ updated: z.boolean() }),
  run: async ({ id, status }, { transaction }) => {
    expectTypeOf(status).toEqualTypeOf<'approved' | 'rejected'>();
    return { updated: (await transaction('invoices').where({ id }).update({ status })) === 1 };
  },
});

const ping = defineAction({ name: 'Ping', kind: 'simple', run: () => undefined });

const actions = [sendInvoice, setStatus, ping];

function runnerOf(...defined: Parameters<ReturnType<typeof createActionRegistry>['registerAction']>[0][]) {
  const registry = createActionRegistry();
  for (const action of defined) registry.registerAction(action);
  const results = {
    find: () => Promise.resolve(null),
    noteRetry: () => Promise.resolve('noted' as const),
    transact: () => Promise.reject(new Error('not used')),
  };
  const parts = { registry, results, logger: silentLogger, metrics: silentMetrics, clock: systemClock };
  const call: Omit<ActionCall, 'name' | 'args'> = {
    tenant: 'acme',
    executionId: 'e-1',
    partitionId: 0,
    workflowName: 'W',
    correlationId: 'c',
    commandId: 'x#1',
    n: 1,
    argsHash: '',
    attemptsBefore: 0,
  };
  const runner = createActionRunner(parts);
  return (name: string, args: ActionCall['args']) => runner.run({ ...call, name, args });
}

describe('types of a workflow that declares its actions', () => {
  it('come from the actions, under their own names and those in camel case', () => {
    type Actions = WorkflowContext<typeof actions>['actions'];
    expectTypeOf<Actions['sendInvoice']>().toEqualTypeOf<Actions['send_invoice']>();
    expectTypeOf<Parameters<Actions['sendInvoice']>>().toEqualTypeOf<
      [params: { recipient: string; copies?: number | undefined; dueAt?: unknown }]
    >();
    expectTypeOf<Awaited<ReturnType<Actions['sendInvoice']>>>().toEqualTypeOf<{
      messageId: string;
      sentAt: string;
      copies: number;
      isDate: boolean;
    }>();
    expectTypeOf<Parameters<Actions['setStatus']>[0]['status']>().toEqualTypeOf<'approved' | 'rejected'>();
    expectTypeOf<Awaited<ReturnType<Actions['setStatus']>>>().toEqualTypeOf<{ updated: boolean }>();
  });

  it('make parameters optional where the action needs none', () => {
    type Ping = WorkflowContext<typeof actions>['actions']['ping'];
    expectTypeOf<[]>().toExtend<Parameters<Ping>>();
    expectTypeOf<[]>().not.toExtend<Parameters<WorkflowContext<typeof actions>['actions']['setStatus']>>();
    expectTypeOf<Awaited<ReturnType<Ping>>>().toEqualTypeOf<null>();
  });

  it('offer the built-in actions and nothing else', () => {
    type Known = keyof WorkflowContext<typeof actions>['actions'];
    expectTypeOf<'log_event' | 'createHumanTask'>().toExtend<Known>();
    expectTypeOf<'sendInvoices'>().not.toExtend<Known>();
    expectTypeOf<ReturnType<WorkflowContext<typeof actions>['actions']['createHumanTask']>>().toEqualTypeOf<
      Promise<CreatedHumanTask>
    >();
  });

  it('reach the code of defineWorkflow without being written down', () => {
    const workflow = defineWorkflow({
      name: 'Invoice',
      actions,
      run: async (context) => {
        const sent = await context.actions.sendInvoice({ recipient: 'a@example.com' });
        expectTypeOf(sent.sentAt).toEqualTypeOf<string>();
        const { updated } = await context.actions.setStatus({ id: '1', status: 'approved' });
        expectTypeOf(updated).toEqualTypeOf<boolean>();
        return sent.messageId;
      },
    });
    expect(workflow).toMatchObject({ name: 'Invoice', version: '1' });
  });
});

describe('a defined action', () => {
  it('is registered with each workflow that declares it, once', () => {
    const registry = createActionRegistry();
    const runtime = new WorkflowRuntime(registry, () => Promise.reject(new Error('not connected')));
    for (const name of ['One', 'Two']) {
      runtime.registerWorkflow(defineWorkflow({ name, actions: [sendInvoice], run: () => Promise.resolve() }));
    }
    expect(registry.getAction('SendInvoice')?.name).toBe('send_invoice');
  });

  it('is refused where another action has its name in any spelling', () => {
    const registry = createActionRegistry();
    registry.registerAction(sendInvoice);
    const other = defineAction({ name: 'sendInvoice', kind: 'simple', run: () => 1 });
    expect(() => registry.registerAction(other)).toThrow('"send_invoice" has that name already');
    expect(() => registry.registerAction({ name: 'handmade' })).toThrow('was not made by defineAction');
  });

  it('receives defaults and converted values; the log keeps them as JSON (regression: defaults not applied)', async () => {
    const outcome = await runnerOf(sendInvoice)('sendInvoice', { recipient: 'a', dueAt: '2026-01-02' });
    expect(outcome).toMatchObject({
      status: 'completed',
      params: { recipient: 'a', copies: 1, dueAt: '2026-01-02T00:00:00.000Z' },
      result: { messageId: 'e-1:x#1/a', sentAt: '1970-01-01T00:00:00.000Z', copies: 1, isDate: true },
    });
  });

  it('names every wrong parameter, and runs nothing', async () => {
    expect(await runnerOf(sendInvoice)('sendInvoice', { copies: 'two' })).toMatchObject({
      status: 'failed',
      error: { code: 'validation_failed', message: expect.stringMatching(/\/recipient: .*\/copies: /) as string },
    });
  });

  it('fails, without another attempt, when its result does not fit its schema', async () => {
    let runs = 0;
    const wrong = defineAction({
      name: 'wrong',
      kind: 'simple',
      output: z.object({ total: z.number().positive() }),
      retry: { attempts: 5, backoffMs: 0 },
      run: () => ({ total: -(runs += 1) }),
    });
    expect(await runnerOf(wrong)('wrong', {})).toMatchObject({
      error: { code: 'action_result_invalid', message: expect.stringContaining('/total') as string },
    });
    expect(runs).toBe(1);
  });

  it('cannot both be tried again and start at most once', () => {
    const both = defineAction({
      name: 'both',
      kind: 'simple',
      atMostOnce: true,
      retry: { attempts: 2 },
      run: () => undefined,
    });
    expect(() => createActionRegistry().registerAction(both)).toThrow('it has one attempt');
  });
});

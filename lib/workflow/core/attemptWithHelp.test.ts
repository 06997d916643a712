import { describe, expect, it } from 'vitest';
import type { TaskEnd } from '../model/events';
import type { WorkflowContext } from '../model/workflow';
import { testWorkflow, type Scenario } from '../testing';
import { attemptWithHelp, type HelpedAttempt } from './attemptWithHelp';

const itemWorkflow = (options: Partial<HelpedAttempt<string>> = {}) =>
  async function itemWorkflow(context: WorkflowContext) {
    return attemptWithHelp(context, {
      attempt: async () => (await context.actions.processItem({ itemId: '4711' })) as string,
      task: ({ error, number }) => ({
        taskType: 'resolve_item_mapping_error',
        contextData: { errorMessage: error.message, currentAttempt: number },
      }),
      ...options,
    });
  };

/** Fails so many times. */
const failing = (times: number) => {
  let calls = 0;
  return {
    processItem: () => {
      calls += 1;
      if (calls <= times) throw Object.assign(new Error(`No mapping (${calls})`), { retryable: false });
      return 'processed';
    },
  };
};
const world = (failures: number): Scenario => ({
  actions: failing(failures),
  tasks: { resolve_item_mapping_error: { outcome: 'resolved', by: 'omar', after: '1 hour' } },
});

describe('attemptWithHelp', () => {
  it('asks nobody where the first attempt succeeds', async () => {
    const run = await testWorkflow(itemWorkflow(), world(0));
    expect(run).toMatchObject({ status: 'completed', result: 'processed', tasks: [] });
  });

  it('asks for help with the error as context, and tries again after each answer', async () => {
    const run = await testWorkflow(itemWorkflow(), world(2));
    expect(run).toMatchObject({ status: 'completed', result: 'processed' });
    expect(run.tasks.map(({ contextData }) => contextData)).toMatchObject([
      { errorMessage: expect.stringContaining('No mapping (1)') as unknown, currentAttempt: 1 },
      { errorMessage: expect.stringContaining('No mapping (2)') as unknown, currentAttempt: 2 },
    ]);
    expect(run.elapsedMs).toBe(2 * 3_600_000);
  });

  it('fails with the last error after the last attempt, and leaves it to others', async () => {
    const left: string[] = [];
    const escalate = ({ error, number }: { error: Error; number: number }) => {
      left.push(`${number}: ${error.message}`);
      return { taskType: 'item_processing_escalation' };
    };
    const run = await testWorkflow(itemWorkflow({ maxAttempts: 2, escalate }), world(9));
    expect(run).toMatchObject({ status: 'failed', error: { message: expect.stringContaining('No mapping (2)') } });
    expect(run.tasks.map(({ taskType }) => taskType)).toEqual([
      'resolve_item_mapping_error',
      'item_processing_escalation',
    ]);
    expect(left.at(-1)).toContain('2: ');
  });

  it('tries again after any end of the task: nobody answered in time', async () => {
    const task = () => ({ taskType: 'resolve_item_mapping_error', expiresIn: '2 hours' });
    const run = await testWorkflow(itemWorkflow({ task }), { actions: failing(1) });
    expect(run).toMatchObject({ status: 'completed', result: 'processed', tasks: [{ status: 'expired' }] });
  });

  it('gives up where the end of the task says so', async () => {
    const onEnd = ({ outcome }: TaskEnd) => (outcome === 'resolved' ? ('give up' as const) : ('try again' as const));
    const run = await testWorkflow(itemWorkflow({ onEnd }), world(9));
    expect(run).toMatchObject({ status: 'failed', tasks: [{ status: 'completed' }] });
  });

  it('throws at once what nobody can help with', async () => {
    const run = await testWorkflow(itemWorkflow({ task: () => null }), world(9));
    expect(run).toMatchObject({ status: 'failed', tasks: [] });
  });

  it('lets one answer serve all executions that wait for the same', async () => {
    async function syncAllWorkflow({ children }: WorkflowContext) {
      const itemIds = ['4711', '4711', '4712', '4711'];
      const started = itemIds.map((itemId) => children.start<string>('SyncOne', { data: { itemId } }));
      return Promise.all(started.map((child) => child.result()));
    }
    async function syncOneWorkflow(context: WorkflowContext) {
      const itemId = context.data.get<string>('itemId');
      return attemptWithHelp(context, {
        attempt: async (number) => `${itemId} ${number} ${await context.actions.sync({ itemId })}`,
        task: () => ({ taskType: 'mapping', fingerprint: `no mapping for ${itemId}` }),
      });
    }
    const mapped = new Set<string>();
    const run = await testWorkflow(syncAllWorkflow, {
      workflows: [syncOneWorkflow],
      actions: {
        sync: ({ itemId }: { itemId: string }) => {
          if (mapped.has(itemId)) return 'synced';
          throw Object.assign(new Error(`No mapping for ${itemId}`), { retryable: false });
        },
      },
      tasks: {
        // The first and the third task stand for all: nobody answers the others.
        mapping: ({ nth }) => {
          mapped.add('4711').add('4712');
          return nth === 1 || nth === 3 ? { outcome: 'resolved', after: `${nth} hours` } : null;
        },
      },
    });
    expect(run).toMatchObject({
      status: 'completed',
      result: ['4711 2 synced', '4711 2 synced', '4712 2 synced', '4711 2 synced'],
    });
    expect(run.tasks.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed', 'completed']);
  });

  it('refuses a number of attempts that is none', async () => {
    const run = await testWorkflow(itemWorkflow({ maxAttempts: 0 }), world(0));
    expect(run.error?.message).toContain('from 1 on');
  });
});

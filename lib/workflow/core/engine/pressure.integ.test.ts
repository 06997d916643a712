import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WorkflowContext } from '../../model/workflow';
import { createMemoryMetrics } from '../../telemetry/memoryMetrics';
import { instruments } from '../../telemetry/names';
import { createHarness, until, type Harness, type TestWorker, type WorkerOverrides } from '../../testing/harness';
import { defaultEngineLimits } from './engine';

const tenant = 'acme';

async function heldWorkflow({ actions }: WorkflowContext): Promise<void> {
  await actions.hold({});
}
async function quickWorkflow(): Promise<string> {
  return 'done';
}

describe('a worker that carries as much as it can', () => {
  let harness: Harness;
  let begun: number;
  let release: () => void;
  const metrics = createMemoryMetrics();

  beforeEach(async () => {
    harness = await createHarness();
    begun = 0;
    const released = new Promise<void>((resolve) => (release = resolve));
    harness.actions.registerSimpleAction('hold', 'Takes as long as the test wants', [], async () => {
      begun += 1;
      await released;
      return {};
    });
    harness.runtime.registerWorkflow(heldWorkflow);
    harness.runtime.registerWorkflow(quickWorkflow);
  });
  afterEach(async () => {
    release();
    await harness.close();
  });

  const startWorker = (overrides: WorkerOverrides = {}): Promise<TestWorker> =>
    harness.startWorker({
      ...overrides,
      metrics,
      settings: { membership: { leaseMs: 20_000, heartbeatMs: 400, balanceMs: 50 }, ...overrides.settings },
    });
  const start = (workflow: string) => harness.runtime.startWorkflow(workflow, { tenant });
  const sweeps = () => metrics.valueOf({ instrument: instruments.sweeps });
  const shown = (cause: string) => metrics.valueOf({ instrument: instruments.pressure, labels: { cause } });
  /** Long enough for the worker to have found, several times, what it does not begin. */
  const someSweeps = async () => {
    const enough = sweeps() + 5;
    await until(() => sweeps() >= enough, 'it sweeps');
  };
  const statusOf = async (id: string) =>
    (await harness.sql<{ status: string }[]>`SELECT status FROM workflow_executions WHERE execution_id = ${id}`)[0]
      ?.status;

  it('begins nothing while more executions are at work than it may keep, says so, and goes on after that', async () => {
    const { worker } = await startWorker({ settings: { limits: { ...defaultEngineLimits, liveExecutions: 1 } } });
    const held = [await start('Held'), await start('Held')];
    await until(() => begun === 2, 'both are at work');
    const later = await start('Quick');
    await until(() => worker.state.pressure.length > 0, 'it is under pressure');
    await someSweeps();
    expect(await statusOf(later)).toBe('pending');
    expect(worker.state.pressure).toEqual(['executions']);
    expect(shown('executions')).toBe(1);
    release();
    for (const id of [...held, later]) await harness.untilStatus(id, 'completed');
    await until(() => worker.state.pressure.length === 0 && shown('executions') === 0, 'it is relieved');
  });

  it('begins nothing while its memory is short and something is under way', async () => {
    let used = 0;
    const { worker } = await startWorker({ memory: { used: () => used, most: 100 } });
    const held = await start('Held');
    await until(() => begun === 1, 'it is at work');
    used = 101;
    const later: string[] = [];
    // Until the memory is read again, some begin.
    await until(async () => {
      later.push(await start('Quick'));
      return worker.state.pressure.includes('memory');
    }, 'it is under pressure');
    const last = await start('Quick');
    await someSweeps();
    expect(await statusOf(last)).toBe('pending');
    // Below the bound, but not far enough.
    used = 95;
    await someSweeps();
    expect(await statusOf(last)).toBe('pending');
    used = 80;
    for (const id of [...later, last]) await harness.untilStatus(id, 'completed');
    expect(await statusOf(held)).toBe('running');
    expect(shown('memory')).toBe(0);
  });

  it('goes on with little at a time where nothing is under way that would ever relieve it', async () => {
    const { worker } = await startWorker({ memory: { used: () => 101, most: 100 } });
    const ids = await Promise.all(Array.from({ length: 30 }, () => start('Quick')));
    for (const id of ids) await harness.untilStatus(id, 'completed');
    expect(worker.state.pressure).toEqual(['memory']);
  });

  it('begins nothing while commits are behind, and loses nothing of what ended meanwhile', async () => {
    let isStoreSlow = false;
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const { worker } = await startWorker({
      settings: { limits: { ...defaultEngineLimits, flushBatch: 1 } },
      wrapStore: (store) => ({
        ...store,
        flush: async (batch) => {
          if (isStoreSlow) await answered;
          return store.flush(batch);
        },
      }),
    });
    const held = await Promise.all(Array.from({ length: 12 }, () => start('Held')));
    await until(() => begun === 12, 'all are at work');
    isStoreSlow = true;
    release();
    await until(async () => {
      // What wakes the worker makes it look.
      await start('Quick');
      return worker.state.pressure.includes('flushes');
    }, 'it is under pressure');
    answer();
    for (const id of held) await harness.untilStatus(id, 'completed');
    await until(() => worker.state.pressure.length === 0, 'it is relieved');
  });
});

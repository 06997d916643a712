import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorkflowContext } from '../../model/workflow';
import { createMemoryMetrics } from '../../telemetry/memoryMetrics';
import { instruments } from '../../telemetry/names';
import { createHarness, until, type Harness } from '../harness';

async function measuredWorkflow({ actions, events }: WorkflowContext): Promise<void> {
  await events.waitFor('Go');
  await actions.measured_step({});
}

describe('metrics of a worker', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await createHarness();
    harness.runtime.registerWorkflow(measuredWorkflow);
    harness.runtime.actions.registerSimpleAction('measured_step', 'Does nothing', [], async () => ({}));
  });
  afterAll(() => harness.close());

  it('do not stay 0 while it works', async () => {
    const metrics = createMemoryMetrics();
    await harness.startWorker({ metrics });
    const id = await harness.runtime.startWorkflow('Measured', { tenant: 'acme' });
    await harness.untilStatus(id, 'waiting');
    await harness.runtime.enqueueEvent({ execution_id: id, event_name: 'Go', tenant: 'acme' });
    await harness.untilStatus(id, 'completed');
    const labelled = {
      ended: metrics.valueOf({ instrument: instruments.executionsEnded, labels: { status: 'completed' } }),
      cold: metrics.valueOf({ instrument: instruments.activations, labels: { mode: 'cold' } }),
      actions: metrics.valueOf({ instrument: instruments.actions, labels: { outcome: 'completed' } }),
    };
    expect(labelled).toEqual({ ended: 1, cold: 1, actions: 1 });
    expect(metrics.valueOf({ instrument: instruments.entriesTaken })).toBeGreaterThan(0);
    expect(metrics.valueOf({ instrument: instruments.sweeps })).toBeGreaterThan(0);
    expect(metrics.valueOf({ instrument: instruments.ownedPartitions })).toBe(64);
    expect(metrics.valueOf({ instrument: instruments.flushes, labels: { outcome: 'committed' } })).toBeGreaterThan(0);
    for (const histogram of [
      instruments.takeSeconds,
      instruments.flushSeconds,
      instruments.flushBatchExecutions,
      instruments.actionSeconds,
      instruments.inboxLagSeconds,
    ]) {
      expect(metrics.observationsOf({ histogram }).length, histogram.name).toBeGreaterThan(0);
    }
    const waiting = await harness.runtime.startWorkflow('Measured', { tenant: 'acme' });
    await harness.untilStatus(waiting, 'waiting');
    await until(() => metrics.valueOf({ instrument: instruments.liveExecutions }) === 1, 'one execution is in memory');
  });
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import type { WorkflowContext } from '../../model/workflow';
import { createHarness, type Harness } from '../../testing/harness';

let harness: Harness;
beforeAll(async () => {
  harness = await createHarness();
  const waiting = async ({ events }: WorkflowContext) => void (await events.waitFor('Go'));
  harness.runtime.registerWorkflow(waiting, { name: 'Waiting' });
});
afterAll(() => harness.close());

it('brings executions that are woken together back a few at first, and all of them in the end', async () => {
  const first = await harness.startWorker();
  const ids = await Promise.all(
    Array.from({ length: 40 }, () => harness.runtime.startWorkflow('Waiting', { tenant: 'acme' })),
  );
  for (const id of ids) await harness.untilStatus(id, 'waiting');
  await first.worker.stop();
  for (const id of ids) {
    await harness.runtime.enqueueEvent({ tenant: 'acme', execution_id: id, event_name: 'Go', payload: {} });
  }
  const loads: number[] = [];
  await harness.startWorker({
    wrapStore: (store) => ({
      ...store,
      load: (request) => {
        loads.push(request.executions.length);
        return store.load(request);
      },
    }),
  });
  for (const id of ids) await harness.untilStatus(id, 'completed');
  expect(loads[0]).toBeLessThanOrEqual(16);
  expect(loads.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(ids.length);
});

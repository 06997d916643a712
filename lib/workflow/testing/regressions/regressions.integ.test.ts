import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorkflowContext } from '../../model/workflow';
import { createMemoryMetrics } from '../../telemetry/memoryMetrics';
import { instruments } from '../../telemetry/names';
import { createHarness, until, type Harness } from '../harness';

async function notesWorkflow({ data, events }: WorkflowContext): Promise<string[]> {
  data.set('notes', []);
  for (let i = 0; i < 3; i += 1) {
    const { payload } = await events.waitFor<{ note: string }>('Note');
    data.set('notes', [...data.get<string[]>('notes'), payload.note]);
  }
  return data.get<string[]>('notes');
}

async function listeningWorkflow({ events }: WorkflowContext): Promise<string> {
  return (await events.waitFor<{ from: string }>('FromChild')).payload.from;
}

async function tellingWorkflow({ actions, data, executionId }: WorkflowContext): Promise<void> {
  await actions.tell({ parent: data.get<string>('parent'), from: executionId });
}

describe('known regressions of systems like this one', () => {
  const tenant = 'acme';
  const metrics = createMemoryMetrics();
  const seenAtPublish: boolean[] = [];
  let harness: Harness;

  beforeAll(async () => {
    harness = await createHarness({
      metrics,
      hints: {
        publish: async ({ hints }) => {
          for (const { executionId } of hints) {
            // Another session: it sees what is committed, and nothing else.
            const rows = await harness.sql`SELECT 1 FROM workflow_executions WHERE execution_id = ${executionId}`;
            seenAtPublish.push(rows.length === 1);
          }
        },
        close: () => Promise.resolve(),
      },
    });
    const { runtime, actions } = harness;
    for (const workflow of [notesWorkflow, listeningWorkflow, tellingWorkflow]) runtime.registerWorkflow(workflow);
    actions.registerSimpleAction('tell', 'Signals another execution', [], async ({ parent, from }) => {
      await runtime.enqueueEvent({
        execution_id: String(parent),
        event_name: 'FromChild',
        payload: { from: String(from) },
        tenant,
      });
    });
    await harness.startWorker();
  });
  afterAll(() => harness.close());

  it('publishes a hint after the commit of what it tells of', async () => {
    const executionId = await harness.runtime.startWorkflow('Listening', { tenant });
    await harness.runtime.enqueueEvent({ execution_id: executionId, event_name: 'FromChild', payload: {}, tenant });
    await harness.untilStatus(executionId, 'completed');
    expect(seenAtPublish.length).toBeGreaterThanOrEqual(2);
    expect(seenAtPublish).not.toContain(false);
  });

  it('keeps data that was set over the next events, and over a change of workers', async () => {
    const { runtime, sql } = harness;
    const executionId = await runtime.startWorkflow('Notes', { tenant });
    for (const note of ['one', 'two', 'three']) {
      await harness.untilStatus(executionId, 'waiting');
      await runtime.enqueueEvent({ execution_id: executionId, event_name: 'Note', payload: { note }, tenant });
      await until(async () => {
        const rows = await sql`
          SELECT 1 FROM workflow_events
          WHERE execution_id = ${executionId} AND kind = 'data_set' AND payload->>'value' LIKE ${`%${note}%`}`;
        return rows.length === 1;
      }, `${note} is in the log`);
      if (note === 'one') await harness.startWorker();
    }
    await harness.untilStatus(executionId, 'completed');
    const [row] = await sql`SELECT result FROM workflow_executions WHERE execution_id = ${executionId}`;
    expect(row?.result).toEqual(['one', 'two', 'three']);
  });

  it('lets an execution signal the one that it was started for', async () => {
    const { runtime, sql } = harness;
    const parent = await runtime.startWorkflow('Listening', { tenant });
    const child = await runtime.startWorkflow('Telling', { tenant, initialData: { parent } });
    await harness.untilStatus(parent, 'completed');
    const [row] = await sql`SELECT result FROM workflow_executions WHERE execution_id = ${parent}`;
    expect(row?.result).toBe(child);
  });

  it('moves its metrics', () => {
    for (const instrument of [instruments.eventsSubmitted, instruments.executionsEnded, instruments.actions]) {
      const labels = { via: 'signal', status: 'completed', outcome: 'completed' };
      expect(metrics.valueOf({ instrument, labels }), instrument.name).toBeGreaterThan(0);
    }
    expect(metrics.valueOf({ instrument: instruments.entriesTaken })).toBeGreaterThan(0);
    expect(metrics.valueOf({ instrument: instruments.flushBatchExecutions })).toBeGreaterThan(0);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorkflowContext } from '../../model/workflow';
import { createPostgresStore } from '../../persistence/executions/postgresStore';
import { createHarness, until, type Harness } from '../harness';

async function namesWorkflow({ events }: WorkflowContext): Promise<string[]> {
  const names: string[] = [];
  for (let i = 0; i < 2; i += 1) names.push((await events.waitFor<{ i: number }>('Next')).payload.i.toString());
  return names;
}

async function shortWorkflow({ events }: WorkflowContext): Promise<void> {
  await events.waitFor('End');
}

async function unattendedWorkflow({ events }: WorkflowContext): Promise<void> {
  await events.waitFor('Never');
}

describe('a round of the engine under trouble', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await createHarness();
    harness.runtime.registerWorkflow(namesWorkflow);
    harness.runtime.registerWorkflow(shortWorkflow);
    harness.runtime.registerWorkflow(unattendedWorkflow);
  });
  afterAll(() => harness.close());

  it('does not lose what an execution took when it fails for another', async () => {
    const tenant = 'acme';
    const { runtime, sql } = harness;
    let failures = 0;
    let hold = false;
    let release = (): void => undefined;
    const { worker } = await harness.startWorker({
      wrapStore: (store) => ({
        ...store,
        load: async (query) => {
          if (hold) await new Promise<void>((resolve) => (release = resolve));
          return store.load(query);
        },
        closeLate: async (batch) => {
          if (failures++ === 0) throw new Error('The connection was closed.');
          return store.closeLate(batch);
        },
      }),
    });
    const short = await runtime.startWorkflow('Short', { tenant });
    const names = await runtime.startWorkflow('Names', { tenant });
    await harness.untilStatus(names, 'waiting');
    await harness.untilStatus(short, 'waiting');
    await runtime.enqueueEvent({ execution_id: short, event_name: 'End', tenant });
    await harness.untilStatus(short, 'completed');

    // A late event of the ended execution and an event of the waiting one meet in one round.
    hold = true;
    await sql`
      INSERT INTO workflow_events (execution_id, partition_id, tenant_id, kind, name, payload)
      SELECT execution_id, partition_id, tenant_id, 'event_received', 'Late',
             '{"event":{"name":"Late","type":"Late","payload":{},"user_id":null,"event_id":"1","timestamp":"2026-01-01T00:00:00Z"}}'
      FROM workflow_executions WHERE execution_id = ${short}`;
    await runtime.enqueueEvent({ execution_id: names, event_name: 'Next', payload: { i: 1 }, tenant });
    await new Promise((resolve) => setTimeout(resolve, 100));
    hold = false;
    release();
    await until(() => failures > 0, 'closing the late event fails');
    await runtime.enqueueEvent({ execution_id: names, event_name: 'Next', payload: { i: 2 }, tenant });
    expect(await harness.untilStatus(names, 'completed', 'blocked_on_code')).toBe('completed');
    const [row] = await sql`SELECT result FROM workflow_executions WHERE execution_id = ${names}`;
    expect(row?.result).toEqual(['1', '2']);
    expect(worker.state.status).toBe('running');
  });

  it('reads executions whole while they are written', async () => {
    const { runtime, sql } = harness;
    const executionId = await runtime.startWorkflow('Unattended', { tenant: 'acme' });
    const [row] = await sql<{ partition_id: number }[]>`
      SELECT partition_id FROM workflow_executions WHERE execution_id = ${executionId}`;
    const key = { executionId, partitionId: row?.partition_id ?? 0 };
    let isOver = false;
    const writing = (async () => {
      while (!isOver) {
        await sql`
          WITH head AS (
            UPDATE workflow_executions SET head_seq = head_seq + 1 WHERE execution_id = ${executionId} RETURNING *
          )
          INSERT INTO workflow_events (execution_id, partition_id, seq, tenant_id, kind, payload)
          SELECT execution_id, partition_id, head_seq, tenant_id, 'log_written', '{"level":"info","message":"","data":null}'
          FROM head`;
      }
    })();
    const store = createPostgresStore({ sql });
    let missing = 0;
    for (let i = 0; i < 150; i += 1) if ((await store.load({ executions: [key] })).length === 0) missing += 1;
    isOver = true;
    await writing;
    expect(missing).toBe(0);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorkflowContext } from '../../model/workflow';
import { createHarness, longLease, until, type Harness } from '../harness';

const tenant = 'acme';
const listeners = 10;
const signalsEach = 200;
const patienceMs = 10 * 60_000;

/** Waits again as soon as a signal has come; every other one acts in between, so that signals overtake it. */
async function listeningWorkflow({ actions, data, events }: WorkflowContext): Promise<number[]> {
  const seen: number[] = [];
  while (seen.length < signalsEach) {
    seen.push((await events.waitFor<{ n: number }>('Tick')).payload.n);
    if (data.get<boolean>('acts') && seen.length % 3 === 0) await actions.note({});
  }
  return seen;
}

describe('signals without pause', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await createHarness();
    harness.actions.registerSimpleAction('note', 'Notes', [], () => ({}));
    harness.runtime.registerWorkflow(listeningWorkflow);
    await harness.startWorker({ settings: { membership: longLease } });
    await harness.startWorker({ settings: { membership: longLease } });
  });
  afterAll(() => harness.close());

  it(
    'are all seen, in order and once, by executions that wait in the same instant',
    async () => {
      const { runtime, sql } = harness;
      const signal = async (index: number): Promise<string> => {
        const executionId = await runtime.startWorkflow('Listening', {
          tenant,
          initialData: { acts: index % 2 === 0 },
        });
        for (let n = 0; n < signalsEach; n += 1) {
          await runtime.enqueueEvent({ execution_id: executionId, tenant, event_name: 'Tick', payload: { n } });
        }
        return executionId;
      };
      const ids = await Promise.all(Array.from({ length: listeners }, (_, index) => signal(index)));
      await until(
        async () => (await sql`SELECT 1 FROM workflow_executions WHERE ended_at IS NULL`).length === 0,
        'every execution has its signals',
        patienceMs,
      );
      const rows = await sql<{ execution_id: string; status: string; result: unknown }[]>`
        SELECT execution_id, status, result FROM workflow_executions`;
      const [told] = await sql<{ signals: number; waiting: number; buffered: number }[]>`
        SELECT count(*) FILTER (WHERE kind = 'event_received')::int AS signals,
               count(*) FILTER (WHERE kind = 'wait_started' AND payload ->> 'satisfiedBy' IS NULL)::int AS waiting,
               count(*) FILTER (WHERE kind = 'wait_started' AND payload ->> 'satisfiedBy' IS NOT NULL)::int AS buffered
        FROM workflow_events WHERE seq IS NOT NULL`;
      process.stdout.write(`signals ${JSON.stringify(told)}\n`);
      const inOrder = Array.from({ length: signalsEach }, (_, n) => n);
      expect(rows.map(({ execution_id: id }) => id).sort()).toEqual(ids.sort());
      for (const { execution_id: id, status, result } of rows) {
        expect({ id, status, result }).toEqual({ id, status: 'completed', result: inOrder });
      }
      expect(told?.signals).toBe(listeners * signalsEach);
      expect(await sql`SELECT 1 FROM workflow_events WHERE seq IS NULL`).toHaveLength(0);
    },
    patienceMs,
  );
});

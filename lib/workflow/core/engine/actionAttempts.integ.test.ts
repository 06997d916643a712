import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorkflowContext } from '../../model/workflow';
import { createHarness, until, type Harness } from '../../testing/harness';

let harness: Harness;

beforeAll(async () => {
  harness = await createHarness();
});
afterAll(() => harness.close());

describe('attempts of an action', () => {
  it('go on where a worker that died left them, with the same key and no more than are left', async () => {
    const attempts: { readonly attempt: number; readonly key: string }[] = [];
    let isFirstWorkerStuck = false;
    harness.actions.registerSimpleAction(
      'charge',
      '',
      [],
      async (_, { attempt, idempotencyKey }) => {
        attempts.push({ attempt, key: idempotencyKey });
        if (attempt === 2 && !isFirstWorkerStuck) {
          isFirstWorkerStuck = true;
          await new Promise(() => undefined);
        }
        throw new Error(`refused ${attempt}`);
      },
      { retry: { attempts: 3, backoffMs: 1 } },
    );
    const chargingWorkflow = async ({ actions }: WorkflowContext) => actions.charge();
    harness.runtime.registerWorkflow(chargingWorkflow);
    const first = await harness.startWorker();
    const executionId = await harness.runtime.startWorkflow('Charging', { tenant: 'acme' });
    await until(() => isFirstWorkerStuck, 'the second attempt begins');
    const [noted] = await harness.sql`
      SELECT status, attempts, next_attempt_at IS NOT NULL AS has_next FROM workflow_action_results
      WHERE execution_id = ${executionId}`;
    expect(noted).toEqual({ status: 'retrying', attempts: 1, has_next: true });

    await harness.startWorker({ replaces: first.workerId });
    await harness.untilStatus(executionId, 'failed');
    const key = `${executionId}:charge#1`;
    expect(attempts).toEqual([1, 2, 2, 3].map((attempt) => ({ attempt, key })));
    const [row] = await harness.sql`
      SELECT status, attempts, error->>'message' AS message FROM workflow_action_results
      WHERE execution_id = ${executionId}`;
    expect(row).toEqual({ status: 'failed', attempts: 3, message: 'refused 3' });
  });
});

describe('a result that the database cannot hold', () => {
  it('fails its own action with a clear error, while others in the same commits go on', async () => {
    harness.actions.registerSimpleAction('scan', '', [], ({ bad }) => ({ text: bad ? 'a\u0000\ud800' : 'fine' }));
    const scanningWorkflow = async ({ actions, input }: WorkflowContext) => {
      try {
        return (await actions.scan(input.data)) as unknown;
      } catch (error) {
        return (error as { code: unknown }).code;
      }
    };
    harness.runtime.registerWorkflow(scanningWorkflow);
    await harness.runtime.publish();
    const ids = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        harness.runtime.startWorkflow('Scanning', { tenant: 'acme', initialData: { bad: n % 4 === 0 } }),
      ),
    );
    for (const id of ids) await harness.untilStatus(id, 'completed');
    const rows = await harness.sql`
      SELECT execution_id, result FROM workflow_executions WHERE workflow_name = 'Scanning'`;
    const results = new Map(rows.map((row) => [row.execution_id as string, row.result as unknown]));
    expect(ids.map((id) => results.get(id))).toEqual(
      ids.map((_, n) => (n % 4 === 0 ? 'action_result_invalid' : { text: 'fine' })),
    );
  });
});

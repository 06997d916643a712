import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorkflowContext } from '../model/workflow';
import { createPostgresMembership } from '../persistence/membership';
import { createHarness, until, type Harness } from '../testing/harness';
import { redriveDeadLetter } from './redriveDeadLetter';

async function redrivenWorkflow({ events }: WorkflowContext): Promise<string> {
  return (await events.waitFor('Go')).name;
}

describe('redriving a dead letter', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await createHarness();
    harness.runtime.registerWorkflow(redrivenWorkflow);
    await harness.runtime.publish();
  });
  afterAll(() => harness.close());

  const letters = (executionId: string) => harness.sql<
    { dead_letter_id: string; kind: string; redriven_by: string | null; settled_at: Date | null }[]
  >`SELECT dead_letter_id, kind, redriven_by, settled_at FROM workflow_dead_letters
    WHERE execution_id = ${executionId}`;

  /** A worker notes that it runs the execution, and ends. */
  const dieOf = async (executionId: string) => {
    const { sql } = harness;
    const workerId = randomUUID();
    const membership = createPostgresMembership(sql);
    await membership.register({ workerId, host: 'test', pid: 1, codeVersion: '1' }, 60_000);
    await sql`
      INSERT INTO workflow_suspects (execution_id, partition_id, tenant_id, worker_id)
      SELECT execution_id, partition_id, tenant_id, ${workerId} FROM workflow_executions
      WHERE execution_id = ${executionId}
      ON CONFLICT (execution_id, partition_id) DO UPDATE SET worker_id = excluded.worker_id`;
    await membership.fenceExpired({ knownDead: workerId });
  };

  it('lets an execution go on that was put aside after three strikes', async () => {
    const { runtime, sql, deps } = harness;
    const executionId = await runtime.startWorkflow('Redriven', { tenant: 'acme' });
    await runtime.enqueueEvent({ execution_id: executionId, event_name: 'Go', tenant: 'acme' });
    for (let death = 1; death <= 3; death += 1) await dieOf(executionId);
    const first = await harness.startWorker();
    await until(async () => (await letters(executionId)).length === 1, 'the execution is put aside');
    await harness.untilStatus(executionId, 'blocked_on_code');
    const [letter] = await letters(executionId);
    const deadLetterId = letter?.dead_letter_id ?? '';
    const request = { tenant: 'acme', deadLetterId, userId: 'omar' };
    await expect(redriveDeadLetter(deps, { ...request, tenant: 'globex' })).rejects.toMatchObject({
      code: 'dead_letter_not_found',
    });
    expect(await redriveDeadLetter(deps, request)).toEqual({ executionId, kind: 'poison' });
    await expect(redriveDeadLetter(deps, request)).rejects.toMatchObject({ code: 'dead_letter_redriven' });
    await harness.untilStatus(executionId, 'completed');
    expect(await letters(executionId)).toMatchObject([{ redriven_by: 'omar', settled_at: expect.any(Date) }]);
    expect(await sql`SELECT 1 FROM workflow_suspects`).toHaveLength(0);
    await first.worker.stop();
  });

  it('refuses an event for an execution that has ended, and says so', async () => {
    const { runtime, sql, deps } = harness;
    const { worker } = await harness.startWorker();
    const executionId = await runtime.startWorkflow('Redriven', { tenant: 'acme' });
    await runtime.enqueueEvent({ execution_id: executionId, event_name: 'Go', tenant: 'acme' });
    await harness.untilStatus(executionId, 'completed');
    // As a sender that looked just before the end.
    await sql`
      INSERT INTO workflow_events (execution_id, partition_id, tenant_id, kind, name, payload)
      SELECT execution_id, partition_id, tenant_id, 'event_received', 'Late', '{}' FROM workflow_executions
      WHERE execution_id = ${executionId}`;
    await until(async () => (await letters(executionId)).length === 1, 'the late event is a dead letter');
    const [letter] = await letters(executionId);
    expect(letter?.kind).toBe('undeliverable');
    const request = { tenant: 'acme', deadLetterId: letter?.dead_letter_id ?? '', userId: 'omar' };
    await expect(redriveDeadLetter(deps, request)).rejects.toMatchObject({ code: 'execution_ended' });
    await worker.stop();
  });
});

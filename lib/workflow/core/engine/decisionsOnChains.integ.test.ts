import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorkflowContext } from '../../model/workflow';
import { insertDecision } from '../../persistence/decisions';
import { createHarness, longLease, until, type Harness } from '../../testing/harness';

let harness: Harness;

/** Its first runs go on at once, the third one waits. */
async function settling({ continueAsNew, data, events }: WorkflowContext): Promise<unknown> {
  const run = (data.get<number>('run') ?? 0) + 1;
  if (run < 3) return continueAsNew({ run });
  return (await events.waitFor<string>('Go')).payload;
}

/** Goes on for ever, as fast as it can. */
async function spinning({ actions, continueAsNew }: WorkflowContext): Promise<unknown> {
  await actions.note?.({});
  return continueAsNew({});
}

/** Each run waits once. */
async function stepping({ continueAsNew, events }: WorkflowContext): Promise<unknown> {
  await events.waitFor('Next');
  return continueAsNew({});
}

beforeAll(async () => {
  harness = await createHarness();
  const { actions, runtime } = harness;
  actions.registerSimpleAction('note', 'Notes', [], () => 'noted');
  for (const [name, run] of Object.entries({ Settling: settling, Spinning: spinning, Stepping: stepping }))
    runtime.registerWorkflow({ name, version: '1', run });
  await harness.startWorker({ settings: { membership: longLease } });
});
afterAll(() => harness.close());

const tenant = 'acme';

async function runsOf(firstId: string): Promise<{ execution_id: string; status: string }[]> {
  return harness.sql`
    WITH RECURSIVE run AS (
      SELECT execution_id, status, continued_to, 1 AS n FROM workflow_executions WHERE execution_id = ${firstId}
      UNION ALL
      SELECT e.execution_id, e.status, e.continued_to, r.n + 1
      FROM run r JOIN workflow_executions e ON e.execution_id = r.continued_to)
    SELECT execution_id, status FROM run ORDER BY n`;
}

async function lastRun(firstId: string): Promise<{ execution_id: string; status: string }> {
  const last = (await runsOf(firstId)).at(-1);
  if (!last) throw new Error(`No execution ${firstId}.`);
  return last;
}

async function startSettled(): Promise<{ executionId: string; lastId: string }> {
  const executionId = await harness.runtime.startWorkflow('Settling', { tenant });
  await until(async () => (await lastRun(executionId)).status === 'waiting', 'the third run waits');
  const lastId = (await lastRun(executionId)).execution_id;
  expect(await runsOf(executionId)).toHaveLength(3);
  return { executionId, lastId };
}

describe('a decision that names an earlier run', () => {
  it.each([
    ['cancelExecution', 'canceled'],
    ['terminateExecution', 'terminated'],
  ] as const)('reaches the run that goes on: %s', async (decide, status) => {
    const { executionId, lastId } = await startSettled();
    expect(await harness.runtime[decide]({ executionId, tenant, userId: 'omar' })).toEqual({ executionId: lastId });
    await harness.untilStatus(lastId, status);
    await expect(harness.runtime[decide]({ executionId, tenant })).rejects.toMatchObject({
      code: 'execution_ended',
      message: expect.stringContaining(lastId) as string,
    });
  });

  it('pauses and resumes the run that goes on', async () => {
    const { executionId, lastId } = await startSettled();
    await harness.runtime.pauseExecution({ executionId, tenant });
    await harness.untilStatus(lastId, 'paused');
    await harness.runtime.enqueueEvent({ tenant, execution_id: executionId, event_name: 'Go', payload: 'gone' });
    await harness.runtime.resumeExecution({ executionId, tenant });
    await harness.untilStatus(lastId, 'completed');
  });

  it('is for the run that is named where it is a retry', async () => {
    const { executionId } = await startSettled();
    await expect(harness.runtime.retryExecution({ executionId, tenant })).rejects.toMatchObject({
      code: 'execution_ended',
      message: expect.stringContaining(executionId) as string,
    });
  });

  it('finds nothing for another tenant', async () => {
    const { executionId } = await startSettled();
    await expect(harness.runtime.cancelExecution({ executionId, tenant: 'globex' })).rejects.toMatchObject({
      code: 'execution_not_found',
    });
  });
});

describe('a decision about a chain that goes on all the time', () => {
  it.each([
    ['cancelExecution', 'canceled'],
    ['terminateExecution', 'terminated'],
  ] as const)('is never refused, and takes effect: %s', async (decide, status) => {
    for (let round = 0; round < 5; round += 1) {
      const executionId = await harness.runtime.startWorkflow('Spinning', { tenant });
      await until(async () => (await runsOf(executionId)).length > 3, 'it goes on');
      // The run that is current here has gone on when the decision comes.
      const { execution_id: named } = await lastRun(executionId);
      await harness.runtime[decide]({ executionId: named, tenant });
      await until(async () => (await lastRun(executionId)).status === status, `the chain is ${status}`);
    }
  });

  it('holds it when it is paused, and lets it go on when it is resumed', async () => {
    const executionId = await harness.runtime.startWorkflow('Spinning', { tenant });
    await until(async () => (await runsOf(executionId)).length > 3, 'it goes on');
    await harness.runtime.pauseExecution({ executionId, tenant });
    await until(async () => (await lastRun(executionId)).status === 'paused', 'it is paused');
    const held = await runsOf(executionId);
    await harness.runtime.resumeExecution({ executionId, tenant });
    await until(async () => (await runsOf(executionId)).length > held.length, 'it goes on again');
    await harness.runtime.cancelExecution({ executionId, tenant });
    await until(async () => (await lastRun(executionId)).status === 'canceled', 'it is canceled');
  });

  it('is taken by the next run when it is committed after the run that it found went on', async () => {
    const executionId = await harness.runtime.startWorkflow('Stepping', { tenant });
    await harness.untilStatus(executionId, 'waiting');
    const slow = postgres(harness.sql.options as unknown as postgres.Options<Record<string, never>>);
    const sender = await slow.reserve();
    try {
      await sender`BEGIN`;
      const decided = {
        tenant,
        executionId,
        kind: 'cancel_requested',
        decision: { by: 'omar', reason: null },
      } as const;
      expect(await insertDecision(sender, decided)).toMatchObject({ receiverId: executionId });
      await harness.runtime.enqueueEvent({ tenant, execution_id: executionId, event_name: 'Next' });
      await harness.untilStatus(executionId, 'continued_as_new');
      await sender`COMMIT`;
    } finally {
      sender.release();
      await slow.end();
    }
    await until(async () => (await lastRun(executionId)).status === 'canceled', 'the next run is canceled');
    expect(await runsOf(executionId)).toHaveLength(2);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemForms, systemTaskDefinitions } from '@/workflows';
import type { WorkflowContext } from '../../model/workflow';
import { createTaskDefinitionStore } from '../../persistence/tasks/taskDefinitions';
import { publishSystemDefinitions } from '../../tasks/publishDefinitions';
import { createTaskStore } from '../../persistence/tasks/taskStore';
import { completeTask } from '../../tasks/completeTask';
import { createHarness, until, type Harness, type TestWorker } from '../../testing/harness';

let harness: Harness;
let worker: TestWorker;
let begun: number;
/** What the next start of the action does. */
let next: 'hang' | 'return' | 'throw';

beforeAll(async () => {
  harness = await createHarness();
  const { sql } = harness;
  await publishSystemDefinitions(
    { definitions: createTaskDefinitionStore({ sql }) },
    { forms: systemForms, taskDefinitions: systemTaskDefinitions },
  );
  harness.actions.registerSimpleAction(
    'payOut',
    'Sends money to a bank.',
    [{ name: 'amount', type: 'number', required: true }],
    async ({ amount }, { attempt }) => {
      begun += 1;
      if (next === 'throw') throw new Error('account closed');
      if (next === 'hang') await new Promise(() => undefined);
      return { paid: amount, attempt };
    },
    { atMostOnce: true, retry: { timeoutMs: 60_000 } },
  );
  harness.actions.registerSimpleAction('ring', 'Rings once.', [], () => new Promise(() => undefined), {
    atMostOnce: true,
    retry: { timeoutMs: 20 },
  });
  const payingWorkflow = async ({ actions, events }: WorkflowContext) => {
    const result: unknown = await actions.payOut({ amount: 5 }).catch((error: unknown) => ({
      code: (error as { code: unknown }).code,
      message: (error as Error).message,
    }));
    await events.waitFor('Go');
    return result;
  };
  const ringingWorkflow = ({ actions }: WorkflowContext) => actions.ring();
  harness.runtime.registerWorkflow(payingWorkflow);
  harness.runtime.registerWorkflow(ringingWorkflow);
  worker = await harness.startWorker();
});
afterAll(() => harness.close());

const start = (name = 'Paying') => harness.runtime.startWorkflow(name, { tenant: 'acme' });
const go = (executionId: string) =>
  harness.runtime.enqueueEvent({ tenant: 'acme', execution_id: executionId, event_name: 'Go', payload: {} });
const resultOf = async (executionId: string) => {
  await go(executionId);
  return endResultOf(executionId);
};
const endResultOf = async (executionId: string) => {
  await harness.untilStatus(executionId, 'completed');
  return (await harness.sql`SELECT result FROM workflow_executions WHERE execution_id = ${executionId}`)[0]
    ?.result as unknown;
};
async function openTask(executionId: string) {
  let found: { task_id: string; title: string; command_id: string; context_data: unknown } | undefined;
  await until(async () => {
    [found] = await harness.sql<(typeof found & object)[]>`
      SELECT task_id, title, command_id, context_data FROM workflow_tasks
      WHERE execution_id = ${executionId} AND status = 'pending'`;
    return found !== undefined;
  }, 'a person is asked');
  if (!found) throw new Error('unreachable');
  return found;
}
function answer(taskId: string, outcome: string, data: object = {}) {
  const { hints, live, metrics, sql } = harness.deps;
  return completeTask(
    { tasks: createTaskStore({ sql }), hints, live, metrics },
    { tenant: 'acme', userId: 'ada', roles: ['administrator'], taskId, outcome, data },
  );
}

/** Starts an execution and loses its worker while the handler runs. */
async function lostInTheAction(name?: string) {
  begun = 0;
  next = 'hang';
  const executionId = await start(name);
  await until(() => begun === 1, 'the action begins');
  const lost = worker;
  worker = await harness.startWorker({ replaces: lost.workerId });
  return executionId;
}

describe('an action that must not be started twice', () => {
  it('has its start committed before its handler runs, and costs nothing else when all goes well', async () => {
    begun = 0;
    next = 'return';
    const executionId = await start();
    expect(await resultOf(executionId)).toEqual({ paid: 5, attempt: 1 });
    expect(begun).toBe(1);
    const rows = await harness.sql`
      SELECT status, attempts FROM workflow_action_results WHERE execution_id = ${executionId}`;
    expect(rows).toEqual([{ status: 'completed', attempts: 1 }]);
    expect(await harness.sql`SELECT 1 FROM workflow_tasks WHERE execution_id = ${executionId}`).toEqual([]);
  });

  it('fails like any other when its handler says so', async () => {
    begun = 0;
    next = 'throw';
    const executionId = await start();
    expect(await resultOf(executionId)).toEqual({ code: null, message: 'account closed' });
    expect(begun).toBe(1);
  });

  it('whose worker died is not run again: a person says that it happened, and with what result', async () => {
    const executionId = await lostInTheAction();
    const task = await openTask(executionId);
    expect(task).toMatchObject({
      title: 'Did "payOut" happen?',
      command_id: 'payOut#1?1',
      context_data: { actionName: 'payOut', idempotencyKey: `${executionId}:payOut#1`, workflowName: 'Paying' },
    });
    await harness.untilStatus(executionId, 'waiting');
    await answer(task.task_id, 'happened', { result: '{ "paid": 5, "seen": "on the statement" }' });
    expect(await resultOf(executionId)).toEqual({ paid: 5, seen: 'on the statement' });
    expect(begun).toBe(1);
    const mail = (await harness.history(executionId)).filter(({ kind }) => kind === 'action_completed');
    expect(mail).toHaveLength(1);
  });

  describe('of an execution that is retried', () => {
    beforeAll(() => {
      const strictWorkflow = ({ actions }: WorkflowContext) => actions.payOut({ amount: 5 });
      harness.runtime.registerWorkflow(strictWorkflow);
    });
    const retry = (executionId: string) => harness.runtime.retryExecution({ executionId, tenant: 'acme' });

    it('is tried again, without a question, where its handler had said that it failed', async () => {
      begun = 0;
      next = 'throw';
      const executionId = await start('Strict');
      await harness.untilStatus(executionId, 'failed');
      next = 'return';
      await retry(executionId);
      expect(await endResultOf(executionId)).toEqual({ paid: 5, attempt: 1 });
      expect(begun).toBe(2);
      expect(await harness.sql`SELECT 1 FROM workflow_tasks WHERE execution_id = ${executionId}`).toHaveLength(0);
    });

    it('asks anew about the new start, whatever was said of the one before', async () => {
      const executionId = await lostInTheAction('Strict');
      await answer((await openTask(executionId)).task_id, 'fail');
      await harness.untilStatus(executionId, 'failed');
      await retry(executionId);
      await until(() => begun === 2, 'the action begins again');
      const lost = worker;
      worker = await harness.startWorker({ replaces: lost.workerId });
      const asked = await openTask(executionId);
      expect(asked.command_id).toMatch(/\?2$/);
      next = 'return';
      await answer(asked.task_id, 'run_again');
      expect(await endResultOf(executionId)).toEqual({ paid: 5, attempt: 3 });
      expect(begun).toBe(3);
    });
  });

  it('is started again, as the next attempt, when a person says that it did not happen', async () => {
    const executionId = await lostInTheAction();
    const first = await openTask(executionId);
    // Lost again: another question, another answer.
    await answer(first.task_id, 'run_again');
    await until(() => begun === 2, 'it is started again');
    const lost = worker;
    worker = await harness.startWorker({ replaces: lost.workerId });
    const second = await openTask(executionId);
    expect(second.command_id).toBe('payOut#1?2');
    next = 'return';
    await answer(second.task_id, 'run_again');
    expect(await resultOf(executionId)).toEqual({ paid: 5, attempt: 3 });
    expect(begun).toBe(3);
  });

  it('fails when a person lets it, also after its worker was lost once more while they thought', async () => {
    const executionId = await lostInTheAction();
    const task = await openTask(executionId);
    const lost = worker;
    worker = await harness.startWorker({ replaces: lost.workerId });
    await answer(task.task_id, 'fail');
    expect(await resultOf(executionId)).toMatchObject({ code: 'action_uncertain' });
    expect(begun).toBe(1);
  });

  describe('is asked about no more', () => {
    const activityOf = async (taskId: string) =>
      (await harness.sql`SELECT kind FROM workflow_task_activity WHERE task_id = ${taskId} ORDER BY at`).map(
        ({ kind }) => kind as string,
      );
    const statusOf = async (taskId: string) =>
      (await harness.sql`SELECT status FROM workflow_tasks WHERE task_id = ${taskId}`)[0]?.status as string;

    it('when the execution is canceled: the question is closed, and the call has failed', async () => {
      const executionId = await lostInTheAction();
      const task = await openTask(executionId);
      await harness.untilStatus(executionId, 'waiting');
      await harness.runtime.cancelExecution({ tenant: 'acme', executionId });
      await harness.untilStatus(executionId, 'canceled');
      expect(await statusOf(task.task_id)).toBe('canceled');
      expect(await activityOf(task.task_id)).toEqual(['created', 'canceled']);
      const [row] = await harness.sql`
        SELECT status, attempts, error ->> 'code' AS code FROM workflow_action_results
        WHERE execution_id = ${executionId}`;
      expect(row).toEqual({ status: 'failed', attempts: 1, code: 'action_aborted' });
      await expect(answer(task.task_id, 'happened')).rejects.toMatchObject({ code: 'task_conflict' });
      expect(begun).toBe(1);
    });

    it('when it is canceled and its worker is lost before anything came of that', async () => {
      const executionId = await lostInTheAction();
      const task = await openTask(executionId);
      await harness.untilStatus(executionId, 'waiting');
      await worker.worker.stop();
      await harness.runtime.cancelExecution({ tenant: 'acme', executionId });
      // As a worker leaves it that took the request and was killed.
      await harness.sql.begin(async (sql) => {
        await sql`
          UPDATE workflow_events i SET seq = e.head_seq + 1, at = clock_timestamp()
          FROM workflow_executions e
          WHERE e.execution_id = ${executionId} AND i.execution_id = e.execution_id AND i.seq IS NULL`;
        await sql`
          UPDATE workflow_executions SET head_seq = head_seq + 1, status = 'running'
          WHERE execution_id = ${executionId}`;
      });
      worker = await harness.startWorker();
      await harness.untilStatus(executionId, 'canceled');
      expect(await statusOf(task.task_id)).toBe('canceled');
      expect(begun).toBe(1);
    });

    it('when a person has answered just before it is canceled: what they said counts', async () => {
      const executionId = await lostInTheAction();
      const task = await openTask(executionId);
      await harness.untilStatus(executionId, 'waiting');
      // Canceled first as its log has it; nobody was there to act on either.
      await worker.worker.stop();
      await harness.runtime.cancelExecution({ tenant: 'acme', executionId });
      await answer(task.task_id, 'happened', { result: '"paid"' });
      worker = await harness.startWorker();
      await harness.untilStatus(executionId, 'canceled');
      expect(await statusOf(task.task_id)).toBe('completed');
      const [row] = await harness.sql`
        SELECT status, result FROM workflow_action_results WHERE execution_id = ${executionId}`;
      expect(row).toEqual({ status: 'completed', result: 'paid' });
    });

    it('when the execution is terminated', async () => {
      const executionId = await lostInTheAction();
      const task = await openTask(executionId);
      await harness.untilStatus(executionId, 'waiting');
      await harness.runtime.terminateExecution({ tenant: 'acme', executionId });
      await harness.untilStatus(executionId, 'terminated');
      expect(await statusOf(task.task_id)).toBe('canceled');
    });
  });

  it('asks too when its time is over: the handler may have done it', async () => {
    const executionId = await start('Ringing');
    const task = await openTask(executionId);
    await answer(task.task_id, 'happened', {});
    await harness.untilStatus(executionId, 'completed');
  });
});

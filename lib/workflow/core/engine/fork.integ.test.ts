/** Forks over the real stack: what they take over, what they do themselves, and that their source stays as it is. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChildFailedError } from '../../model/errors';
import type { TaskEnd } from '../../model/events';
import type { JsonObject } from '../../model/json';
import type { WorkflowContext } from '../../model/workflow';
import { createTaskDefinitionStore } from '../../persistence/tasks/taskDefinitions';
import { createTaskStore } from '../../persistence/tasks/taskStore';
import { completeTask } from '../../tasks/completeTask';
import { publishSystemDefinitions } from '../../tasks/publishDefinitions';
import { createHarness, type Harness } from '../../testing/harness';

let harness: Harness;
const tenant = 'acme';
/** What was charged, and under which idempotency keys. */
const charged: { readonly what: string; readonly key: string }[] = [];
const refused = new Set<string>();
let codeIsBroken = false;

const workflows: Record<string, (context: WorkflowContext) => Promise<unknown>> = {
  async Decides({ actions, events, data, executionId, setState }) {
    const first = await actions.charge?.({ what: data.get<string>('subject') });
    setState('deciding');
    const { payload } = await events.waitFor<{ choice: string }>('Decision');
    await actions.charge?.({ what: `${data.get<string>('subject')}, ${payload.choice}` });
    return { first, choice: payload.choice, luck: Math.random(), executionId };
  },
  async Charges({ actions, data, setState }) {
    const subject = data.get<string>('subject');
    setState('charging');
    await actions.charge?.({ what: `${subject}, before` });
    await actions.charge?.({ what: subject });
    return 'charged';
  },
  async Sleeps({ sleep, actions, data }) {
    const subject = data.get<string>('subject');
    await sleep('1 h');
    await actions.charge?.({ what: subject });
    return 'woke';
  },
  async Reviews({ actions, events }) {
    const task = await actions.createHumanTask({
      taskType: 'review',
      title: 'Review',
      expiresIn: '9 days',
      contextData: { summary: 'A thing' },
    });
    const end = await events.waitFor<TaskEnd>(task.completionEvent, { timeout: '3 days' });
    return end ? end.payload : 'nobody';
  },
  async Waits({ events }) {
    return (await events.waitFor<{ word: string }>('Word')).payload.word;
  },
  async Parent({ children, events }) {
    const child = children.start<string>('Waits', { parentClosePolicy: 'terminate' });
    const { payload } = await events.waitFor<{ word: string }>('Go');
    try {
      return { word: payload.word, child: await child.result() };
    } catch (error) {
      if (!(error instanceof ChildFailedError)) throw error;
      return { word: payload.word, code: error.code, child: child.executionId };
    }
  },
  async Blocks({ actions, events }) {
    await actions.charge?.({ what: codeIsBroken ? 'other' : 'one' });
    return (await events.waitFor('Go')).name;
  },
};

beforeAll(async () => {
  harness = await createHarness();
  await publishSystemDefinitions(
    { definitions: createTaskDefinitionStore({ sql: harness.sql }) },
    {
      forms: [
        {
          name: 'review-form',
          jsonSchema: { type: 'object', properties: { comment: { type: 'string' } } },
          uiSchema: {
            'x-outcomes': [
              { value: 'approve', title: 'Approve' },
              { value: 'reject', title: 'Reject' },
            ],
          },
        },
      ],
      taskDefinitions: [{ taskType: 'review', name: 'Review', formName: 'review-form', defaultRoles: ['manager'] }],
    },
  );
  const { actions, runtime } = harness;
  const parameters = [{ name: 'what', type: 'string', required: true }] as const;
  actions.registerSimpleAction('charge', 'Charges', parameters, async ({ what }, { idempotencyKey: key }) => {
    if (refused.has(what)) throw Object.assign(new Error('card refused'), { retryable: false });
    charged.push({ what, key });
    return `charged ${what}`;
  });
  for (const [name, run] of Object.entries(workflows)) runtime.registerWorkflow({ name, version: '1', run });
  await harness.startWorker();
});
afterAll(() => harness.close());

const start = (name: string, subject = name) =>
  harness.runtime.startWorkflow(name, { tenant, initialData: { subject }, subject });
const fork = (executionId: string, from: number, options: { readonly openChildren?: 'detach' } = {}) =>
  harness.runtime.forkExecution({ executionId, tenant, from, userId: 'omar', reason: 'try again', ...options });
const send = (executionId: string, name: string, payload: JsonObject) =>
  harness.runtime.enqueueEvent({ tenant, execution_id: executionId, event_name: name, payload, user_id: null });
const row = async (executionId: string) => {
  const [found] = await harness.sql`SELECT * FROM workflow_executions WHERE execution_id = ${executionId}`;
  if (!found) throw new Error(`No execution ${executionId}.`);
  return found;
};
const logOf = (executionId: string) => harness.sql<{ seq: number; kind: string; payload: unknown }[]>`
  SELECT seq, at, kind, name, command_id, payload, bus_event_id FROM workflow_events
  WHERE execution_id = ${executionId} AND seq IS NOT NULL ORDER BY seq`;
const seqOf = async (executionId: string, kind: string) => {
  const found = (await harness.history(executionId)).find((entry) => entry.kind === kind);
  if (!found) throw new Error(`No ${kind} in the log of ${executionId}.`);
  return found.seq;
};
/** All that the database holds of an execution. */
const everything = async (executionId: string) => {
  const { sql } = harness;
  return {
    row: await row(executionId),
    log: [...(await logOf(executionId))],
    results: [
      ...(await sql`SELECT * FROM workflow_action_results WHERE execution_id = ${executionId} ORDER BY command_id`),
    ],
    tasks: [...(await sql`SELECT * FROM workflow_tasks WHERE execution_id = ${executionId} ORDER BY task_id`)],
    timers: [...(await sql`SELECT * FROM workflow_timers WHERE execution_id = ${executionId} ORDER BY command_id`)],
    waits: [...(await sql`SELECT * FROM workflow_waits WHERE execution_id = ${executionId} ORDER BY command_id`)],
  };
};
const tasksOf = (executionId: string) =>
  harness.sql<{ task_id: string; logged_task_id: string | null; status: string; assignee: string | null }[]>`
    SELECT task_id, logged_task_id, status, assignee FROM workflow_tasks WHERE execution_id = ${executionId}`;
const answer = (taskId: string, outcome: string) => {
  const { hints, live, metrics } = harness.deps;
  return completeTask(
    { tasks: createTaskStore({ sql: harness.sql }), hints, live, metrics },
    { tenant, userId: 'mia', roles: ['manager'], taskId, outcome, data: {} },
  );
};

describe('fork', () => {
  it('goes on from before a decision and takes another one; the source that ended stays as it is', async () => {
    const source = await start('Decides', 'order 1');
    await harness.untilStatus(source, 'waiting');
    const before = await seqOf(source, 'wait_started');
    await send(source, 'Decision', { choice: 'left' });
    await harness.untilStatus(source, 'completed');
    const untouched = await everything(source);

    const { executionId } = await fork(source, before);
    await harness.untilStatus(executionId, 'waiting');
    expect(await row(executionId)).toMatchObject({
      forked_from: source,
      forked_at_seq: before,
      forked_by: 'omar',
      state: 'deciding',
      subject: 'order 1',
      workflow_version: '1',
    });
    expect((await logOf(executionId)).slice(1)).toEqual(untouched.log.slice(1, before));
    await send(executionId, 'Decision', { choice: 'right' });
    await harness.untilStatus(executionId, 'completed');

    const { result: first } = untouched.row as { result: { luck: number } };
    expect((await row(executionId)).result).toEqual({
      first: 'charged order 1',
      choice: 'right',
      // The same randomness and the same id, as the code sees it.
      luck: first.luck,
      executionId: source,
    });
    const keyOf = (what: string) => charged.filter((each) => each.what === what).map(({ key }) => key);
    expect(keyOf('order 1')).toHaveLength(1);
    expect(keyOf('order 1, right')).toHaveLength(1);
    expect(keyOf('order 1, right')).not.toEqual(keyOf('order 1, left'));
    expect(await everything(source)).toEqual(untouched);
  });

  it('tells in its first entry where it comes from, and keeps seed and logical id', async () => {
    const source = await start('Waits');
    await harness.untilStatus(source, 'waiting');
    const { executionId } = await fork(source, 1);
    const { executionId: second } = await fork(executionId, 1);
    const [[original], [copy], [copyOfCopy]] = await Promise.all([source, executionId, second].map(logOf));
    const { seed, logicalExecutionId } = original?.payload as { seed: string; logicalExecutionId: string };
    const origin = { executionId: source, atSeq: 1, reason: 'try again', children: {} };
    expect(copy?.payload).toMatchObject({ seed, logicalExecutionId, fork: origin });
    expect(copyOfCopy?.payload).toMatchObject({ seed, logicalExecutionId, fork: { ...origin, executionId } });
    for (const id of [executionId, second]) await send(id, 'Word', { word: 'own' });
    for (const id of [executionId, second]) await harness.untilStatus(id, 'completed');
    await harness.untilStatus(source, 'waiting');
  });

  it('goes on from the entry before a failure', async () => {
    refused.add('order 2');
    const source = await start('Charges', 'order 2');
    await harness.untilStatus(source, 'failed');
    const failedAt = await seqOf(source, 'action_failed');
    refused.delete('order 2');
    const untouched = await everything(source);

    const { executionId } = await fork(source, failedAt - 1);
    await harness.untilStatus(executionId, 'completed');
    expect((await row(executionId)).result).toBe('charged');
    expect(charged.filter(({ what }) => what === 'order 2, before')).toHaveLength(1);
    expect(charged.filter(({ what }) => what === 'order 2')).toHaveLength(1);
    expect(await everything(source)).toEqual(untouched);

    const kept = await fork(source, failedAt);
    await harness.untilStatus(kept.executionId, 'failed');
    await harness.runtime.retryExecution({ executionId: kept.executionId, tenant });
    await harness.untilStatus(kept.executionId, 'completed');
  });

  it('goes on from a retry among the copied entries, with what that retry undid', async () => {
    refused.add('order 3');
    const source = await start('Charges', 'order 3');
    await harness.untilStatus(source, 'failed');
    refused.delete('order 3');
    await harness.runtime.retryExecution({ executionId: source, tenant });
    await harness.untilStatus(source, 'completed');
    const { executionId } = await fork(source, await seqOf(source, 'execution_retried'));
    await harness.untilStatus(executionId, 'completed');
    expect(charged.filter(({ what }) => what === 'order 3')).toHaveLength(2);
    expect(charged.filter(({ what }) => what === 'order 3, before')).toHaveLength(1);
  });

  it('wakes by the timer that was open, at its time', async () => {
    const source = await start('Sleeps');
    await harness.untilStatus(source, 'waiting');
    const { executionId } = await fork(source, await seqOf(source, 'sleep_started'));
    await harness.untilStatus(executionId, 'waiting');
    const fireAt = async (id: string) =>
      (await harness.sql`SELECT command_id, fire_at FROM workflow_timers WHERE execution_id = ${id}`)[0];
    expect(await fireAt(executionId)).toEqual(await fireAt(source));
    harness.moveTime(3_600_000);
    await harness.untilStatus(executionId, 'completed');
    await harness.untilStatus(source, 'completed');
    expect(charged.filter(({ what }) => what === 'Sleeps')).toHaveLength(2);
    // Now the timer is due before the fork is made.
    const late = await fork(source, await seqOf(source, 'sleep_started'));
    await harness.untilStatus(late.executionId, 'completed');
  });

  it('has a task of its own for one that was open: both are completed independently', async () => {
    const source = await start('Reviews');
    await harness.untilStatus(source, 'waiting');
    const at = await seqOf(source, 'wait_started');
    const { executionId } = await fork(source, at);
    await harness.untilStatus(executionId, 'waiting');
    const [[own], [copy]] = [await tasksOf(source), await tasksOf(executionId)];
    if (!own || !copy) throw new Error('A task is missing.');
    expect(copy).toMatchObject({ logged_task_id: own.task_id, status: 'pending' });
    expect(copy.task_id).not.toBe(own.task_id);
    const [wait] = await harness.sql`SELECT task_id FROM workflow_waits WHERE execution_id = ${executionId}`;
    const timers = await harness.sql`SELECT task_id FROM workflow_timers WHERE execution_id = ${executionId}`;
    expect(wait).toEqual({ task_id: copy.task_id });
    expect([...timers]).toEqual([{ task_id: copy.task_id }, { task_id: copy.task_id }]);

    await answer(copy.task_id, 'reject');
    await harness.untilStatus(executionId, 'completed');
    expect((await row(executionId)).result).toMatchObject({ taskId: own.task_id, outcome: 'reject' });
    expect((await tasksOf(source))[0]).toEqual(own);
    await answer(own.task_id, 'approve');
    await harness.untilStatus(source, 'completed');
    expect((await row(source)).result).toMatchObject({ taskId: own.task_id, outcome: 'approve' });

    // The task of the source has ended meanwhile; at that entry it was open.
    const again = await fork(executionId, at);
    await harness.untilStatus(again.executionId, 'waiting');
    const [third] = await tasksOf(again.executionId);
    expect(third).toMatchObject({ status: 'pending', logged_task_id: own.task_id });
    harness.moveTime(3 * 86_400_000);
    await harness.untilStatus(again.executionId, 'completed');
    expect((await row(again.executionId)).result).toBe('nobody');
    expect((await tasksOf(again.executionId))[0]).toMatchObject({ task_id: third?.task_id, status: 'expired' });
  });

  it('cancels its task with its end', async () => {
    const source = await start('Reviews');
    await harness.untilStatus(source, 'waiting');
    const { executionId } = await fork(source, await seqOf(source, 'wait_started'));
    await harness.untilStatus(executionId, 'waiting');
    await harness.runtime.terminateExecution({ executionId, tenant });
    await harness.untilStatus(executionId, 'terminated');
    expect((await tasksOf(executionId))[0]).toMatchObject({ status: 'canceled' });
    expect((await tasksOf(source))[0]).toMatchObject({ status: 'pending' });
  });

  it('is refused where a child had not ended, and goes on without the child when asked to', async () => {
    const source = await start('Parent');
    await harness.untilStatus(source, 'waiting');
    const at = await seqOf(source, 'wait_started');
    const [child] = await harness.sql<{ execution_id: string }[]>`
      SELECT execution_id FROM workflow_executions WHERE parent_execution_id = ${source}`;
    await expect(fork(source, at)).rejects.toMatchObject({ code: 'open_children', httpStatus: 409 });
    const { executionId } = await fork(source, at, { openChildren: 'detach' });
    await send(executionId, 'Go', { word: 'fork' });
    await harness.untilStatus(executionId, 'completed');
    expect((await row(executionId)).result).toEqual({
      word: 'fork',
      code: 'child_detached',
      child: child?.execution_id,
    });
    // The child is the source's: it was not closed with the fork.
    await harness.untilStatus(child?.execution_id ?? '', 'waiting');
    await send(child?.execution_id ?? '', 'Word', { word: 'from the child' });
    await send(source, 'Go', { word: 'source' });
    await harness.untilStatus(source, 'completed');
    expect((await row(source)).result).toEqual({ word: 'source', child: 'from the child' });

    // Where the child had ended, its result is taken over.
    const whole = await fork(source, await seqOf(source, 'child_ended'));
    await harness.untilStatus(whole.executionId, 'waiting', 'completed');
    const hasGo = (await harness.history(whole.executionId)).some(({ name }) => name === 'Go');
    if (!hasGo) await send(whole.executionId, 'Go', { word: 'whole' });
    await harness.untilStatus(whole.executionId, 'completed');
    expect((await row(whole.executionId)).result).toMatchObject({ child: 'from the child' });
  });

  it('of a child tells nobody of its end', async () => {
    const source = await start('Parent');
    await harness.untilStatus(source, 'waiting');
    const [child] = await harness.sql<{ execution_id: string }[]>`
      SELECT execution_id FROM workflow_executions WHERE parent_execution_id = ${source}`;
    const id = child?.execution_id ?? '';
    await harness.untilStatus(id, 'waiting');
    const { executionId } = await fork(id, await seqOf(id, 'wait_started'));
    await send(executionId, 'Word', { word: 'of the fork' });
    await harness.untilStatus(executionId, 'completed');
    await send(id, 'Word', { word: 'of the child' });
    await send(source, 'Go', { word: 'now' });
    await harness.untilStatus(source, 'completed');
    expect((await row(source)).result).toEqual({ word: 'now', child: 'of the child' });
    expect((await harness.history(source)).filter(({ kind }) => kind === 'child_ended')).toHaveLength(1);
    expect((await row(executionId)).parent_execution_id).toBeNull();
  });

  it('of a paused execution is paused until it is resumed, and opens what was open then', async () => {
    const source = await start('Reviews');
    await harness.untilStatus(source, 'waiting');
    await harness.runtime.pauseExecution({ executionId: source, tenant });
    await harness.untilStatus(source, 'paused');
    const { executionId } = await fork(source, await seqOf(source, 'execution_paused'));
    await harness.untilStatus(executionId, 'paused');
    await harness.runtime.resumeExecution({ executionId, tenant });
    await harness.untilStatus(executionId, 'waiting');
    const [task] = await tasksOf(executionId);
    await answer(task?.task_id ?? '', 'approve');
    await harness.untilStatus(executionId, 'completed');
    await harness.untilStatus(source, 'paused');
  });

  it('of a blocked execution goes on from before the difference', async () => {
    const source = await start('Blocks');
    await harness.untilStatus(source, 'waiting');
    codeIsBroken = true;
    try {
      // From its first entry on, with the code that is there now.
      const { executionId } = await fork(source, 1);
      await harness.untilStatus(executionId, 'waiting');
      expect(charged.filter(({ what }) => what === 'other')).toHaveLength(1);
      // All of its log: there this code does something else.
      const whole = await fork(source, (await harness.history(source)).length);
      await harness.untilStatus(whole.executionId, 'blocked_on_code');
      const third = await fork(whole.executionId, 1);
      await harness.untilStatus(third.executionId, 'waiting');
    } finally {
      codeIsBroken = false;
    }
  });

  it('is refused with a named error at an end, at an entry that is not there, and for other tenants', async () => {
    const source = await start('Waits');
    await harness.untilStatus(source, 'waiting');
    await send(source, 'Word', { word: 'x' });
    await harness.untilStatus(source, 'completed');
    const end = await seqOf(source, 'execution_completed');
    await expect(fork(source, end)).rejects.toMatchObject({ code: 'fork_at_end', httpStatus: 409 });
    await expect(fork(source, end + 1)).rejects.toMatchObject({ code: 'entry_not_found', httpStatus: 404 });
    for (const from of [0, -1, 1.5, Number.NaN, 2 ** 31]) {
      await expect(fork(source, from)).rejects.toMatchObject({ code: 'invalid_input' });
    }
    const missing = { code: 'execution_not_found', httpStatus: 404 };
    await expect(
      harness.runtime.forkExecution({ executionId: source, tenant: 'globex', from: 1 }),
    ).rejects.toMatchObject(missing);
    await expect(fork(randomUUID(), 1)).rejects.toMatchObject(missing);
    await expect(fork('no-id', 1)).rejects.toMatchObject(missing);
    expect(await harness.sql`SELECT 1 FROM workflow_executions WHERE forked_from = ${source}`).toHaveLength(0);
  });
});

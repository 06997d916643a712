/** Faults of waiting that systems like this one are known for, by their names. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { submitEvent } from '../../core/submitEvent';
import type { HintPublisher } from '../../model/ports/hints';
import type { WorkflowContext } from '../../model/workflow';
import { createTaskDefinitionStore } from '../../persistence/tasks/taskDefinitions';
import { publishSystemDefinitions } from '../../tasks/publishDefinitions';
import { createHarness, until, type Harness } from '../harness';
import { testWorkflow } from '../index';

let harness: Harness;
const dayMs = 86_400_000;
const tenant = 'acme';
/** Hints that told of something nobody could see yet. */
const early: string[] = [];

const hints: HintPublisher = {
  publish: async (request) => {
    for (const { executionId } of request.hints) {
      const seen = await harness.sql`SELECT 1 FROM workflow_executions WHERE execution_id = ${executionId}`;
      if (seen.length === 0) early.push(executionId);
    }
  },
  close: () => Promise.resolve(),
};

async function months({ data, sleep }: WorkflowContext): Promise<string> {
  await sleep(`${data.get<number>('days')} days`);
  return 'awake';
}

async function lateReader({ actions, events }: WorkflowContext): Promise<string> {
  await actions.pause({ ms: 20 });
  return (await events.waitFor('Go')).name;
}

async function unanswered({ actions, events }: WorkflowContext): Promise<string> {
  const { completionEvent } = await actions.createHumanTask({ taskType: 'review' });
  return (await events.waitFor(completionEvent, { timeout: '2 days' })) === null ? 'nobody' : 'somebody';
}

async function forgetful({ actions }: WorkflowContext): Promise<string> {
  void actions.pause({ ms: 30 });
  return 'done';
}

/** What no log knows of: each run of the code waits for it anew. */
const waiting: (() => void)[] = [];
const elsewhere = () => new Promise<void>((resolve) => waiting.push(resolve));
const happens = () => waiting.splice(0).forEach((resolve) => resolve());

/** Goes on by itself after a while although an event is waited for, too. */
async function distracted({ events, setState }: WorkflowContext): Promise<void> {
  const aside = async () => {
    await elsewhere();
    setState('moved without an entry');
  };
  await Promise.all([events.waitFor('Go'), aside()]);
}

/** Ends by itself although an event is waited for, too. */
async function impatient({ events }: WorkflowContext): Promise<string> {
  await Promise.race([events.waitFor('Go'), elsewhere()]);
  return 'over';
}

async function raced({ events, race, scope, sleep }: WorkflowContext): Promise<string> {
  const first = await race({
    decided: () => scope('deep', async () => (await events.waitFor('Decide')).name),
    late: () => sleep('5 days'),
  });
  const next = await events.waitFor('Decide');
  return `${first.name} ${next.payload.n as number}`;
}

/** One sleep in every race: it loses each of them but the last. */
async function untilDeadline({ actions, events, sleep }: WorkflowContext): Promise<number[]> {
  // From here on it is the worker's time, which the tests move.
  await actions.pause({ ms: 1 });
  const deadline = sleep('5 days');
  const got: number[] = [];
  for (;;) {
    const event = await Promise.race([events.waitFor<{ n: number }>('Item'), deadline]);
    if (!event) return got;
    got.push(event.payload.n);
  }
}

/** What its own names and log lines must not do: stop the batch that they are written in. */
async function misnamed({ actions, data, events, executeActions, logger, race, setState }: WorkflowContext) {
  const refusals: unknown[] = [];
  for (const bad of ['a\u0000b', '\ud800']) {
    const calls: (() => unknown)[] = [
      () => data.set(bad, 1),
      () => (actions as Record<string, (params: object) => unknown>)[bad]?.({}),
      () => executeActions([{ actionName: bad }]),
      () => race({ [bad]: () => actions.pause({ ms: 1 }), other: () => 1 }),
      () => events.waitFor(bad),
      () => events.emit(bad),
      () => setState(bad),
    ];
    for (const call of calls) {
      try {
        refusals.push(await call());
      } catch (error) {
        refusals.push((error as { code?: string }).code);
      }
    }
    logger.info(bad, { [bad]: bad, total: 10n });
  }
  await actions.pause({ ms: 1 });
  return refusals;
}

async function talkative({ logger }: WorkflowContext): Promise<void> {
  logger.info('m'.repeat(3_000_000));
  throw new Error('m'.repeat(3_000_000));
}

beforeAll(async () => {
  harness = await createHarness({ hints });
  await publishSystemDefinitions(
    { definitions: createTaskDefinitionStore({ sql: harness.sql }) },
    {
      forms: [{ name: 'review-form', jsonSchema: { type: 'object', properties: {} }, uiSchema: {} }],
      taskDefinitions: [{ taskType: 'review', name: 'Review', formName: 'review-form', defaultRoles: ['manager'] }],
    },
  );
  harness.actions.registerSimpleAction(
    'pause',
    'Takes its time',
    [{ name: 'ms', type: 'number', required: true }],
    async ({ ms }) => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      return {};
    },
  );
  const workflows = { Months: months, LateReader: lateReader, Unanswered: unanswered, Forgetful: forgetful };
  for (const [name, workflow] of Object.entries({
    ...workflows,
    Distracted: distracted,
    Impatient: impatient,
    Raced: raced,
    UntilDeadline: untilDeadline,
    Misnamed: misnamed,
    Talkative: talkative,
  }))
    harness.runtime.registerWorkflow(workflow, { name });
  await harness.startWorker();
});
afterAll(() => harness.close());

const start = (name: string, initialData = {}) => harness.runtime.startWorkflow(name, { tenant, initialData });
const send = (id: string, name: string, payload = {}) =>
  harness.runtime.enqueueEvent({ execution_id: id, event_name: name, payload, tenant });
const rowOf = async (id: string) =>
  (await harness.sql`SELECT status, result, error FROM workflow_executions WHERE execution_id = ${id}`)[0];

describe('regressions of waiting', () => {
  it('event before wait lost', async () => {
    const ids = await Promise.all(Array.from({ length: 30 }, () => start('LateReader')));
    await Promise.all(ids.map((id) => send(id, 'Go')));
    for (const id of ids) expect(await harness.untilStatus(id, 'completed')).toBe('completed');
  });

  it('timer over 24.8 days', async () => {
    const [shorter, longer] = [await start('Months', { days: 58 }), await start('Months', { days: 60 })];
    await Promise.all([shorter, longer].map((id) => harness.untilStatus(id, 'waiting')));
    harness.moveTime(59 * dayMs);
    await harness.untilStatus(shorter, 'completed');
    expect((await rowOf(longer))?.status).toBe('waiting');
    harness.moveTime(2 * dayMs);
    await harness.untilStatus(longer, 'completed');
  });

  it('timeout that leaves its task open', async () => {
    const id = await start('Unanswered');
    await harness.untilStatus(id, 'waiting');
    harness.moveTime(3 * dayMs);
    await harness.untilStatus(id, 'completed');
    expect((await rowOf(id))?.result).toBe('nobody');
    expect(await harness.sql`SELECT status FROM workflow_tasks WHERE execution_id = ${id}`).toEqual([
      { status: 'expired' },
    ]);
  });

  it('execution that never leaves running', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => start('Forgetful')));
    for (const id of ids) expect(await harness.untilStatus(id, 'completed')).toBe('completed');
    const running = await harness.sql`SELECT 1 FROM workflow_executions WHERE status = 'running'`;
    expect(running).toHaveLength(0);
  });

  it('publish before commit', async () => {
    const [registration] =
      await harness.sql`SELECT registration_id FROM workflow_registrations WHERE name = 'Forgetful'`;
    await harness.sql`
      INSERT INTO workflow_event_attachments (attachment_id, tenant_id, event_type, workflow_id)
      VALUES (gen_random_uuid(), ${tenant}, 'FORGOTTEN', ${registration?.registration_id as string})`;
    const { executionIds } = await submitEvent(harness.deps, { tenant, userId: null, eventType: 'FORGOTTEN' });
    await harness.untilStatus(executionIds[0] ?? '', 'completed');
    expect(early).toEqual([]);
  });

  it('waiter of a lost race eats the next event', async () => {
    const id = await start('Raced');
    await harness.untilStatus(id, 'waiting');
    harness.moveTime(6 * dayMs);
    // An event that were in the log before the timer would win the race instead.
    await until(async () => (await harness.history(id)).some(({ kind }) => kind === 'timer_fired'), 'the timer fires');
    await send(id, 'Decide', { n: 7 });
    await harness.untilStatus(id, 'completed');
    expect((await rowOf(id))?.result).toBe('late 7');
    expect(await harness.sql`SELECT 1 FROM workflow_waits WHERE execution_id = ${id}`).toEqual([]);
  });

  it('deadline that lost one race and never comes in the next', async () => {
    const id = await start('UntilDeadline');
    const waits = async () => (await harness.history(id)).filter(({ kind }) => kind === 'wait_started').length;
    for (const n of [1, 2]) {
      await send(id, 'Item', { n });
      await until(async () => (await waits()) === n + 1, 'the next race begins');
    }
    harness.moveTime(6 * dayMs);
    await harness.untilStatus(id, 'completed');
    expect((await rowOf(id))?.result).toEqual([1, 2]);
    expect(await harness.sql`SELECT 1 FROM workflow_timers WHERE execution_id = ${id}`).toEqual([]);
  });

  it.each(['Distracted', 'Impatient'])('foreign await while another wait is open: %s', async (name) => {
    const id = await start(name);
    await harness.untilStatus(id, 'waiting');
    await until(async () => {
      happens();
      return (await rowOf(id))?.status === 'blocked_on_code';
    }, 'the execution is blocked');
    const error = (await rowOf(id))?.error as { code: string; message: string; details: { stack: string[] } };
    expect(error.code).toBe('foreign_await');
    expect(error.message).toContain('awaiting something that is not in its log');
    if (name === 'Distracted') expect(error.details.stack.join('\n')).toContain('waiting.integ.test');
  });

  it.each(['\u0000', '\ud800'])('value that the database cannot give back stops a batch: %j', async (bad) => {
    const id = await start('LateReader');
    const refused = { code: 'unstorable_value' };
    await expect(send(id, `Go${bad}`)).rejects.toMatchObject(refused);
    await expect(send(id, 'Go', { deep: [bad] })).rejects.toMatchObject(refused);
    await expect(start('LateReader', { note: bad })).rejects.toMatchObject(refused);
    const event = { tenant, userId: null, eventType: 'X' };
    await expect(submitEvent(harness.deps, { ...event, payload: { [bad]: 1 } })).rejects.toMatchObject(refused);
    await expect(submitEvent(harness.deps, { ...event, subject: bad })).rejects.toMatchObject(refused);
    await send(id, 'Go');
    await harness.untilStatus(id, 'completed');
  });

  it('name that the database cannot give back stops the execution', async () => {
    const id = await start('Misnamed');
    expect(await harness.untilStatus(id, 'completed', 'blocked_on_code')).toBe('completed');
    expect((await rowOf(id))?.result).toEqual(Array.from({ length: 14 }, () => 'invalid_input'));
    const kept = await testWorkflow(misnamed, { actions: { pause: () => ({}) } });
    expect(kept.result).toEqual((await rowOf(id))?.result);
  });

  it('message without end is stored as it is', async () => {
    const id = await start('Talkative');
    await harness.untilStatus(id, 'failed');
    const [sizes] = await harness.sql`
      SELECT length(e.error ->> 'message') AS error, max(length(l.payload ->> 'message')) AS line
      FROM workflow_executions e JOIN workflow_events l USING (execution_id) WHERE execution_id = ${id} GROUP BY 1`;
    expect(sizes?.error).toBeLessThan(100_100);
    expect(sizes?.line).toBeLessThan(100_100);
  });

  it('event that imitates the end of a task', async () => {
    const id = await start('Unanswered');
    await harness.untilStatus(id, 'waiting');
    const [task] = await harness.sql`SELECT task_id FROM workflow_tasks WHERE execution_id = ${id}`;
    const taskId = task?.task_id as string;
    for (const name of [`Task:${taskId}:Complete`, `ANYTHING_${taskId}`]) {
      await expect(send(id, name)).rejects.toMatchObject({ name: 'ReservedEventNameError', httpStatus: 422 });
    }
    const event = { tenant, userId: null, eventType: `Task:${taskId}:Complete` };
    await expect(submitEvent(harness.deps, event)).rejects.toMatchObject({ code: 'reserved_event_name' });
    // An id that no task of the tenant has is a name like any other.
    await send(id, `ANYTHING_${id}`);
    expect((await rowOf(id))?.status).not.toBe('completed');
  });
});

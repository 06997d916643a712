import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHarness, until, type Harness } from '../../testing/harness';
import type { WorkflowContext } from '../../model/workflow';

let harness: Harness;
/** What actions did, by what they were asked. */
let done: string[] = [];
let keys: string[] = [];
/** Actions named `held` end when it is called. */
let release: () => void = () => undefined;
let failing = false;
let started = 0;
let codeIsBroken = false;

const workflows: Record<string, (context: WorkflowContext) => Promise<unknown>> = {
  async Waits({ events, actions }) {
    await actions.note?.({ what: 'before' });
    return (await events.waitFor<{ n: number }>('Go')).payload.n;
  },
  async CleansUp({ events, actions, sleep }) {
    try {
      await events.waitFor('Never');
      return 'not reached';
    } catch (error) {
      await sleep(10);
      await actions.note?.({ what: `undo: ${(error as Error).message}` });
      return 'swallowed';
    } finally {
      await actions.note?.({ what: 'finally' });
    }
  },
  async Swallows({ events, actions }) {
    await events.waitFor('Never').catch((error: Error) => actions.note?.({ what: error.message }));
    return (await events.waitFor<null>('Go')).payload;
  },
  async Echo({ events }) {
    return [(await events.waitFor('Go')).payload, (await events.waitFor('Go')).payload];
  },
  async Holds({ actions, events }) {
    await actions.held?.({ what: 'slow' });
    await actions.note?.({ what: 'after' });
    await events.waitFor('Go');
  },
  async Sleeps({ sleep, actions }) {
    await sleep('1 h');
    await actions.note?.({ what: 'woke' });
  },
  async Fails({ actions, setState, sleep }) {
    const asked = actions.createHumanTask({ taskType: 'x', title: 'x' }).catch(() => null);
    setState('charging');
    await actions.note?.({ what: 'before' });
    try {
      await actions.charge?.({ what: 'card' });
    } catch (error) {
      await actions.note?.({ what: 'compensated' });
      throw error;
    }
    await actions.note?.({ what: 'paid' });
    await sleep(5);
    await asked;
    return 'paid';
  },
  async Blocks({ actions, events }) {
    await actions.note?.({ what: codeIsBroken ? 'other' : 'one' });
    return (await events.waitFor('Go')).name;
  },
};

beforeAll(async () => {
  harness = await createHarness();
  const parameters = [{ name: 'what', type: 'string', required: true }] as const;
  const { actions, runtime } = harness;
  actions.registerSimpleAction('note', 'Notes', parameters, async ({ what }) => {
    done.push(what);
    return what;
  });
  actions.registerSimpleAction('held', 'Takes its time', parameters, async ({ what }) => {
    started += 1;
    await new Promise<void>((resolve) => (release = resolve));
    done.push(what);
    return what;
  });
  actions.registerSimpleAction('charge', 'Charges', parameters, async ({ what }, { idempotencyKey }) => {
    keys.push(idempotencyKey);
    if (failing) throw new Error('card refused');
    done.push(what);
    return what;
  });
  for (const [name, run] of Object.entries(workflows)) runtime.registerWorkflow({ name, version: '1', run });
});
afterAll(() => harness.close());
beforeEach(() => {
  done = [];
  keys = [];
  started = 0;
  failing = false;
  codeIsBroken = false;
});

const tenant = 'acme';
const start = (name: string) => harness.runtime.startWorkflow(name, { tenant });
const kindsOf = async (executionId: string) => (await harness.history(executionId)).map(({ kind }) => kind);
const statusOf = async (executionId: string) => {
  const [row] = await harness.sql<{ status: string; error: { message: string } | null; result: unknown }[]>`
    SELECT status, error, result FROM workflow_executions WHERE execution_id = ${executionId}`;
  return row;
};
const leftovers = async (executionId: string) => {
  const { sql } = harness;
  const [row] = await sql<{ timers: number; waits: number; tasks: number; inbox: number }[]>`
    SELECT (SELECT count(*)::int FROM workflow_timers WHERE execution_id = ${executionId}) AS timers,
      (SELECT count(*)::int FROM workflow_waits WHERE execution_id = ${executionId}) AS waits,
      (SELECT count(*)::int FROM workflow_tasks WHERE execution_id = ${executionId} AND status IN ('pending', 'claimed')) AS tasks,
      (SELECT count(*)::int FROM workflow_events
       WHERE execution_id = ${executionId} AND seq IS NULL AND disposition IS NULL) AS inbox`;
  return row;
};
const nothingLeft = { timers: 0, waits: 0, tasks: 0, inbox: 0 };
const worker = async () => {
  const { worker: one } = await harness.startWorker();
  return { stop: () => one.stop() };
};

describe('the payload of an event', () => {
  it('is null where null was sent, and an empty object where nothing was', async () => {
    const { stop } = await worker();
    const id = await start('Echo');
    const event = { execution_id: id, tenant, event_name: 'Go' };
    await harness.runtime.enqueueEvent({ ...event, payload: null });
    await harness.runtime.enqueueEvent(event);
    await harness.untilStatus(id, 'completed');
    expect(await statusOf(id)).toMatchObject({ result: [null, {}] });
    await stop();
  });
});

describe('cancel', () => {
  it('comes once: a second one is kept, and what swallowed the first goes on to its end as canceled', async () => {
    const { stop } = await worker();
    const id = await start('Swallows');
    await harness.untilStatus(id, 'waiting');
    await harness.runtime.cancelExecution({ executionId: id, tenant, reason: 'first' });
    await until(() => done.includes('first'), 'the code learns of the first');
    await harness.runtime.cancelExecution({ executionId: id, tenant, reason: 'second' });
    await until(
      async () => (await kindsOf(id)).filter((kind) => kind === 'cancel_requested').length === 2,
      'the second is in the log',
    );
    await harness.runtime.enqueueEvent({ execution_id: id, tenant, event_name: 'Go', payload: null });
    await harness.untilStatus(id, 'canceled');
    expect(done).toEqual(['first']);
    await stop();
  });

  it('throws at the wait, lets the code clean up with actions and sleeps, and ends canceled though it is swallowed', async () => {
    const { stop } = await worker();
    const id = await start('CleansUp');
    await harness.untilStatus(id, 'waiting');
    const { runtime } = harness;
    await runtime.cancelExecution({ executionId: id, tenant, userId: 'omar', reason: 'not needed' });
    await runtime.cancelExecution({ executionId: id, tenant, userId: 'mia' }).catch(() => undefined);
    await harness.untilStatus(id, 'canceled');
    expect(done).toEqual(['undo: not needed', 'finally']);
    expect(await statusOf(id)).toMatchObject({ result: null, error: null });
    expect((await kindsOf(id)).filter((kind) => kind.startsWith('cancel') || kind.startsWith('execution_'))).toEqual(
      expect.arrayContaining(['execution_started', 'cancel_requested', 'execution_canceled']),
    );
    await expect(runtime.cancelExecution({ executionId: id, tenant })).rejects.toMatchObject({
      code: 'execution_ended',
      httpStatus: 409,
    });
    await until(async () => (await leftovers(id))?.inbox === 0, 'late rows are closed');
    expect(await leftovers(id)).toEqual(nothingLeft);
    await stop();
  });

  it('is known to an execution that never ran, and to one at an action only at its next wait', async () => {
    const id = await start('Waits');
    await harness.runtime.cancelExecution({ executionId: id, tenant });
    const { stop } = await worker();
    await harness.untilStatus(id, 'canceled');
    expect(await leftovers(id)).toEqual(nothingLeft);
    await stop();
  });

  it('counts though the event before it brought the code to its end in the same take', async () => {
    const { stop } = await worker();
    const id = await start('Waits');
    await harness.untilStatus(id, 'waiting');
    const { runtime } = harness;
    await runtime.pauseExecution({ executionId: id, tenant });
    await harness.untilStatus(id, 'paused');
    await runtime.enqueueEvent({ execution_id: id, event_name: 'Go', payload: { n: 1 }, tenant });
    await runtime.cancelExecution({ executionId: id, tenant });
    await runtime.resumeExecution({ executionId: id, tenant });
    await harness.untilStatus(id, 'canceled');
    expect((await kindsOf(id)).slice(-3)).toEqual(['event_received', 'cancel_requested', 'execution_canceled']);
    await stop();
  });

  it('does not reach executions of other tenants', async () => {
    const id = await start('Waits');
    const cancel = harness.runtime.cancelExecution({ executionId: id, tenant: 'globex' });
    await expect(cancel).rejects.toMatchObject({ code: 'execution_not_found' });
    await harness.runtime.terminateExecution({ executionId: id, tenant });
  });
});

describe('terminate', () => {
  it('runs no code, and waits for the outcome of the action under way', async () => {
    const { stop } = await worker();
    const id = await start('Holds');
    await until(() => started === 1, 'the action runs');
    await harness.runtime.terminateExecution({ executionId: id, tenant, userId: 'omar', reason: 'wrong' });
    await harness.untilStatus(id, 'terminated');
    const kinds = await kindsOf(id);
    // The call is cut short; that it was is recorded before the end.
    expect(kinds.slice(-2)).toEqual(['action_failed', 'execution_terminated']);
    expect(done).not.toContain('after');
    expect(await leftovers(id)).toEqual(nothingLeft);
    release();
    await stop();
  });

  it('ends what is paused, what is blocked, and what no worker has the code of', async () => {
    const { runtime, sql } = harness;
    const [paused, blocked, unknown] = [await start('Waits'), await start('Waits'), await start('Waits')];
    await sql`UPDATE workflow_executions SET workflow_version = 'gone' WHERE execution_id = ${unknown}`;
    await sql`UPDATE workflow_executions SET status = 'blocked_on_code' WHERE execution_id = ${blocked}`;
    await runtime.pauseExecution({ executionId: paused, tenant });
    const { stop } = await worker();
    await harness.untilStatus(paused, 'paused');
    for (const executionId of [paused, blocked, unknown]) await runtime.terminateExecution({ executionId, tenant });
    for (const executionId of [paused, blocked, unknown]) {
      expect(await harness.untilStatus(executionId, 'terminated')).toBe('terminated');
      expect(await leftovers(executionId)).toEqual(nothingLeft);
      expect((await kindsOf(executionId)).at(-1)).toBe('execution_terminated');
    }
    await stop();
  });
});

describe('pause and resume', () => {
  it('keeps events and the action outcome for later, in order', async () => {
    const { stop } = await worker();
    const { runtime } = harness;
    const id = await start('Holds');
    await until(() => started === 1, 'the action runs');
    await runtime.pauseExecution({ executionId: id, tenant, userId: 'omar' });
    await harness.untilStatus(id, 'paused');
    release();
    await until(async () => (await kindsOf(id)).includes('action_completed'), 'the outcome is recorded');
    await runtime.enqueueEvent({ execution_id: id, event_name: 'Go', tenant });
    expect(await statusOf(id)).toMatchObject({ status: 'paused' });
    expect(done).toEqual(['slow']);
    await runtime.resumeExecution({ executionId: id, tenant });
    await harness.untilStatus(id, 'completed');
    expect(done).toEqual(['slow', 'after']);
    await stop();
  });

  it('fires no timer until it is resumed, then at once', async () => {
    const { stop } = await worker();
    const { runtime } = harness;
    const [id, other] = [await start('Sleeps'), await start('Sleeps')];
    await harness.untilStatus(id, 'waiting');
    await harness.untilStatus(other, 'waiting');
    await runtime.pauseExecution({ executionId: id, tenant });
    await harness.untilStatus(id, 'paused');
    harness.moveTime(2 * 3_600_000);
    await harness.untilStatus(other, 'completed');
    expect(await statusOf(id)).toMatchObject({ status: 'paused' });
    await runtime.resumeExecution({ executionId: id, tenant });
    await harness.untilStatus(id, 'completed');
    await stop();
  });

  it('comes through a storm of both', async () => {
    const { stop } = await worker();
    const { runtime } = harness;
    const id = await start('Waits');
    await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        if (n % 2 === 0) await runtime.pauseExecution({ executionId: id, tenant });
        else await runtime.resumeExecution({ executionId: id, tenant });
      }),
    );
    await runtime.resumeExecution({ executionId: id, tenant });
    await runtime.enqueueEvent({ execution_id: id, event_name: 'Go', payload: { n: 7 }, tenant });
    await harness.untilStatus(id, 'completed');
    expect(await statusOf(id)).toMatchObject({ result: 7 });
    await stop();
  });
});

describe('retry', () => {
  it('tries the failed action again under its key, and keeps the log as it was', async () => {
    failing = true;
    const { stop } = await worker();
    const { runtime } = harness;
    const id = await start('Fails');
    await harness.untilStatus(id, 'failed');
    const before = await harness.history(id);
    failing = false;
    await runtime.retryExecution({ executionId: id, tenant, userId: 'omar', reason: 'card is fine now' });
    await harness.untilStatus(id, 'completed');
    expect(new Set(keys).size).toBe(1);
    expect(done).toEqual(['before', 'compensated', 'card', 'paid']);
    const after = await harness.history(id);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after[before.length]).toMatchObject({ kind: 'execution_retried' });
    await expect(runtime.retryExecution({ executionId: id, tenant })).rejects.toMatchObject({
      code: 'execution_ended',
    });
    await stop();
  });

  it('may fail again, and be retried again by another worker', async () => {
    failing = true;
    const first = await worker();
    const { runtime } = harness;
    const id = await start('Fails');
    await harness.untilStatus(id, 'failed');
    await runtime.retryExecution({ executionId: id, tenant });
    await until(
      async () => (await kindsOf(id)).filter((kind) => kind === 'execution_failed').length === 2,
      'it failed',
    );
    await first.stop();
    failing = false;
    await Promise.all([1, 2, 3].map(() => runtime.retryExecution({ executionId: id, tenant })));
    const second = await worker();
    await harness.untilStatus(id, 'completed');
    expect(done).toEqual(['before', 'compensated', 'card', 'paid']);
    await second.stop();
  });

  it('tries the code of a blocked execution', async () => {
    const first = await worker();
    const { runtime } = harness;
    const id = await start('Blocks');
    await harness.untilStatus(id, 'waiting');
    await first.stop();
    codeIsBroken = true;
    const second = await worker();
    await runtime.enqueueEvent({ execution_id: id, event_name: 'Go', tenant });
    await harness.untilStatus(id, 'blocked_on_code');
    codeIsBroken = false;
    await runtime.retryExecution({ executionId: id, tenant });
    await harness.untilStatus(id, 'completed');
    expect(await statusOf(id)).toMatchObject({ result: 'Go', error: null });
    await second.stop();
  });

  it('is refused for what neither failed nor is blocked', async () => {
    const id = await start('Waits');
    const retry = harness.runtime.retryExecution({ executionId: id, tenant });
    await expect(retry).rejects.toMatchObject({ code: 'execution_not_failed', httpStatus: 409 });
    await harness.runtime.terminateExecution({ executionId: id, tenant });
  });
});

/** Children and continuations over the real stack. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChildFailedError } from '../../model/errors';
import type { WorkflowContext } from '../../model/workflow';
import { createHarness, until, type Harness } from '../../testing/harness';

let harness: Harness;

async function addingWorkflow({ data }: WorkflowContext): Promise<number> {
  return data.get<number>('a') + data.get<number>('b');
}

async function failingWorkflow(): Promise<never> {
  throw Object.assign(new Error('no paper'), { code: 'paper_out' });
}

async function waitingWorkflow({ events }: WorkflowContext): Promise<string> {
  const { payload } = await events.waitFor<{ word: string }>('Word');
  return payload.word;
}

async function sumWorkflow({ children }: WorkflowContext): Promise<unknown> {
  const add = { name: 'Adding', run: addingWorkflow };
  const [first, second] = await Promise.all([
    children.run(add, { data: { a: 1, b: 2 } }),
    children.run<number>('Adding', { data: { a: 3, b: 4 } }),
  ]);
  return first + second;
}

async function lateWorkflow({ children, events }: WorkflowContext): Promise<unknown> {
  const child = children.start<number>('Adding', { data: { a: 20, b: 3 } });
  await events.waitFor('Ready');
  return { executionId: child.executionId, result: await child.result() };
}

async function catchingWorkflow({ children, data }: WorkflowContext): Promise<unknown> {
  try {
    return await children.run(data.get<string>('workflow'), data.get<object>('options'));
  } catch (error) {
    if (!(error instanceof ChildFailedError)) throw error;
    const { name, message, code, status, workflow } = error;
    return { name, message, code, status, workflow };
  }
}

async function leavingWorkflow({ children }: WorkflowContext): Promise<string[]> {
  const policies = ['terminate', 'cancel', 'abandon'] as const;
  return policies.map((parentClosePolicy) => children.start('Waiting', { parentClosePolicy }).executionId);
}

async function countingWorkflow({ continueAsNew, data, events }: WorkflowContext): Promise<unknown> {
  const seen = data.get<string[]>('seen') ?? [];
  const { payload } = await events.waitFor<{ word: string }>('Word');
  seen.push(payload.word);
  if (seen.length === 4) return seen;
  return continueAsNew({ seen });
}

async function reportingWorkflow({ data, events, parent }: WorkflowContext): Promise<unknown> {
  await events.emit('Word', { word: 'from the child' }, { to: 'parent' });
  const to = data.get<string | null>('to');
  if (to) await events.emit('Word', { word: 'from afar' }, { to: { executionId: to } });
  return parent;
}

async function listeningWorkflow({ children, data, events }: WorkflowContext): Promise<unknown> {
  const child = children.start<unknown>('Reporting', { data: { to: data.get<string>('to') ?? null } });
  const { payload } = await events.waitFor<{ word: string }>('Word');
  return { word: payload.word, parent: await child.result() };
}

beforeAll(async () => {
  harness = await createHarness();
  for (const workflow of [
    addingWorkflow,
    failingWorkflow,
    waitingWorkflow,
    sumWorkflow,
    lateWorkflow,
    catchingWorkflow,
    leavingWorkflow,
    countingWorkflow,
    reportingWorkflow,
    listeningWorkflow,
  ]) {
    harness.runtime.registerWorkflow(workflow);
  }
  await harness.startWorker();
});
afterAll(() => harness.close());

const acme = { tenant: 'acme' };
const send = (executionId: string, name: string, payload = {}) =>
  harness.runtime.enqueueEvent({ ...acme, execution_id: executionId, event_name: name, payload });

async function rowOf(executionId: string) {
  const [row] = await harness.sql<
    {
      status: string;
      result: unknown;
      parent_execution_id: string | null;
      continued_from: string | null;
      continued_to: string | null;
      workflow_key: string | null;
      head_seq: number;
    }[]
  >`SELECT status, result, parent_execution_id, continued_from, continued_to, workflow_key, head_seq
    FROM workflow_executions WHERE execution_id = ${executionId}`;
  if (!row) throw new Error(`No execution ${executionId}.`);
  return row;
}

describe('children', () => {
  it('run side by side and give their results to the parent', async () => {
    const executionId = await harness.runtime.startWorkflow('Sum', acme);
    await harness.untilStatus(executionId, 'completed');
    expect((await rowOf(executionId)).result).toBe(10);
    const children = await harness.sql`
      SELECT workflow_name, status, correlation_id FROM workflow_executions WHERE parent_execution_id = ${executionId}`;
    expect(children).toEqual([
      { workflow_name: 'Adding', status: 'completed', correlation_id: executionId },
      { workflow_name: 'Adding', status: 'completed', correlation_id: executionId },
    ]);
    expect((await harness.history(executionId)).map(({ kind }) => kind).sort()).toEqual([
      'child_ended',
      'child_ended',
      'child_started',
      'child_started',
      'execution_completed',
      'execution_started',
    ]);
  });

  it('keep their result until the parent asks for it', async () => {
    const executionId = await harness.runtime.startWorkflow('Late', acme);
    await until(async () => {
      const kinds = (await harness.history(executionId)).map(({ kind }) => kind);
      return kinds.includes('child_ended');
    }, 'the child ends');
    await send(executionId, 'Ready');
    await harness.untilStatus(executionId, 'completed');
    const [child] = await harness.sql<{ execution_id: string }[]>`
      SELECT execution_id FROM workflow_executions WHERE parent_execution_id = ${executionId}`;
    expect((await rowOf(executionId)).result).toEqual({ executionId: child?.execution_id, result: 23 });
  });

  it.each([
    ['that fails', 'Failing', {}, { message: 'no paper', code: 'paper_out' }],
    ['that nobody registered', 'Nowhere', {}, { code: 'workflow_not_found' }],
    ['of a version that nobody registered', 'Adding', { version: '7' }, { code: 'workflow_not_found' }],
    ['whose key is taken', 'Waiting', { key: 'one' }, { code: 'workflow_key_taken' }],
  ])('throw ChildFailedError for a child %s', async (_, workflow, options, expected) => {
    if (workflow === 'Waiting') await harness.runtime.startWorkflow('Waiting', { ...acme, workflowKey: 'one' });
    const initialData = { workflow, options };
    const executionId = await harness.runtime.startWorkflow('Catching', { ...acme, initialData });
    await harness.untilStatus(executionId, 'completed');
    expect((await rowOf(executionId)).result).toMatchObject({
      name: 'ChildFailedError',
      status: 'failed',
      workflow,
      ...expected,
    });
  });

  it('are told by policy when their parent ends first', async () => {
    const executionId = await harness.runtime.startWorkflow('Leaving', acme);
    await harness.untilStatus(executionId, 'completed');
    const [terminated = '', canceled = '', abandoned = ''] = (await rowOf(executionId)).result as string[];
    const told = async (child: string) =>
      harness.sql`
        SELECT kind, payload FROM workflow_events
        WHERE execution_id = ${child} AND kind IN ('terminate_requested', 'cancel_requested')`;
    const payload = { by: null, reason: 'Its parent ended.' };
    expect(await told(terminated)).toEqual([{ kind: 'terminate_requested', payload }]);
    expect(await told(canceled)).toEqual([{ kind: 'cancel_requested', payload }]);
    expect(await told(abandoned)).toEqual([]);
    await send(abandoned, 'Word', { word: 'free' });
    await harness.untilStatus(abandoned, 'completed');
    // Word for a parent that has ended is closed, and does not stay in its inbox.
    await until(async () => {
      const [row] = await harness.sql`
        SELECT disposition FROM workflow_events WHERE execution_id = ${executionId} AND kind = 'child_ended'
          AND payload ->> 'childExecutionId' = ${abandoned}`;
      return row?.disposition === 'too_late';
    }, 'word of the abandoned child is closed');
  });
});

describe('continueAsNew', () => {
  it('goes on in a new run with the same key, a short history and all that was not consumed', async () => {
    const first = await harness.runtime.startWorkflow('Counting', { ...acme, workflowKey: 'words' });
    // All at once: most of them arrive while a run does not wait for them yet.
    await Promise.all(['a', 'b', 'c', 'd'].map((word) => send(first, 'Word', { word })));
    const chain: string[] = [first];
    await until(async () => {
      const row = await rowOf(chain.at(-1) ?? '');
      if (row.continued_to) chain.push(row.continued_to);
      return row.status === 'completed';
    }, 'the last run ends');
    expect(chain).toHaveLength(4);
    const rows = await Promise.all(chain.map(rowOf));
    expect(rows.map(({ status }) => status)).toEqual([
      'continued_as_new',
      'continued_as_new',
      'continued_as_new',
      'completed',
    ]);
    expect(rows.map((row) => row.continued_from)).toEqual([null, ...chain.slice(0, -1)]);
    expect(rows.every((row) => row.workflow_key === 'words')).toBe(true);
    expect(rows.at(-1)?.result).toEqual(['a', 'b', 'c', 'd']);
  });

  it('of a child keeps telling the parent, whose handle waits for the last run', async () => {
    const initialData = { workflow: 'Counting', options: { key: 'of a child' } };
    const executionId = await harness.runtime.startWorkflow('Catching', { ...acme, initialData });
    let child = '';
    await until(async () => {
      const [row] = await harness.sql<{ execution_id: string }[]>`
        SELECT execution_id FROM workflow_executions WHERE parent_execution_id = ${executionId}`;
      child = row?.execution_id ?? '';
      return child !== '';
    }, 'the child starts');
    for (const word of ['a', 'b', 'c', 'd']) await send(child, 'Word', { word });
    await harness.untilStatus(executionId, 'completed');
    expect((await rowOf(executionId)).result).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('events.emit', () => {
  it('reaches the parent and any other execution once, and knows its parent', async () => {
    const listener = await harness.runtime.startWorkflow('Waiting', acme);
    const initialData = { to: listener };
    const executionId = await harness.runtime.startWorkflow('Listening', { ...acme, initialData });
    await harness.untilStatus(executionId, 'completed');
    await harness.untilStatus(listener, 'completed');
    expect((await rowOf(executionId)).result).toEqual({ word: 'from the child', parent: { executionId } });
    expect((await rowOf(listener)).result).toBe('from afar');
  });

  it.each([
    ['has ended', async () => ended(), 'execution_ended'],
    [
      'is of another tenant',
      () => harness.runtime.startWorkflow('Waiting', { tenant: 'globex' }),
      'execution_not_found',
    ],
    ['does not exist', async () => 'nobody', 'execution_not_found'],
  ])('fails by name when the receiver %s', async (_, receiver, code) => {
    const initialData = { workflow: 'Listening', options: { data: { to: await receiver() } } };
    const executionId = await harness.runtime.startWorkflow('Catching', { ...acme, initialData });
    await harness.untilStatus(executionId, 'completed');
    expect((await rowOf(executionId)).result).toMatchObject({ name: 'ChildFailedError', status: 'failed', code });
  });
});

async function ended(): Promise<string> {
  const executionId = await harness.runtime.startWorkflow('Adding', { ...acme, initialData: { a: 1, b: 1 } });
  await harness.untilStatus(executionId, 'completed');
  return executionId;
}

describe('a workflow key', () => {
  it('starts one execution however many start it at once, and another one after its end', async () => {
    const start = () => harness.runtime.startWorkflow('Waiting', { ...acme, workflowKey: 'fifty' });
    const ids = new Set(await Promise.all(Array.from({ length: 50 }, start)));
    expect(ids.size).toBe(1);
    const [first = ''] = ids;
    await expect(
      harness.runtime.startWorkflow('Waiting', { ...acme, workflowKey: 'fifty', onConflict: 'fail' }),
    ).rejects.toMatchObject({ code: 'workflow_key_taken', executionId: first });
    await send(first, 'Word', { word: 'done' });
    await harness.untilStatus(first, 'completed');
    const again = await start();
    expect(again).not.toBe(first);
    expect((await rowOf(again)).status).not.toBe('completed');
  });

  it('takes a signal with the start: it is there before the first run, and is sent to the holder after it', async () => {
    const signalled = (word: string) =>
      harness.runtime.signalWithStart('Counting', {
        ...acme,
        workflowKey: 'signalled',
        signal: { name: 'Word', payload: { word } },
      });
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map(signalled));
    expect(answers.filter(({ started }) => started)).toHaveLength(1);
    let last: { status: string; result: unknown } | undefined;
    await until(async () => {
      const rows = await harness.sql<{ status: string; result: unknown }[]>`
        SELECT status, result FROM workflow_executions WHERE workflow_key = 'signalled' AND status = 'completed'`;
      last = rows[0];
      return last !== undefined;
    }, 'all words are counted');
    expect([...(last?.result as string[])].sort()).toEqual(['a', 'b', 'c', 'd']);
  });
});

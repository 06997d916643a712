/** Ends of parents and children, of every kind, and what each of them does to the other. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorkflowContext } from '../../model/workflow';
import { createHarness, until, type Harness } from '../../testing/harness';

let harness: Harness;
const failing = new Set<string>();

/** Fails as long as its name is among the failing ones. */
async function frailWorkflow({ data, events }: WorkflowContext): Promise<string> {
  const name = data.get<string>('name');
  if (data.get<boolean>('waits') === true) await events.waitFor('Go');
  if (failing.has(name)) throw new Error(`${name} failed`);
  return `${name} is fine`;
}

async function dependingWorkflow({ children, data }: WorkflowContext): Promise<unknown> {
  return children.run('Frail', { data: { name: data.get<string>('name') } });
}

/** Hears of one child, and goes on with others. */
async function patientWorkflow({ children, data, events }: WorkflowContext): Promise<unknown> {
  const name = data.get<string>('name');
  const child = children.start('Frail', { data: { name } });
  const heard = await child.result().catch((error: unknown) => (error as Error).message);
  await events.waitFor('Go');
  return heard;
}

async function leavingWorkflow({ actions, children, events }: WorkflowContext): Promise<unknown> {
  const policies = ['terminate', 'cancel', 'abandon'] as const;
  const started = policies.map(
    (parentClosePolicy) => children.start('Staying', { data: { parentClosePolicy }, parentClosePolicy }).executionId,
  );
  await actions.nothing();
  const { payload } = await events.waitFor<{ fails: boolean }>('End');
  if (payload.fails) throw new Error('as asked');
  return started;
}

/** Fails while its child goes on, as long as its name is among the failing ones. */
async function awayWorkflow({ children, data, events }: WorkflowContext): Promise<unknown> {
  const child = children.start('Staying', { parentClosePolicy: 'abandon' });
  await events.waitFor('End');
  if (failing.has(data.get<string>('name'))) throw new Error('as asked');
  return child.result();
}

async function stayingWorkflow({ events }: WorkflowContext): Promise<string> {
  await events.waitFor('Go');
  return 'went';
}

async function hearingWorkflow({ children }: WorkflowContext): Promise<unknown> {
  const child = children.start('Staying', {});
  return child.result().catch((error: unknown) => {
    const { code, status } = error as { readonly code: string; readonly status: string };
    return { code, status };
  });
}

beforeAll(async () => {
  harness = await createHarness();
  harness.actions.registerSimpleAction('nothing', 'Does nothing.', [], () => null);
  for (const workflow of [
    frailWorkflow,
    dependingWorkflow,
    patientWorkflow,
    leavingWorkflow,
    awayWorkflow,
    stayingWorkflow,
    hearingWorkflow,
  ]) {
    harness.runtime.registerWorkflow(workflow);
  }
  await harness.startWorker();
});
afterAll(() => harness.close());

const tenant = 'acme';
const start = (workflow: string, initialData = {}) => harness.runtime.startWorkflow(workflow, { tenant, initialData });
const send = (executionId: string, name: string, payload = {}) =>
  harness.runtime.enqueueEvent({ tenant, execution_id: executionId, event_name: name, payload });
const retry = (executionId: string) => harness.runtime.retryExecution({ tenant, executionId });

async function childrenOf(executionId: string, count = 1) {
  type Child = { execution_id: string; status: string; policy: string | null };
  let children: readonly Child[] = [];
  await until(async () => {
    children = await harness.sql<Child[]>`
      SELECT e.execution_id, e.status, s.payload -> 'initialData' ->> 'parentClosePolicy' AS policy
      FROM workflow_executions e JOIN workflow_events s ON s.execution_id = e.execution_id AND s.seq = 1
      WHERE e.parent_execution_id = ${executionId} ORDER BY e.created_at`;
    return children.length === count;
  }, 'its children start');
  return children;
}
const childOf = async (executionId: string) => (await childrenOf(executionId))[0]?.execution_id ?? '';

async function resultOf(executionId: string): Promise<unknown> {
  const [row] = await harness.sql`SELECT result FROM workflow_executions WHERE execution_id = ${executionId}`;
  return row?.result as unknown;
}

async function countOf(executionId: string, kind: string): Promise<number> {
  return (await harness.history(executionId)).filter((entry) => entry.kind === kind).length;
}

/** Ends it again: failed, then retried, then what it is now. */
async function untilRetried(executionId: string, status: 'completed' | 'failed'): Promise<void> {
  await until(async () => (await countOf(executionId, 'execution_retried')) > 0, 'the retry is taken');
  await harness.untilStatus(executionId, status);
}

describe('a child that is retried', () => {
  it('tells its parent of its first end alone', async () => {
    failing.add('once');
    const parent = await start('Patient', { name: 'once' });
    const child = await childOf(parent);
    await harness.untilStatus(child, 'failed');
    await until(async () => (await countOf(parent, 'child_ended')) === 1, 'the parent hears of it');
    failing.delete('once');
    await retry(child);
    await untilRetried(child, 'completed');
    await send(parent, 'Go');
    await harness.untilStatus(parent, 'completed');
    expect(await resultOf(parent)).toBe('once failed');
    const told = await harness.sql`
      SELECT name FROM workflow_events WHERE execution_id = ${parent} AND kind = 'child_ended'`;
    expect(told).toEqual([{ name: 'failed' }]);
  });

  it('is waited for no more by a parent that failed with it, until that is retried: then its last end counts', async () => {
    failing.add('both');
    const parent = await start('Depending', { name: 'both' });
    await harness.untilStatus(parent, 'failed');
    const child = await childOf(parent);
    failing.delete('both');
    // The child failed for good as far as the parent knows.
    await retry(parent);
    await until(async () => (await countOf(parent, 'execution_failed')) === 2, 'the parent fails again');
    await harness.untilStatus(parent, 'failed');
    await retry(child);
    await untilRetried(child, 'completed');
    await retry(parent);
    await harness.untilStatus(parent, 'completed');
    expect(await resultOf(parent)).toBe('both is fine');
    expect(await childrenOf(parent)).toHaveLength(1);
    expect(await countOf(parent, 'child_ended')).toBe(2);
  });

  it('that ended while its parent was failed is heard of when that is retried', async () => {
    failing.add('away');
    const parent = await start('Away', { name: 'away' });
    const child = await childOf(parent);
    await send(parent, 'End');
    await harness.untilStatus(parent, 'failed');
    await send(child, 'Go');
    await harness.untilStatus(child, 'completed');
    expect(await countOf(parent, 'child_ended')).toBe(0);
    failing.delete('away');
    await retry(parent);
    await harness.untilStatus(parent, 'completed');
    expect(await resultOf(parent)).toBe('went');
    expect(await countOf(parent, 'child_ended')).toBe(1);
  });
});

describe('the end of a parent', () => {
  const ends: readonly (readonly [string, (executionId: string) => Promise<unknown>])[] = [
    ['completed', (executionId) => send(executionId, 'End', { fails: false })],
    ['failed', (executionId) => send(executionId, 'End', { fails: true })],
    ['canceled', (executionId) => harness.runtime.cancelExecution({ tenant, executionId })],
    ['terminated', (executionId) => harness.runtime.terminateExecution({ tenant, executionId })],
    [
      'terminated while it is paused',
      async (executionId) => {
        await harness.runtime.pauseExecution({ tenant, executionId });
        await harness.untilStatus(executionId, 'paused');
        await harness.runtime.terminateExecution({ tenant, executionId });
      },
    ],
  ];
  it.each(ends)('as %s terminates, cancels and abandons its children by their policies', async (_, end) => {
    const parent = await start('Leaving');
    const children = await childrenOf(parent, 3);
    await harness.untilStatus(parent, 'waiting');
    await end(parent);
    await harness.untilStatus(parent, 'completed', 'failed', 'canceled', 'terminated');
    const idOf = (policy: string) => children.find((child) => child.policy === policy)?.execution_id ?? '';
    expect(await harness.untilStatus(idOf('terminate'), 'terminated')).toBe('terminated');
    expect(await harness.untilStatus(idOf('cancel'), 'canceled')).toBe('canceled');
    await send(idOf('abandon'), 'Go');
    await harness.untilStatus(idOf('abandon'), 'completed');
    expect(await resultOf(idOf('abandon'))).toBe('went');
  });
});

describe('the end of a child', () => {
  const ends: readonly (readonly [string, (executionId: string) => Promise<unknown>, unknown])[] = [
    ['completed', (executionId) => send(executionId, 'Go'), 'went'],
    [
      'canceled',
      (executionId) => harness.runtime.cancelExecution({ tenant, executionId }),
      { code: 'child_canceled', status: 'canceled' },
    ],
    [
      'terminated',
      (executionId) => harness.runtime.terminateExecution({ tenant, executionId }),
      { code: 'child_terminated', status: 'terminated' },
    ],
    [
      'terminated while it is paused',
      async (executionId) => {
        await harness.runtime.pauseExecution({ tenant, executionId });
        await harness.untilStatus(executionId, 'paused');
        await harness.runtime.terminateExecution({ tenant, executionId });
      },
      { code: 'child_terminated', status: 'terminated' },
    ],
  ];
  it.each(ends)('as %s reaches its parent', async (_, end, result) => {
    const parent = await start('Hearing');
    const child = await childOf(parent);
    await harness.untilStatus(child, 'waiting');
    await end(child);
    await harness.untilStatus(parent, 'completed');
    expect(await resultOf(parent)).toEqual(result);
    expect(await countOf(parent, 'child_ended')).toBe(1);
  });
});

describe('a failed execution with a workflow key', () => {
  const keyed = (workflowKey: string) =>
    harness.runtime.startWorkflow('Frail', { tenant, workflowKey, initialData: { name: workflowKey } });

  it('is not retried while another one holds the key, and is when that has ended', async () => {
    failing.add('k-1');
    const first = await keyed('k-1');
    await harness.untilStatus(first, 'failed');
    const holder = await harness.runtime.startWorkflow('Staying', { tenant, workflowKey: 'k-1' });
    failing.delete('k-1');
    // The key of another workflow is another key.
    const second = await harness.runtime.startWorkflow('Frail', {
      tenant,
      workflowKey: 'k-1',
      initialData: { name: 'k-1', waits: true },
    });
    expect(second).not.toBe(first);
    await expect(retry(first)).rejects.toMatchObject({ code: 'workflow_key_taken', executionId: second });
    expect(await countOf(first, 'execution_retried')).toBe(0);
    await send(second, 'Go');
    await harness.untilStatus(second, 'completed');
    await retry(first);
    await harness.untilStatus(first, 'completed');
    expect(await resultOf(first)).toBe('k-1 is fine');
    await send(holder, 'Go');
  });

  it('whose retry was accepted before the key was taken stays failed, and keeps nobody else waiting', async () => {
    failing.add('k-2');
    const first = await keyed('k-2');
    await harness.untilStatus(first, 'failed');
    failing.delete('k-2');
    const other = await start('Frail', { name: 'other' });
    await harness.untilStatus(other, 'completed');
    // Both in one commit: the retry is in the inbox, and the key is taken.
    await harness.sql.begin(async (sql) => {
      await sql`
        INSERT INTO workflow_events (execution_id, partition_id, tenant_id, kind, payload)
        SELECT execution_id, partition_id, tenant_id, 'execution_retried', '{"by":null,"reason":null}'::json
        FROM workflow_executions WHERE execution_id = ${first}`;
      await sql`
        UPDATE workflow_executions SET workflow_key = 'k-2', status = 'paused', ended_at = NULL
        WHERE execution_id = ${other}`;
    });
    await until(async () => {
      const [row] = await harness.sql`
        SELECT disposition FROM workflow_events WHERE execution_id = ${first} AND kind = 'execution_retried'`;
      return row?.disposition === 'too_late';
    }, 'the retry is closed');
    expect(await harness.untilStatus(first, 'failed')).toBe('failed');
    await harness.untilStatus(await start('Frail', { name: 'third' }), 'completed');
  });
});

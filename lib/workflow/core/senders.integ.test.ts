import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExecutionEndedError, ExecutionNotFoundError, WorkflowNotFoundError } from '../model/errors';
import type { JsonObject } from '../model/json';
import { createHarness, type Harness } from '../testing/harness';
import { enqueueEvent } from './enqueueEvent';
import { startWorkflow } from './startWorkflow';
import { submitEvent } from './submitEvent';

const tenant = 'acme';
let harness: Harness;

beforeAll(async () => {
  harness = await createHarness();
  harness.runtime.registerWorkflow(async ({ events }) => void (await events.waitFor('Go')), { name: 'Waiting' });
  await harness.runtime.publish();
});
afterAll(() => harness.close());

describe('starts that share a statement', () => {
  it('each answer for themselves: new, the key taken, the workflow unknown', async () => {
    const key = { tenant, workflowKey: 'invoice-1' };
    const [first, second, unknown, other] = await Promise.allSettled([
      startWorkflow(harness.deps, 'Waiting', key),
      startWorkflow(harness.deps, 'Waiting', key),
      startWorkflow(harness.deps, 'Nobody', { tenant }),
      startWorkflow(harness.deps, 'Waiting', { tenant }),
    ]);
    expect(first).toEqual({ status: 'fulfilled', value: expect.any(String) as string });
    expect(second).toEqual(first);
    expect(unknown).toMatchObject({ status: 'rejected', reason: expect.any(WorkflowNotFoundError) as unknown });
    expect(other).toMatchObject({ status: 'fulfilled' });
    const rows = await harness.sql`SELECT execution_id FROM workflow_executions`;
    expect(rows).toHaveLength(2);
  });

  it('are repeated by their idempotency key: one execution for each workflow key, with an id of its own', async () => {
    const start = (workflowKey?: string) =>
      startWorkflow(harness.deps, 'Waiting', {
        tenant,
        idempotencyKey: 'order-1',
        ...(workflowKey !== undefined && { workflowKey }),
      });
    const ids = await Promise.all([start('A'), start('B'), start(), start('A'), start('B'), start()]);
    expect(ids.slice(3)).toEqual(ids.slice(0, 3));
    expect(new Set(ids).size).toBe(3);
    const rows = await harness.sql<{ execution_id: string; workflow_key: string | null }[]>`
      SELECT execution_id, workflow_key FROM workflow_executions WHERE execution_id = ANY(${ids}::uuid[])`;
    expect(new Map(rows.map((row) => [row.workflow_key, row.execution_id]))).toEqual(
      new Map([
        ['A', ids[0]],
        ['B', ids[1]],
        [null, ids[2]],
      ]),
    );
    expect(rows).toHaveLength(3);
  });

  it.each([
    ['initialData', { initialData: { amount: 2 } }],
    ['initialData', {}],
    ['subject', { initialData: { amount: 1, currency: 'EUR' }, subject: 'another' }],
  ])('are refused where their idempotency key was used with another %s', async (differs, other) => {
    const subject = 'INV-1';
    const key = { tenant, idempotencyKey: `reused for ${differs} ${JSON.stringify(other)}` };
    const start = (more: object) => startWorkflow(harness.deps, 'Waiting', { ...key, subject, ...more });
    const first = await start({ initialData: { amount: 1, currency: 'EUR' } });
    await expect(start(other)).rejects.toMatchObject({
      code: 'idempotency_key_reused',
      httpStatus: 409,
      message: expect.stringContaining(`for a start of "Waiting" that differs in ${differs}.`) as string,
    });
    expect(await start({ initialData: { currency: 'EUR', amount: 1 } })).toBe(first);
  });

  it('know a repeat by what was given: dates, what is undefined and the order of members are no difference', async () => {
    const at = new Date(Date.UTC(2026, 0, 5));
    const given = [
      { at, amount: 1, note: undefined },
      { amount: 1, at },
    ];
    // As code that sends dates and the like gives them, whatever the types say.
    const starts = given.map((each) => ({
      tenant,
      idempotencyKey: 'faithful',
      initialData: each as unknown as JsonObject,
    }));
    const submits = given.map((payload) => {
      const event = { tenant, userId: null, eventType: 'PAID', idempotencyKey: 'faithful' };
      return { ...event, payload: payload as unknown as JsonObject };
    });
    const ids: string[] = [];
    for (const start of starts) ids.push(await startWorkflow(harness.deps, 'Waiting', start));
    expect(ids[1]).toBe(ids[0]);
    const events: string[] = [];
    for (const submit of submits) events.push((await submitEvent(harness.deps, submit)).eventId);
    expect(events[1]).toBe(events[0]);
  });

  it('with one idempotency key in one moment: one counts, others are refused where they differ', async () => {
    const key = { tenant, idempotencyKey: 'in one moment' };
    const amounts = [1, 2, 1, 2, 1, 2, 1, 2];
    const outcomes = await Promise.allSettled(
      amounts.map((amount) => startWorkflow(harness.deps, 'Waiting', { ...key, initialData: { amount } })),
    );
    const ids = new Set(outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])));
    expect(ids.size).toBe(1);
    const [row] = await harness.sql<{ amount: number }[]>`
      SELECT (payload -> 'initialData' ->> 'amount')::int AS amount FROM workflow_events
      WHERE execution_id = ${[...ids][0] ?? ''} AND seq = 1`;
    const refused = { status: 'rejected', reason: { code: 'idempotency_key_reused' } };
    expect(outcomes).toMatchObject(
      amounts.map((amount) => (amount === row?.amount ? { status: 'fulfilled' } : refused)),
    );
  });

  it('find the holder of a workflow key, whatever data they come with', async () => {
    const start = (amount: number) =>
      startWorkflow(harness.deps, 'Waiting', { tenant, workflowKey: 'cart-1', initialData: { amount } });
    expect(await start(2)).toBe(await start(1));
  });

  it('pin the version that is current when they commit', async () => {
    const before = await startWorkflow(harness.deps, 'Waiting', { tenant });
    await harness.sql`UPDATE workflow_registrations SET current_version = '2' WHERE name = 'Waiting'`;
    const after = await startWorkflow(harness.deps, 'Waiting', { tenant });
    await harness.sql`UPDATE workflow_registrations SET current_version = '1' WHERE name = 'Waiting'`;
    const rows = await harness.sql`
      SELECT e.workflow_version, v.payload ->> 'version' AS logged
      FROM workflow_executions e JOIN workflow_events v USING (execution_id)
      WHERE execution_id IN (${before}, ${after}) ORDER BY execution_id`;
    expect([...rows]).toEqual([
      { workflow_version: '1', logged: '1' },
      { workflow_version: '2', logged: '2' },
    ]);
  });
});

describe('signals that share a statement', () => {
  const send = (executionId: string, name: string, of = tenant) =>
    enqueueEvent(harness.deps, { execution_id: executionId, event_name: name, tenant: of });

  it('enter the inbox in the order of their calls, also of calls that nobody awaits', async () => {
    const executionId = await startWorkflow(harness.deps, 'Waiting', { tenant });
    const names = Array.from({ length: 40 }, (_, index) => `Event${index}`);
    await Promise.all(names.map((name) => send(executionId, name)));
    const rows = await harness.sql`
      SELECT name FROM workflow_events WHERE execution_id = ${executionId} AND seq IS NULL ORDER BY row_id`;
    expect(rows.map((row) => row.name as string)).toEqual(names);
  });

  it('each fail for themselves: no such execution, of another tenant, ended, text that Postgres cannot hold', async () => {
    const [open, ended] = await Promise.all([
      startWorkflow(harness.deps, 'Waiting', { tenant }),
      startWorkflow(harness.deps, 'Waiting', { tenant }),
    ]);
    await harness.sql`UPDATE workflow_executions SET status = 'completed' WHERE execution_id = ${ended}`;
    const [none, foreign, late, refused, good] = await Promise.allSettled([
      send('00000000-0000-7000-8000-000000000000', 'Go'),
      send(open, 'Go', 'globex'),
      send(ended, 'Go'),
      send(open, 'Go\u0000'),
      send(open, 'Go'),
    ]);
    const because = (reason: unknown) => ({ status: 'rejected', reason });
    expect(none).toMatchObject(because(expect.any(ExecutionNotFoundError)));
    expect(foreign).toMatchObject(because(expect.any(ExecutionNotFoundError)));
    expect(late).toMatchObject(because(expect.any(ExecutionEndedError)));
    expect(refused).toMatchObject(because({ code: 'unstorable_value' }));
    expect(good).toMatchObject({ status: 'fulfilled' });
    const rows = await harness.sql`
      SELECT name FROM workflow_events WHERE execution_id IN (${open}, ${ended}) AND seq IS NULL`;
    expect(rows.map((row) => row.name as string)).toEqual(['Go']);
  });
});

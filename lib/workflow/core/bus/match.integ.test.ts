import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonValue } from '../../model/json';
import type { WorkflowContext } from '../../model/workflow';
import type { BusStore } from '../../model/ports/bus';
import { createHarness, until, type Harness } from '../../testing/harness';
import { submitEvent, submitEventIn, type SubmitEventInput } from '../submitEvent';

let harness: Harness;
/** What the owner's look passes before it reads. */
let beforeLook: () => Promise<void> = () => Promise.resolve();
let beforeFlush: () => Promise<void> = () => Promise.resolve();

/** Waits for the payment of its own invoice, which is announced to everybody. */
async function payment({ data, events, setState }: WorkflowContext): Promise<JsonValue> {
  setState('unpaid');
  const paid = await events.waitFor('PAID', { match: { invoiceId: data.get<string>('invoiceId') } });
  return paid.payload as JsonValue;
}

async function impatient({ data, events }: WorkflowContext): Promise<string> {
  const match = { invoiceId: data.get<string>('invoiceId') };
  return (await events.waitFor('PAID', { match, timeout: '3 days' })) === null ? 'never paid' : 'paid';
}

/** Started by the very event that it waits for: the next one counts. */
async function chain({ events, input }: WorkflowContext): Promise<string> {
  const first = input.triggerEvent as { payload: { order: string } };
  const next = await events.waitFor('ORDERED', { match: { order: first.payload.order } });
  return next.event_id === input.triggerEvent.event_id ? 'itself' : 'the next';
}

async function emitter({ data, events }: WorkflowContext): Promise<string> {
  await events.emit('PAID', { invoiceId: data.get<string>('invoiceId') });
  return 'emitted';
}

beforeAll(async () => {
  harness = await createHarness();
  for (const [name, workflow] of Object.entries({
    Payment: payment,
    Impatient: impatient,
    Chain: chain,
    Emitter: emitter,
  }))
    harness.runtime.registerWorkflow(workflow, { name });
  const wrapBus = (bus: BusStore): BusStore => ({
    ...bus,
    eventsFor: async (query) => {
      await beforeLook();
      return bus.eventsFor(query);
    },
  });
  await harness.startWorker({
    wrapBus,
    wrapStore: (store) => ({
      ...store,
      flush: async (batch) => {
        if (batch.executions.some((flush) => flush.waitsAdded.length > 0)) await beforeFlush();
        return store.flush(batch);
      },
    }),
  });
});
afterAll(() => harness.close());

const start = (invoiceId: string, name = 'Payment', tenant = 'acme') =>
  harness.runtime.startWorkflow(name, { tenant, initialData: { invoiceId } });
const paid = (invoiceId: string, tenant = 'acme'): SubmitEventInput => {
  return { tenant, userId: 'mia', eventType: 'PAID', payload: { invoiceId } };
};
const looked = (id: string) =>
  until(async () => {
    const rows = await harness.sql`SELECT 1 FROM workflow_waits WHERE execution_id = ${id} AND checked_at IS NOT NULL`;
    return rows.length === 1;
  }, 'the wait is looked for');
const resultOf = async (id: string) =>
  (await harness.sql<{ result: JsonValue }[]>`SELECT result FROM workflow_executions WHERE execution_id = ${id}`)[0]
    ?.result;

/** Stands still at a point until it is let go. */
function gate(): { readonly reached: Promise<void>; readonly pass: () => Promise<void>; open(): void } {
  let reach = (): void => undefined;
  let open = (): void => undefined;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const opened = new Promise<void>((resolve) => (open = resolve));
  const pass = () => {
    reach();
    return opened;
  };
  return { reached, pass, open };
}

describe('match on events of the bus', () => {
  it('finds each wait for an event with more values than one statement asks for', async () => {
    const ids = ['large-first', 'large-last'];
    const [first = '', last = ''] = await Promise.all(ids.map((id) => start(id)));
    await Promise.all([looked(first), looked(last)]);
    const lines = Array.from({ length: 25_000 }, (_, index) => index);
    for (const payload of [
      { invoiceId: ids[0], lines },
      { lines, invoiceId: ids[1] },
    ] as JsonValue[]) {
      await submitEvent(harness.deps, { tenant: 'acme', userId: 'mia', eventType: 'PAID', payload });
    }
    await Promise.all([harness.untilStatus(first, 'completed'), harness.untilStatus(last, 'completed')]);
  });

  it('ends the wait that asks for what the event holds, and no other', async () => {
    const [first, second] = [await start('inv-1'), await start('inv-2')];
    await Promise.all([looked(first), looked(second)]);
    await submitEvent(harness.deps, paid('inv-2'));
    await harness.untilStatus(second, 'completed');
    expect(await resultOf(second)).toEqual({ invoiceId: 'inv-2' });
    expect(await harness.untilStatus(first, 'waiting', 'completed')).toBe('waiting');
    expect(
      await harness.sql`SELECT 1 FROM workflow_events WHERE execution_id = ${first} AND bus_event_id IS NOT NULL`,
    ).toEqual([]);
    await harness.runtime.enqueueEvent({
      execution_id: first,
      event_name: 'PAID',
      payload: { invoiceId: 'inv-1' },
      tenant: 'acme',
    });
    await harness.untilStatus(first, 'completed');
  });

  it('shows what is waited for', async () => {
    const id = await start('inv-shown');
    await looked(id);
    const [wait] = await harness.sql`SELECT names, match, kind FROM workflow_waits WHERE execution_id = ${id}`;
    expect(wait).toEqual({ names: ['PAID'], match: { invoiceId: 'inv-shown' }, kind: 'event' });
  });

  it('finds an event that is committed before the wait, while its fan-out saw no wait', async () => {
    const held = gate();
    beforeFlush = held.pass;
    const id = await start('inv-early');
    await held.reached;
    await submitEvent(harness.deps, paid('inv-early'));
    const [event] = await harness.sql`
      SELECT fanned_out_at FROM workflow_bus_events WHERE payload ->> 'invoiceId' = 'inv-early'`;
    expect(event?.fanned_out_at).not.toBeNull();
    beforeFlush = () => Promise.resolve();
    held.open();
    await harness.untilStatus(id, 'completed');
  });

  it('finds an event that is committed after the look of the wait, which did not see it', async () => {
    const { afterCommit, id } = await harness.sql.begin(async (tx) => {
      const submitted = await submitEventIn(harness.deps, tx, paid('inv-late'));
      const started = await start('inv-late');
      // The look is over before the event is there for others to see.
      await looked(started);
      return { afterCommit: submitted.afterCommit, id: started };
    });
    await afterCommit();
    await harness.untilStatus(id, 'completed');
  });

  it('delivers once where both sides find each other', async () => {
    const held = gate();
    beforeLook = held.pass;
    const id = await start('inv-both');
    await held.reached;
    await submitEvent(harness.deps, paid('inv-both'));
    beforeLook = () => Promise.resolve();
    held.open();
    await harness.untilStatus(id, 'completed');
    const rows =
      await harness.sql`SELECT 1 FROM workflow_events WHERE execution_id = ${id} AND bus_event_id IS NOT NULL`;
    expect(rows).toHaveLength(1);
  });

  it('comes although whoever submitted died before the fan-out', async () => {
    const id = await start('inv-swept');
    await looked(id);
    // Committed, and `afterCommit` is never called.
    await harness.sql.begin((tx) => submitEventIn(harness.deps, tx, paid('inv-swept')));
    await harness.untilStatus(id, 'completed');
  });

  it('comes although the owner did not look after its flush', async () => {
    beforeLook = () => Promise.reject(new Error('out of order'));
    const held = gate();
    beforeFlush = held.pass;
    const id = await start('inv-unlooked');
    await held.reached;
    await submitEvent(harness.deps, paid('inv-unlooked'));
    held.open();
    beforeFlush = () => Promise.resolve();
    await until(async () => {
      const rows = await harness.sql`SELECT 1 FROM workflow_waits WHERE execution_id = ${id} AND checked_at IS NULL`;
      return rows.length === 1;
    }, 'the wait is committed and was not looked for');
    beforeLook = () => Promise.resolve();
    await harness.untilStatus(id, 'completed');
  });

  it('never crosses tenants', async () => {
    const [acme, globex] = [await start('inv-shared'), await start('inv-shared', 'Payment', 'globex')];
    await Promise.all([looked(acme), looked(globex)]);
    await submitEvent(harness.deps, paid('inv-shared', 'globex'));
    await harness.untilStatus(globex, 'completed');
    expect(
      await harness.sql`SELECT 1 FROM workflow_events WHERE execution_id = ${acme} AND bus_event_id IS NOT NULL`,
    ).toEqual([]);
  });

  it('does not give an execution the event that started it', async () => {
    const [registration] = await harness.sql`SELECT registration_id FROM workflow_registrations WHERE name = 'Chain'`;
    await harness.sql`
      INSERT INTO workflow_event_attachments (attachment_id, tenant_id, event_type, workflow_id)
      VALUES (gen_random_uuid(), 'acme', 'ORDERED', ${registration?.registration_id as string})`;
    const order = { tenant: 'acme', userId: null, eventType: 'ORDERED', payload: { order: 'o-1' } };
    const { executionIds } = await submitEvent(harness.deps, order);
    await looked(executionIds[0] ?? '');
    await submitEvent(harness.deps, order);
    await harness.untilStatus(executionIds[0] ?? '', 'completed');
    expect(await resultOf(executionIds[0] ?? '')).toBe('the next');
  });

  it('gives events that workflows emit, in pages, to all that wait for them', async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, () => start('inv-emitted')));
    await Promise.all(ids.map(looked));
    await start('inv-emitted', 'Emitter');
    for (const id of ids) expect(await harness.untilStatus(id, 'completed')).toBe('completed');
  });

  it('ends by its timeout, and leaves nothing that an event could find', async () => {
    const id = await start('inv-timeout', 'Impatient');
    await looked(id);
    harness.moveTime(4 * 86_400_000);
    await harness.untilStatus(id, 'completed');
    expect(await resultOf(id)).toBe('never paid');
    expect(await harness.sql`SELECT 1 FROM workflow_waits WHERE execution_id = ${id}`).toEqual([]);
  });
});

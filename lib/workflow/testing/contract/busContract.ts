import { describe, expect, it } from 'vitest';
import { fanOut } from '../../core/bus/fanOut';
import { lookForEvents } from '../../core/bus/lookForEvents';
import type { Match } from '../../model/match';
import type { MatchWait } from '../../model/ports/bus';
import type { ExecutionKey } from '../../model/ports/store';
import { flushOf, takeOne, type StoreFixture } from './storeFixture';

export function describeBus(current: () => { readonly fixture: StoreFixture; readonly workerId: string }): void {
  /** Commits a wait; nobody has looked for it yet. */
  const waitIn = async (key: ExecutionKey, match: Match, options: { names?: string[]; tenant?: string } = {}) => {
    const { fixture, workerId } = current();
    const { names = ['Paid'], tenant = 'acme' } = options;
    const none = { deadlineMs: null, taskId: null, sinceMs: 0 };
    const waitsAdded = [{ commandId: 'waitFor#1', kind: 'event' as const, names, match, ...none }];
    const won = await fixture.store.flush({ workerId, executions: [flushOf(key, 1, { tenant, waitsAdded })] });
    expect(won.size).toBe(1);
    return { ...key, commandId: 'waitFor#1', tenant, names, match } satisfies MatchWait;
  };
  const start = (tenant?: string) => current().fixture.start(tenant === undefined ? {} : { tenant });
  const submit = async (id: string, tenant = 'acme') =>
    (await current().fixture.submit({ tenant, name: 'Paid', payload: { id } })).event;
  const pastThisMillisecond = async () => {
    const { fixture } = current();
    const fromMs = await fixture.nowMs();
    while ((await fixture.nowMs()) < fromMs + 2) await new Promise((resolve) => setImmediate(resolve));
  };
  const inboxOf = async (key: ExecutionKey) => (await current().fixture.stored(key)).inbox.length;

  describe('bus', () => {
    it('gives an event to the waits that ask for what it holds, and to no others', async () => {
      const { bus } = current().fixture;
      const [asking, other, elsewhere] = [await start(), await start(), await start()];
      await waitIn(asking, { id: 'a' });
      await waitIn(other, { id: 'b' });
      await waitIn(elsewhere, { id: 'a' }, { names: ['Refunded'] });
      expect(await fanOut(bus, [await submit('a')])).toEqual([asking]);
      expect([await inboxOf(asking), await inboxOf(other), await inboxOf(elsewhere)]).toEqual([1, 0, 0]);
      const [entry] = (await takeOne(current(), asking, 1)) ?? [];
      expect(entry).toMatchObject({ kind: 'event_received', body: { viaBus: true, event: { payload: { id: 'a' } } } });
    });

    it('compares all keys of a match, each with its own kind of value', async () => {
      const { fixture } = current();
      const [both, one, text] = [await start(), await start(), await start()];
      await waitIn(both, { 'invoice.id': 5, ok: true });
      await waitIn(one, { 'invoice.id': 5, ok: false });
      await waitIn(text, { 'invoice.id': '5' });
      const { event } = await fixture.submit({ name: 'Paid', payload: { invoice: { id: 5 }, ok: true } });
      expect(await fanOut(fixture.bus, [event])).toEqual([both]);
    });

    it('delivers once, whoever finds it and however often', async () => {
      const { bus } = current().fixture;
      const key = await start();
      const wait = await waitIn(key, { id: 'once' });
      const event = await submit('once');
      const reached = await Promise.all([fanOut(bus, [event]), lookForEvents(bus, [wait]), fanOut(bus, [event])]);
      expect(reached.flat()).toEqual([key]);
      await lookForEvents(bus, [wait]);
      expect(await inboxOf(key)).toBe(1);
    });

    it('looks for what came since the execution began, oldest first, page by page', async () => {
      const { bus } = current().fixture;
      await submit('paged');
      await pastThisMillisecond();
      const key = await start();
      const events = [await submit('paged'), await submit('not this'), await submit('paged'), await submit('paged')];
      const wait = await waitIn(key, { id: 'paged' });
      await lookForEvents(bus, [wait], 1);
      const ids = ((await takeOne(current(), key, 1)) ?? []).flatMap((entry) =>
        entry.kind === 'event_received' ? [entry.body.event.event_id] : [],
      );
      expect(ids).toEqual([events[0], events[2], events[3]].map((event) => event?.eventId));
    });

    it('reaches many waits page by page', async () => {
      const { bus } = current().fixture;
      const keys = await Promise.all(Array.from({ length: 7 }, () => start()));
      for (const key of keys) await waitIn(key, { id: 'many' });
      const reached = await fanOut(bus, [await submit('many')], 2);
      const ids = (list: readonly ExecutionKey[]) => list.map((each) => each.executionId).sort();
      expect(ids(reached)).toEqual(ids(keys));
    });

    it('keeps tenants apart on both sides', async () => {
      const { bus } = current().fixture;
      const key = await start('globex');
      const wait = await waitIn(key, { id: 'tenants' }, { tenant: 'globex' });
      const event = await submit('tenants');
      expect(await fanOut(bus, [event])).toEqual([]);
      expect(await lookForEvents(bus, [wait])).toEqual([]);
      await bus.deliver({ deliveries: [{ ...key, eventId: event.eventId }], fannedOut: [], lookedFor: [] });
      expect(await inboxOf(key)).toBe(0);
    });

    it('never gives an execution the event that started it', async () => {
      const { fixture } = current();
      const { event, started } = await fixture.submit({ name: 'Paid', payload: { id: 'start' }, starts: true });
      if (!started) throw new Error('Nothing was started.');
      const key = { executionId: started.executionId, partitionId: started.partitionId };
      const wait = await waitIn(key, { id: 'start' });
      expect(await fanOut(fixture.bus, [event])).toEqual([]);
      expect(await lookForEvents(fixture.bus, [wait])).toEqual([]);
    });

    const sent = {
      name: 'Paid',
      type: 'INVOICE_PAID',
      subject: 'INV-1',
      payload: { id: 'inv-1', lines: [{ n: 1, tax: null }] },
    };

    it('answers a submit that is repeated with its key by the event of the first time', async () => {
      const { fixture } = current();
      const first = await fixture.submitOnce({ ...sent, idempotencyKey: 'again' });
      const turned = { lines: [{ tax: null, n: 1.0 }], id: 'inv-1' };
      expect(await fixture.submitOnce({ ...sent, payload: turned, idempotencyKey: 'again' })).toBe(first);
      expect(await fixture.submitOnce({ ...sent, idempotencyKey: 'another' })).not.toBe(first);
      const elsewhere = { tenant: 'globex', name: 'Refunded', payload: null, idempotencyKey: 'again' };
      expect(await fixture.submitOnce(elsewhere)).not.toBe(first);
    });

    it.each([
      ['event_name', { name: 'Refunded' }],
      ['event_type', { type: 'INVOICE_REFUNDED' }],
      ['subject', { subject: 'INV-2' }],
      ['payload', { payload: { ...sent.payload, id: 'inv-2' } }],
      ['payload', { payload: { ...sent.payload, lines: [{ n: '1', tax: null }] } }],
      ['payload', { payload: { ...sent.payload, more: null } }],
      ['payload', { payload: null }],
      ['event_name and payload', { name: 'Refunded', payload: {} }],
    ])('refuses a known key with another %s, and keeps what it has', async (differs, other) => {
      const { fixture } = current();
      const idempotencyKey = `other ${differs} ${JSON.stringify(other)}`;
      const first = await fixture.submitOnce({ ...sent, idempotencyKey });
      await expect(fixture.submitOnce({ ...sent, ...other, idempotencyKey })).rejects.toMatchObject({
        code: 'idempotency_key_reused',
        message: expect.stringContaining(`for an event that differs in ${differs}.`) as string,
      });
      expect(await fixture.submitOnce({ ...sent, idempotencyKey })).toBe(first);
    });

    it('gives nothing to an execution that has ended', async () => {
      const { fixture } = current();
      const key = await start();
      await waitIn(key, { id: 'ended' });
      await fixture.setStatus(key, 'completed');
      expect(await fanOut(fixture.bus, [await submit('ended')])).toEqual([]);
    });

    it('tells of waits and events until somebody looked for them', async () => {
      const { fixture } = current();
      const { bus } = fixture;
      const key = await fixture.start({ partitionId: 33 });
      const wait = await waitIn(key, { id: 'undone' });
      const event = await submit('undone');
      const waits = () => bus.findNotLookedFor({ partitions: [33], limit: 10 });
      const hasEvent = async (minAgeMs: number) =>
        (await bus.findNotFannedOut({ minAgeMs, limit: 1_000 })).some((each) => each.eventId === event.eventId);
      expect(await waits()).toEqual([wait]);
      expect([await hasEvent(0), await hasEvent(60_000)]).toEqual([true, false]);
      await lookForEvents(bus, [wait]);
      await fanOut(bus, [event]);
      expect(await waits()).toEqual([]);
      expect(await hasEvent(0)).toBe(false);
    });
  });
}

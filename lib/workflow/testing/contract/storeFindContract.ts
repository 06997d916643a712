import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ExecutionKey } from '../../model/ports/store';
import type { ExecutionStatus } from '../../model/status';
import type { Current } from './storeContract';
import { flushOf } from './storeFixture';

const ids = (keys: readonly ExecutionKey[]) => keys.map((key) => key.executionId).sort();
const idsOf = (...keys: ExecutionKey[]) => ids(keys);

export function describeFinding(current: Current): void {
  const find = (partitions: readonly number[]) =>
    current().fixture.store.findWork({ partitions, limit: 100, horizonMs: 10_000 });
  const startIn = async (partitionId: number, status: ExecutionStatus) => {
    const { fixture } = current();
    const key = await fixture.start({ partitionId });
    if (status !== 'pending') await fixture.setStatus(key, status);
    return key;
  };

  describe('finding work', () => {
    it('finds new executions and those with an inbox, in the partitions asked for', async () => {
      const { fixture } = current();
      const fresh = await startIn(20, 'pending');
      const addressed = await startIn(20, 'waiting');
      await startIn(20, 'waiting');
      const elsewhere = await startIn(21, 'pending');
      await fixture.send(addressed, 'A');
      const found = await find([20]);
      expect(ids(found.executions)).toEqual(idsOf(fresh, addressed));
      expect(Math.abs(found.nowMs - (await fixture.nowMs()))).toBeLessThan(2_000);
      expect(ids((await find([20, 21])).executions)).toEqual(idsOf(fresh, addressed, elsewhere));
    });

    it('skips what is paused or blocked on code, and finds the inbox of what has ended', async () => {
      const { fixture } = current();
      const [paused, blocked, ended] = [
        await startIn(22, 'paused'),
        await startIn(22, 'blocked_on_code'),
        await startIn(22, 'completed'),
      ];
      for (const key of [paused, blocked, ended]) await fixture.send(key, 'A');
      expect(ids((await find([22])).executions)).toEqual(idsOf(ended));
    });

    it('finds due timers, and tells of those that are due soon', async () => {
      const { fixture, workerId } = current();
      const [soon, later] = [await startIn(23, 'waiting'), await startIn(23, 'waiting')];
      const nowMs = await fixture.nowMs();
      const timer = (afterMs: number) => ({
        timersAdded: [{ commandId: 'sleep#1', fireAtMs: nowMs + afterMs, taskId: null }],
      });
      const executions = [flushOf(soon, 1, timer(5_000)), flushOf(later, 1, timer(60_000))];
      await fixture.store.flush({ workerId, executions });
      const before = await find([23]);
      expect(before.executions).toEqual([]);
      expect(before.upcoming).toEqual([{ ...soon, fireAtMs: nowMs + 5_000 }]);
      fixture.moveTime(5_000);
      expect(ids((await find([23])).executions)).toEqual(idsOf(soon));
    });

    it('tells the time of the database although there is no work', async () => {
      const { fixture } = current();
      const found = await find([24]);
      expect(found).toMatchObject({ executions: [], upcoming: [] });
      expect(Math.abs(found.nowMs - (await fixture.nowMs()))).toBeLessThan(2_000);
    });

    it('finds what was under way when its owner went, and blocked executions when asked', async () => {
      const { fixture } = current();
      const [pending, running, blocked] = [
        await startIn(25, 'pending'),
        await startIn(25, 'running'),
        await startIn(25, 'blocked_on_code'),
      ];
      for (const status of ['waiting', 'paused', 'completed'] as const) await startIn(25, status);
      const partitions = [25];
      expect(ids(await fixture.store.findUnfinished({ partitions, blockedForCode: null }))).toEqual(
        idsOf(pending, running),
      );
      expect(ids(await fixture.store.findUnfinished({ partitions, blockedForCode: 'other code' }))).toEqual(
        idsOf(pending, running, blocked),
      );
    });

    it('closes the inbox of an ended execution as too late, and of no other', async () => {
      const { fixture, workerId } = current();
      const [ended, open] = [await startIn(26, 'failed'), await startIn(26, 'waiting')];
      for (const key of [ended, open]) await fixture.send(key, 'A');
      expect(await fixture.store.closeLate({ workerId, executions: [ended, open] })).toEqual({
        closed: 1,
        handedTo: [],
      });
      expect((await fixture.stored(ended)).inbox).toEqual(['too_late']);
      expect((await fixture.stored(open)).inbox).toEqual([null]);
      expect(ids((await find([26])).executions)).toEqual(idsOf(open));
    });

    it('loads what exists and leaves out what does not', async () => {
      const { fixture } = current();
      const key = await fixture.start({ partitionId: 27 });
      await fixture.send(key, 'A');
      const loaded = await fixture.store.load({
        executions: [key, { executionId: randomUUID(), partitionId: 27 }],
      });
      expect(loaded).toHaveLength(1);
      expect(loaded[0]).toMatchObject({ ...key, tenant: 'acme', status: 'pending', hasInbox: true });
      expect(loaded[0]?.history.map((entry) => entry.kind)).toEqual(['execution_started']);
    });
  });
}

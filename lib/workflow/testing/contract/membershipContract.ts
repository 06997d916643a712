/** What every store of workers and partitions must do. Run by one test file for memory and one for Postgres. */
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MembershipStore } from '../../model/ports/membership';

export interface MembershipFixture {
  readonly store: MembershipStore;
  /** Makes the lease of a worker end in the past. */
  expireLease(workerId: string): Promise<void>;
  close(): Promise<void>;
}

const partitionCount = 64;

export function describeMembership(name: string, open: () => Promise<MembershipFixture>): void {
  describe(`membership (${name})`, () => {
    let fixture: MembershipFixture;
    let store: MembershipStore;

    beforeEach(async () => {
      fixture = await open();
      ({ store } = fixture);
    });
    afterEach(() => fixture.close());

    const join = async (definitions: readonly string[] = []): Promise<string> => {
      const workerId = randomUUID();
      await store.register({ workerId, host: 'test', pid: 1, codeVersion: '1', definitions }, 60_000);
      return workerId;
    };

    it('counts a registered worker as live and owner of nothing', async () => {
      const workerId = await join();
      expect(await store.survey({ workerId })).toEqual({
        liveWorkers: 1,
        owned: [],
        free: partitionCount,
        offered: 0,
        total: partitionCount,
      });
    });

    it('gives free partitions to who asks, and none twice', async () => {
      const [a, b] = [await join(), await join()];
      const acquired = await Promise.all([
        store.acquire({ workerId: a, count: 40 }),
        store.acquire({ workerId: b, count: 40 }),
      ]);
      const all = acquired.flat();
      expect(new Set(all).size).toBe(all.length);
      await store.acquire({ workerId: b, count: 40 });
      const [ofA, ofB] = [await store.survey({ workerId: a }), await store.survey({ workerId: b })];
      expect(ofA.free).toBe(0);
      expect([...ofA.owned, ...ofB.owned].sort((x, y) => x - y)).toEqual(
        Array.from({ length: partitionCount }, (_, index) => index),
      );
    });

    it('takes partitions back from their owner only', async () => {
      const [a, b] = [await join(), await join()];
      const acquired = await store.acquire({ workerId: a, count: 4 });
      await store.release({ workerId: b, partitions: acquired });
      expect((await store.survey({ workerId: a })).owned).toHaveLength(4);
      await store.release({ workerId: a, partitions: acquired.slice(0, 3) });
      expect((await store.survey({ workerId: a })).owned).toEqual(acquired.slice(3));
      expect(await store.acquire({ workerId: b, count: partitionCount })).toHaveLength(partitionCount - 1);
    });

    it('fences a worker whose lease ran out and frees its partitions', async () => {
      const [dead, alive] = [await join(), await join()];
      await store.acquire({ workerId: dead, count: 10 });
      await store.acquire({ workerId: alive, count: 10 });
      expect(await store.fenceExpired({ knownDead: null })).toEqual([]);
      await fixture.expireLease(dead);
      expect((await store.survey({ workerId: alive })).liveWorkers).toBe(1);
      expect(await store.fenceExpired({ knownDead: null })).toEqual([dead]);
      expect(await store.fenceExpired({ knownDead: null })).toEqual([]);
      expect(await store.survey({ workerId: alive })).toMatchObject({ liveWorkers: 1, free: partitionCount - 10 });
    });

    it('lets a fenced worker neither renew its lease nor acquire', async () => {
      const workerId = await join();
      await fixture.expireLease(workerId);
      await store.fenceExpired({ knownDead: null });
      expect(await store.heartbeat({ workerId, leaseMs: 60_000 })).toBe(false);
      expect(await store.acquire({ workerId, count: 5 })).toEqual([]);
    });

    it('lets a late heartbeat win against a takeover that has not begun', async () => {
      const workerId = await join();
      await fixture.expireLease(workerId);
      expect(await store.heartbeat({ workerId, leaseMs: 60_000 })).toBe(true);
      expect(await store.fenceExpired({ knownDead: null })).toEqual([]);
    });

    it('fences a worker that is known to be dead although its lease runs on', async () => {
      const [dead, successor] = [await join(), await join()];
      await store.acquire({ workerId: dead, count: 7 });
      expect(await store.fenceExpired({ knownDead: dead })).toEqual([dead]);
      expect(await store.acquire({ workerId: successor, count: partitionCount })).toHaveLength(partitionCount);
    });

    it('keeps what is offered to one worker from the others, as long as the offer stands', async () => {
      const [giver, taker, other] = [await join(), await join(), await join()];
      const all = await store.acquire({ workerId: giver, count: partitionCount });
      const some = all.slice(0, 3);
      await store.release({ workerId: giver, partitions: some, offer: { workerId: taker, forMs: 60_000 } });
      expect(await store.survey({ workerId: taker })).toMatchObject({ free: 3, offered: 3 });
      expect(await store.survey({ workerId: other })).toMatchObject({ free: 0, offered: 0 });
      expect(await store.acquire({ workerId: other, count: 9 })).toEqual([]);
      expect(await store.accept({ workerId: other })).toEqual([]);
      expect([...(await store.accept({ workerId: taker }))].sort((a, b) => a - b)).toEqual(some);
      expect(await store.accept({ workerId: taker })).toEqual([]);
      // The offer was for once.
      await store.release({ workerId: taker, partitions: some });
      expect(await store.acquire({ workerId: other, count: 9 })).toHaveLength(3);
    });

    it('gives an offer that nobody took to whoever asks, and offers nothing that is not the giver’s', async () => {
      const [giver, taker, other] = [await join(), await join(), await join()];
      const all = await store.acquire({ workerId: giver, count: partitionCount });
      await store.release({ workerId: other, partitions: all, offer: { workerId: taker, forMs: 60_000 } });
      expect(await store.survey({ workerId: taker })).toMatchObject({ free: 0, offered: 0 });
      await store.release({ workerId: giver, partitions: all, offer: { workerId: taker, forMs: -1 } });
      expect(await store.survey({ workerId: taker })).toMatchObject({ free: partitionCount, offered: 0 });
      expect(await store.accept({ workerId: taker })).toEqual([]);
      expect(await store.acquire({ workerId: other, count: partitionCount })).toHaveLength(partitionCount);
    });

    it('lets a fenced worker accept nothing', async () => {
      const [giver, taker] = [await join(), await join()];
      const partitions = await store.acquire({ workerId: giver, count: 2 });
      await store.release({ workerId: giver, partitions, offer: { workerId: taker, forMs: 60_000 } });
      await fixture.expireLease(taker);
      await store.fenceExpired({ knownDead: null });
      expect(await store.accept({ workerId: taker })).toEqual([]);
    });

    it('knows which other live workers have code, and how much they own', async () => {
      const [asking, both, one, dead] = [
        await join(['A@1', 'A@2']),
        await join(['A@1', 'A@2']),
        await join(['A@2']),
        await join(['A@2']),
      ];
      await join(['B@2']);
      await store.acquire({ workerId: one, count: 5 });
      await fixture.expireLease(dead);
      const found = await store.workersWithCode({ workerId: asking, definitions: ['A@2', 'A@3'] });
      expect(new Map(found.map(({ workerId, ...rest }) => [workerId, rest]))).toEqual(
        new Map([
          [both, { definitions: ['A@1', 'A@2'], partitions: 0 }],
          [one, { definitions: ['A@2'], partitions: 5 }],
        ]),
      );
      expect(await store.workersWithCode({ workerId: asking, definitions: ['A@3'] })).toEqual([]);
    });

    it('ends the life of a worker that retires: everything is free, and nothing can be written for it', async () => {
      const [leaving, staying] = [await join(), await join()];
      await store.acquire({ workerId: leaving, count: 9 });
      await store.retire({ workerId: leaving });
      expect(await store.survey({ workerId: staying })).toMatchObject({ liveWorkers: 1, free: partitionCount });
      expect(await store.heartbeat({ workerId: leaving, leaseMs: 60_000 })).toBe(false);
      expect(await store.acquire({ workerId: leaving, count: 1 })).toEqual([]);
      expect(await store.fenceExpired({ knownDead: null })).toEqual([]);
    });
  });
}

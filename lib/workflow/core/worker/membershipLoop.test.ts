import { describe, expect, it } from 'vitest';
import type { MembershipStore } from '../../model/ports/membership';
import type { Scheduler } from '../../model/ports/scheduler';
import { silentLogger } from '../../telemetry/silentLogger';
import { silentMetrics } from '../../telemetry/silentMetrics';
import { createMemoryMembership } from '../../testing/memory/membership';
import { MemoryTables } from '../../testing/memory/tables';
import { MembershipLoop } from './membershipLoop';

const settings = { leaseMs: 8_000, heartbeatMs: 2_500, balanceMs: 1_000 };

/** A loop whose time stands still until the test moves it. */
async function open(patch: (store: MembershipStore) => MembershipStore = (store) => store) {
  let nowMs = 0;
  let timers: { atMs: number; run: () => void }[] = [];
  const scheduler: Scheduler = {
    setTimer: ({ delayMs, run }) => {
      const timer = { atMs: nowMs + delayMs, run };
      timers.push(timer);
      return timer;
    },
    clearTimer: (handle) => {
      timers = timers.filter((timer) => timer !== handle);
    },
  };
  const tables = new MemoryTables({ nowMs: () => nowMs, partitionCount: 4 });
  const store = createMemoryMembership({ tables });
  const heard: string[] = [];
  const loop = new MembershipLoop({
    store: patch(store),
    worker: { workerId: 'w', host: 'test', pid: 1, codeVersion: '1' },
    replaces: null,
    settings,
    events: {
      acquired: async () => undefined,
      releasing: async () => undefined,
      leaseCertain: (certain) => heard.push(`${nowMs}: ${certain ? 'certain' : 'in doubt'}`),
      fenced: () => heard.push(`${nowMs}: fenced`),
    },
    scheduler,
    monotonicMs: () => nowMs,
    logger: silentLogger,
    metrics: silentMetrics,
  });
  await loop.start();
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    loop,
    store,
    heard,
    pass: async (ms: number) => {
      const endMs = nowMs + ms;
      for (;;) {
        const next = timers.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
        if (!next) break;
        timers = timers.filter((timer) => timer !== next);
        nowMs = Math.max(nowMs, next.atMs);
        next.run();
        await settle();
      }
      nowMs = endMs;
    },
  };
}

describe('membership loop', () => {
  it('stays certain of its lease while heartbeats are answered', async () => {
    const { heard, pass } = await open();
    await pass(60_000);
    expect(heard.filter((word) => !word.endsWith(' certain'))).toEqual([]);
    expect(heard.length).toBeGreaterThan(20);
  });

  it('doubts its lease when a heartbeat gets no answer at all', async () => {
    const { heard, pass } = await open((store) => ({ ...store, heartbeat: () => new Promise(() => undefined) }));
    await pass(20_000);
    expect(heard).toEqual(['4800: in doubt']);
  });

  it('sends another heartbeat after one without an answer, and is certain again when that is confirmed', async () => {
    let sent = 0;
    const { heard, pass } = await open((store) => ({
      ...store,
      heartbeat: (request) => ((sent += 1) <= 1 ? new Promise(() => undefined) : store.heartbeat(request)),
    }));
    await pass(15_000);
    expect(heard.slice(0, 2)).toEqual(['4800: in doubt', '5625: certain']);
  });

  it('stops at once when a heartbeat is refused', async () => {
    const { heard, store, pass } = await open((original) => original);
    await store.fenceExpired({ knownDead: 'w' });
    await pass(30_000);
    expect(heard).toEqual(['2500: fenced']);
  });

  it('says nothing after it was halted', async () => {
    const { loop, heard, pass } = await open((store) => ({ ...store, heartbeat: () => new Promise(() => undefined) }));
    await loop.halt();
    await pass(60_000);
    expect(heard).toEqual([]);
  });
});

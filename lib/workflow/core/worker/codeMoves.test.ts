import { describe, expect, it } from 'vitest';
import type { Scheduler } from '../../model/ports/scheduler';
import { silentLogger } from '../../telemetry/silentLogger';
import { silentMetrics } from '../../telemetry/silentMetrics';
import { createMemoryMembership } from '../../testing/memory/membership';
import { MemoryTables } from '../../testing/memory/tables';
import type { Misplaced } from '../engine/deferrals';
import { MembershipLoop } from './membershipLoop';

const settings = { leaseMs: 8_000, heartbeatMs: 2_500, balanceMs: 1_000 };
const keptMs = 60_000;

/** Workers in one memory, with one clock that the test moves. */
function open() {
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
  const tables = new MemoryTables({ nowMs: () => nowMs, partitionCount: 8 });
  const store = createMemoryMembership({ tables });
  const moves: string[] = [];
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    moves,
    owned: (workerId: string) => [...tables.partitions].flatMap(([id, owner]) => (owner === workerId ? [id] : [])),
    join: async (
      workerId: string,
      definitions: readonly string[],
      misplaced: () => readonly Misplaced[] = () => [],
    ) => {
      const loop = new MembershipLoop({
        store,
        worker: { workerId, host: 'test', pid: 1, codeVersion: '1', definitions },
        replaces: null,
        settings,
        placement: { misplaced, keptMs },
        events: {
          acquired: async (partitions) => void moves.push(`${workerId} takes ${partitions.join(' ')}`),
          releasing: async (partitions) => void moves.push(`${workerId} gives ${partitions.join(' ')}`),
          leaseCertain: () => undefined,
          fenced: () => undefined,
        },
        scheduler,
        monotonicMs: () => nowMs,
        logger: silentLogger,
        metrics: silentMetrics,
      });
      await loop.start();
      return loop;
    },
    pass: async (ms: number) => {
      const endMs = nowMs + ms;
      for (;;) {
        const [next] = timers.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
        if (!next) break;
        timers = timers.filter((timer) => timer !== next);
        nowMs = Math.max(nowMs, next.atMs);
        next.run();
        for (let turns = 0; turns < 5; turns += 1) await settle();
      }
      nowMs = endMs;
    },
  };
}

describe('partitions whose owner lacks code', () => {
  it('go to the worker that has it, stay there for a while, and then follow the share again', async () => {
    const { join, pass, owned, moves } = open();
    let misplaced: readonly Misplaced[] = [];
    await join('old', ['A@1'], () => misplaced.filter(({ partitionId }) => owned('old').includes(partitionId)));
    await join('new', ['A@1', 'A@2']);
    await pass(10_000);
    expect([owned('old').length, owned('new').length]).toEqual([4, 4]);
    const moving = owned('old').slice(0, 2);
    const others = owned('new');
    moves.length = 0;
    misplaced = moving.map((partitionId) => ({ partitionId, missing: ['A@2'] }));
    await pass(keptMs / 2);
    // One move, no way back, and what it had it keeps.
    expect(moves).toEqual([`old gives ${moving.join(' ')}`, `new takes ${moving.join(' ')}`]);
    expect(owned('new')).toEqual([...moving, ...others].sort((a, b) => a - b));
    misplaced = [];
    await pass(keptMs);
    expect([owned('old').length, owned('new').length]).toEqual([4, 4]);
  });

  it('stay where they are while no live worker could do more', async () => {
    const { join, pass, owned, moves } = open();
    await join('old', ['A@1'], () => owned('old').map((partitionId) => ({ partitionId, missing: ['A@9'] })));
    await join('new', ['A@1', 'A@2']);
    await pass(10_000);
    moves.length = 0;
    await pass(300_000);
    expect(moves).toEqual([]);
  });

  it('are taken by anybody when the one that they were offered to is gone', async () => {
    const { join, pass, owned } = open();
    let isWanted = false;
    await join('old', ['A@1'], () => {
      const [partitionId] = owned('old');
      return isWanted && partitionId !== undefined ? [{ partitionId, missing: ['A@2'] }] : [];
    });
    const gone = await join('new', ['A@2']);
    await pass(10_000);
    // It stands still: its lease runs on, but it accepts nothing.
    await gone.halt();
    isWanted = true;
    await pass(2_000);
    isWanted = false;
    expect(owned('old').length).toBeLessThan(4);
    await pass(30_000);
    expect(owned('old')).toHaveLength(8);
  });

  it('all go to the one worker that can serve them, where all wait for code', async () => {
    const { join, pass, owned } = open();
    await join('old', ['A@1'], () => owned('old').map((partitionId) => ({ partitionId, missing: ['A@2'] })));
    await join('new', ['A@1', 'A@2']);
    await pass(20_000);
    expect(owned('old')).toEqual([]);
    expect(owned('new')).toHaveLength(8);
  });
});

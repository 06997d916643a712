import { describe, expect, it } from 'vitest';
import type { Deferral } from '../../model/ports/deferrals';
import type { ExecutionKey, LoadedExecution } from '../../model/ports/store';
import { silentLogger } from '../../telemetry/silentLogger';
import { deferralPauseMs, Deferrals } from './deferrals';

const loaded = (executionId: string, workflowVersion = '2', partitionId = 1): LoadedExecution => ({
  executionId,
  partitionId,
  workflowName: 'Order',
  workflowVersion,
  tenant: 'acme',
  status: 'pending',
  correlationId: 'c',
  startedBy: null,
  subject: null,
  history: [],
  unlogged: [],
  underWay: [],
  timers: [],
  waits: [],
  closingTasks: [],
  hasInbox: false,
  decisions: [],
  blockedBy: null,
});

/** Time stands still until the test moves it; a woken execution is deferred again, as the engine does. */
function open({ comesBack = true } = {}) {
  let nowMs = 1_000_000;
  let timers: { atMs: number; run: () => void }[] = [];
  const noted: Deferral[] = [];
  const resolved: string[] = [];
  const woken: string[] = [];
  const deferrals: Deferrals = new Deferrals({
    workerId: 'w',
    store: {
      defer: async ({ deferrals: some }) => void noted.push(...some),
      findDeferred: async () => [],
      resolveDeferrals: async ({ executions }) => void resolved.push(...executions.map((key) => key.executionId)),
    },
    definition: () => undefined,
    clock: { nowMs: () => nowMs, seen: () => undefined, isSet: true },
    scheduler: {
      setTimer: ({ delayMs, run }) => {
        const timer = { atMs: nowMs + delayMs, run };
        timers.push(timer);
        return timer;
      },
      clearTimer: (handle) => {
        timers = timers.filter((timer) => timer !== handle);
      },
    },
    logger: silentLogger,
    wake: (keys: readonly ExecutionKey[]) => {
      for (const { executionId, partitionId } of keys) {
        woken.push(executionId);
        if (comesBack) void deferrals.defer([loaded(executionId, '2', partitionId)]);
      }
    },
  });
  const pass = (ms: number) => {
    const endMs = nowMs + ms;
    for (;;) {
      const [next] = timers.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
      if (!next) break;
      timers = timers.filter((timer) => timer !== next);
      nowMs = next.atMs;
      next.run();
    }
    nowMs = endMs;
  };
  return { deferrals, noted, resolved, woken, pass, timers: () => timers.length };
}

describe('deferral of unknown code', () => {
  it('pauses between half and all of 1, 2, 4... seconds, a minute at most, differently for each execution', () => {
    for (const [attempts, full] of [
      [1, 1_000],
      [2, 2_000],
      [5, 16_000],
      [7, 60_000],
      [40, 60_000],
    ] as const) {
      const pauses = Array.from({ length: 200 }, (_, index) => deferralPauseMs(`execution ${index}`, attempts));
      expect(Math.min(...pauses)).toBeGreaterThanOrEqual(full / 2);
      expect(Math.max(...pauses)).toBeLessThanOrEqual(full);
      expect(new Set(pauses).size).toBeGreaterThan(100);
    }
  });

  it('looks again and again, ever less often', async () => {
    const { deferrals, woken, noted, pass } = open();
    await deferrals.defer([loaded('a')]);
    pass(60_000);
    const soon = woken.length;
    expect(soon).toBeGreaterThan(4);
    pass(600_000);
    // A minute at most between two looks, half a minute at least.
    expect(woken.length - soon).toBeGreaterThanOrEqual(10);
    expect(woken.length - soon).toBeLessThanOrEqual(21);
    expect(noted.map(({ error }) => error.code)).toEqual(noted.map(() => 'workflow_not_found'));
  });

  it('notes one statement for many, and none for what waits already', async () => {
    const { deferrals, noted } = open();
    await deferrals.defer([loaded('a'), loaded('b')]);
    await deferrals.defer([loaded('a'), loaded('c')]);
    expect(noted.map(({ executionId }) => executionId)).toEqual(['a', 'b', 'c']);
  });

  it('forgets all of it once the code is here, and begins anew should it be missing later', async () => {
    const { deferrals, noted, resolved, pass, timers } = open();
    await deferrals.defer([loaded('a')]);
    pass(30_000);
    deferrals.arrived({ executionId: 'a', partitionId: 1 });
    deferrals.arrived({ executionId: 'never deferred', partitionId: 1 });
    expect({ resolved, timers: timers(), size: deferrals.size }).toEqual({ resolved: ['a'], timers: 0, size: 0 });
    await deferrals.defer([loaded('a')]);
    expect(noted.at(-1)?.retryAfterMs).toBeLessThanOrEqual(1_000);
  });

  it('calls partitions misplaced after the patience, counted from the first time, with all that they lack', async () => {
    const { deferrals, pass } = open();
    await deferrals.defer([loaded('a'), loaded('b')]);
    pass(20_000);
    await deferrals.defer([loaded('late', '2', 7)]);
    expect(deferrals.misplaced(30_000)).toEqual([]);
    pass(10_000);
    expect(deferrals.misplaced(30_000)).toEqual([{ partitionId: 1, missing: ['Order@2'] }]);
    deferrals.leave(new Set([1]));
    expect(deferrals.misplaced(0)).toEqual([{ partitionId: 7, missing: ['Order@2'] }]);
  });

  it('does not count what was looked at and came not back', async () => {
    const { deferrals, pass } = open({ comesBack: false });
    await deferrals.defer([loaded('terminated meanwhile')]);
    pass(40_000);
    expect(deferrals.misplaced(30_000)).toEqual([]);
    expect(deferrals.size).toBe(0);
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { canRunOwnRedis, createOwnRedisServer, type OwnRedisServer } from '../../redis/testing/ownRedisServer';
import type { Hint } from '../model/ports/hints';
import { createMemoryMetrics } from '../telemetry/memoryMetrics';
import { silentLogger } from '../telemetry/silentLogger';
import { absentWakeScheduler, createWakeScheduler, startWakeWorker } from './wakeQueue';

describe.runIf(canRunOwnRedis)('wake queue', () => {
  let server: OwnRedisServer;
  const closers: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    server = await createOwnRedisServer();
  });
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });
  afterAll(() => server.remove());

  function open() {
    const hints: (Hint & { readonly at: number })[] = [];
    const settings = {
      url: server.url,
      prefix: `t${randomUUID().slice(0, 8)}:`,
      logger: silentLogger,
      metrics: createMemoryMetrics(),
    };
    const scheduler = createWakeScheduler(settings);
    const publisher = {
      publish: async (request: { readonly hints: readonly Hint[] }) => {
        hints.push(...request.hints.map((hint) => ({ ...hint, at: Date.now() })));
      },
      close: () => Promise.resolve(),
    };
    const worker = startWakeWorker({ ...settings, publisher });
    closers.push(
      () => scheduler.close(),
      () => worker.close(),
    );
    return { hints, scheduler };
  }

  it('gives a hint when the timer is due, not before', async () => {
    const { hints, scheduler } = open();
    const at = new Date(Date.now() + 400);
    await scheduler.scheduleWake({ partitionId: 3, executionId: 'e1', at });
    await expect.poll(() => hints.length, { timeout: 30_000 }).toBe(1);
    expect(hints[0]).toMatchObject({ partitionId: 3, executionId: 'e1' });
    expect(hints[0]?.at).toBeGreaterThanOrEqual(at.getTime() - 2);
  });

  it('gives a hint at once for an instant in the past', async () => {
    const { hints, scheduler } = open();
    await scheduler.scheduleWake({ partitionId: 1, executionId: 'late', at: new Date(0) });
    await expect.poll(() => hints.length, { timeout: 30_000 }).toBe(1);
  });

  it('collapses doubles and keeps different instants apart', async () => {
    const { hints, scheduler } = open();
    const soon = Date.now() + 3_000;
    for (const at of [soon, soon, soon, soon + 1]) {
      await scheduler.scheduleWake({ partitionId: 1, executionId: 'twice', at: new Date(at) });
    }
    await expect.poll(() => hints.length, { timeout: 30_000 }).toBe(2);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(hints).toHaveLength(2);
  });

  it('takes instants months away', async () => {
    const { scheduler, hints } = open();
    await scheduler.scheduleWake({ partitionId: 1, executionId: 'far', at: new Date(Date.now() + 200 * 86_400_000) });
    await scheduler.scheduleWake({ partitionId: 1, executionId: 'near', at: new Date() });
    await expect.poll(() => hints.map((hint) => hint.executionId), { timeout: 30_000 }).toEqual(['near']);
  });

  it('delays nobody while Redis is away, and works again after', async () => {
    const { hints, scheduler } = open();
    await scheduler.scheduleWake({ partitionId: 1, executionId: 'before', at: new Date() });
    await expect.poll(() => hints.length, { timeout: 30_000 }).toBe(1);
    await server.stop();
    // Both come back although nothing can be sent before the server is there again.
    await scheduler.scheduleWake({ partitionId: 1, executionId: 'lost', at: new Date() });
    await scheduler.scheduleWake({ partitionId: 1, executionId: 'lost', at: new Date(1) });
    await server.start();
    await expect
      .poll(
        async () => {
          await scheduler.scheduleWake({ partitionId: 1, executionId: 'after', at: new Date() });
          return hints.map((hint) => hint.executionId);
        },
        { timeout: 20_000, interval: 200 },
      )
      .toContain('after');
  });
});

describe('wake queue without Redis', () => {
  it('takes every call', async () => {
    await absentWakeScheduler.scheduleWake({ partitionId: 1, executionId: 'e', at: new Date() });
    await absentWakeScheduler.close();
  });
});

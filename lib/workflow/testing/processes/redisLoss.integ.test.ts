import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canRunOwnRedis, createOwnRedisServer, type OwnRedisServer } from '../../../redis/testing/ownRedisServer';
import type { StartedExecution } from './load';
import { untilEnded, violations } from './oracle';
import { createSite, patienceMs, type Site } from './site';

/** Events, starts and completions go on at some hundred a second while Redis loses everything. */
describe.skipIf(!canRunOwnRedis)('Redis under load', { timeout: patienceMs }, () => {
  let redis: OwnRedisServer;
  let site: Site;
  const counts = { flushes: 0, stops: 0, executions: 0, violations: 0 };

  beforeAll(async () => {
    redis = await createOwnRedisServer();
    site = await createSite({ redisUrl: redis.url });
  }, patienceMs);
  afterAll(async () => {
    await site.close();
    await redis.remove();
    const { flushes, stops, executions } = counts;
    process.stdout.write(
      `Redis: ${flushes} flushes, ${stops} stops, ${executions} executions, ${counts.violations} violations\n`,
    );
  }, patienceMs);

  it('may be flushed at any time', async () => {
    const executions = await loadFor(3_000, async (elapsedMs) => {
      if (elapsedMs < 500) return;
      await redis.flush();
      counts.flushes += 1;
    });
    await allEndWhole(executions);
  });

  it('may be gone for seconds and come back empty', async () => {
    let isUp = true;
    const executions = await loadFor(3_000, async (elapsedMs) => {
      if (isUp && elapsedMs > 500 && elapsedMs < 2_000) {
        await redis.stop();
        counts.stops += 1;
        isUp = false;
      }
      if (!isUp && elapsedMs > 2_000) {
        await redis.start();
        isUp = true;
      }
    });
    if (!isUp) await redis.start();
    await allEndWhole(executions);
  });

  it('may stand still without closing a connection', async () => {
    let isFrozen = false;
    const executions = await loadFor(2_500, async (elapsedMs) => {
      if (isFrozen || elapsedMs < 500) return;
      redis.freeze();
      counts.stops += 1;
      isFrozen = true;
    });
    try {
      // Without hints the owners look for themselves.
      await allEndWhole(executions);
    } finally {
      redis.thaw();
    }
    await allEndWhole(await site.load.start(1));
  });

  async function loadFor(durationMs: number, disturb: (elapsedMs: number) => Promise<void>) {
    const executions: StartedExecution[] = [];
    const startedAt = performance.now();
    for (let elapsedMs = 0; elapsedMs < durationMs; elapsedMs = performance.now() - startedAt) {
      executions.push(...(await site.load.start(2)));
      await disturb(elapsedMs);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return executions;
  }

  async function allEndWhole(executions: readonly StartedExecution[]): Promise<void> {
    await untilEnded(site.sql, executions);
    const found = await violations(site.sql, executions);
    counts.executions += executions.length;
    counts.violations += found.length;
    expect(found, site.cluster.report()).toEqual([]);
  }
});

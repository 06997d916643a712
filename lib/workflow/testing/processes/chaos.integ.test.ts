import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canRunOwnRedis, createOwnRedisServer, type OwnRedisServer } from '../../../redis/testing/ownRedisServer';
import type { StartedExecution } from './load';
import { untilEnded, violations } from './oracle';
import { createSite, patienceMs, type Site } from './site';

const durationMs = 8_000;

/** Everything at once, in no order: what no list of points foresees. */
describe.skipIf(!canRunOwnRedis)('a bad day', { timeout: patienceMs }, () => {
  let redis: OwnRedisServer;
  let site: Site;
  const done: Record<string, number> = {};

  beforeAll(async () => {
    redis = await createOwnRedisServer();
    site = await createSite({ redisUrl: redis.url });
  }, patienceMs);
  afterAll(async () => {
    await site.close();
    await redis.remove();
    const deeds = Object.entries(done).map(([deed, times]) => `${times} ${deed}`);
    process.stdout.write(`Chaos: ${deeds.join(', ')}; ${site.load.started.length} executions\n`);
  }, patienceMs);

  it('ends like any other', async () => {
    const executions: StartedExecution[] = [];
    const startedAt = performance.now();
    const frozen: Promise<void>[] = [];
    while (performance.now() - startedAt < durationMs) {
      executions.push(...(await site.load.start(1)));
      const [name, deed] = deeds[Math.floor(Math.random() * deeds.length)] ?? ['nothing', () => undefined];
      done[name] = (done[name] ?? 0) + 1;
      frozen.push(Promise.resolve(deed()));
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 500));
    }
    await Promise.all(frozen);
    await untilEnded(site.sql, executions);
    const found = await violations(site.sql, executions);
    expect(found, site.cluster.report()).toEqual([]);
  });

  const anyWorker = () => site.cluster.workers[Math.floor(Math.random() * site.cluster.workers.length)];
  const deeds: readonly (readonly [string, () => Promise<void> | void])[] = [
    ['kills', () => anyWorker()?.signal('SIGKILL')],
    [
      'freezes',
      async () => {
        const worker = anyWorker();
        worker?.signal('SIGSTOP');
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 2 * site.leaseMs));
        worker?.signal('SIGCONT');
      },
    ],
    [
      'cuts',
      async () => {
        await site.sql`
          SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND application_name LIKE 'baton worker %' AND random() < 0.5`;
      },
    ],
    ['flushes', () => redis.flush()],
    ['quiet moments', () => undefined],
  ];
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTestRedis } from '../../../db/testing/testDatabase';
import { killPoints, type KillPoint } from './killPoints';
import type { StartedExecution } from './load';
import { untilEnded, violations } from './oracle';
import { createSite, patienceMs, type Site } from './site';

/** Three workers, each of which dies once at every point. */
describe.skipIf(!hasTestRedis())('workers that are killed', { timeout: patienceMs }, () => {
  let site: Site;
  const counts = { points: 0, kills: 0, executions: 0, violations: 0 };

  beforeAll(async () => {
    site = await createSite();
  }, patienceMs);
  afterAll(async () => {
    await site.close();
    const { points, kills, executions } = counts;
    process.stdout.write(
      `SIGKILL: ${points} points, ${kills} kills, ${executions} executions, ${site.load.answered} tasks answered by ` +
        `two people, ${counts.violations} violations\n`,
    );
  }, patienceMs);

  it.each(killPoints)('leave every execution whole: %s', async (point) => {
    const executions = await killAllOnceAt(point);
    await untilEnded(site.sql, executions);
    const found = await violations(site.sql, executions);
    counts.points += 1;
    counts.executions += executions.length;
    counts.violations += found.length;
    expect(found, site.cluster.report()).toEqual([]);
  });

  async function killAllOnceAt(point: KillPoint): Promise<StartedExecution[]> {
    const { cluster, load } = site;
    const killsBefore = cluster.kills;
    // To take over there must be something to take over: a first death by other hands.
    const takesOver = point === 'afterAcquire';
    await cluster.aim(point, 'kill', { deaths: takesOver ? 2 : 1 });
    const executions = await load.start(2);
    if (takesOver) for (const worker of cluster.workers) worker.signal('SIGKILL');
    const deadline = performance.now() + 80_000;
    for (let round = 1; !cluster.isAimMet; round += 1) {
      if (performance.now() > deadline) throw new Error(`Nobody dies at ${point} any more.\n${cluster.report()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      // Work goes on arriving until the last of them met its point.
      if (round % 8 === 0) executions.push(...(await load.start(1)));
    }
    await cluster.settled();
    counts.kills += cluster.kills - killsBefore;
    return executions;
  }
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTestRedis } from '../../../db/testing/testDatabase';
import { createSite, patienceMs, type Site } from '../processes/site';
import { runRaces } from './runRaces';
import { shapes } from './shapes';

const runs = 20;

describe.skipIf(!hasTestRedis())('races on three workers that die and stand still', { timeout: patienceMs }, () => {
  let site: Site;
  beforeAll(async () => {
    site = await createSite();
  }, patienceMs);
  afterAll(() => site.close(), patienceMs);

  it.each(shapes.map((shape) => [shape.name, shape] as const))('leave every log whole: %s', async (name, shape) => {
    const { signals, kills, ms, violations } = await runRaces(site, shape, runs, 'test');
    const counts = { shape: name, runs, signals, kills, ms: Math.round(ms), violations: violations.length };
    process.stdout.write(`races ${JSON.stringify(counts)}\n`);
    expect(violations, site.cluster.report()).toEqual([]);
  });
});

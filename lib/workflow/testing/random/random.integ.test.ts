import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTestRedis } from '../../../db/testing/testDatabase';
import { createSite, patienceMs, type Site } from '../processes/site';
import { runProgramsOnProcesses } from './runOnProcesses';

const programs = 10;

describe.skipIf(!hasTestRedis())('random workflows on three workers that die and stand still', () => {
  let site: Site;
  beforeAll(async () => {
    site = await createSite();
  }, patienceMs);
  afterAll(() => site.close(), patienceMs);

  it(
    'end as the reference says',
    async () => {
      const broken: string[] = [];
      const seeds = Array.from({ length: programs }, (_, index) => String(index + 1));
      await runProgramsOnProcesses(site, seeds, (_, violations) => broken.push(...violations));
      const counts = { runs: programs, kills: site.cluster.kills, violations: broken.length };
      process.stdout.write(`random on processes ${JSON.stringify(counts)}\n`);
      expect(broken, site.cluster.report()).toEqual([]);
    },
    patienceMs,
  );
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTestRedis } from '../../../db/testing/testDatabase';
import type { StartedExecution } from './load';
import { exitCodes } from './protocol';
import { untilEnded, violations } from './oracle';
import { createSite, patienceMs, type Site } from './site';

describe.skipIf(!hasTestRedis())('connections to the database that are cut under load', { timeout: patienceMs }, () => {
  let site: Site;
  let cut = 0;
  beforeAll(async () => {
    site = await createSite();
  }, patienceMs);
  afterAll(async () => {
    await site.close();
    process.stdout.write(`Cut: ${cut} connections, ${site.load.started.length} executions\n`);
  }, patienceMs);

  it('cost nothing but time', async () => {
    const { cluster, load, sql } = site;
    const executions: StartedExecution[] = [];
    for (let round = 0; round < 20; round += 1) {
      executions.push(...(await load.start(1)));
      const rows = await sql`
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE 'baton worker %' AND random() < 0.5`;
      cut += rows.length;
      await new Promise((resolve) => setTimeout(resolve, 120));
    }
    await untilEnded(sql, executions);
    expect(await violations(sql, executions), cluster.report()).toEqual([]);
    // No worker ended over it.
    expect(cluster.deaths.filter(({ code }) => code !== exitCodes.fenced)).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../harness';
import { tenant } from './load';
import { untilEnded, violations } from './oracle';
import { createSite, patienceMs, type Site } from './site';

describe('an execution whose code never yields', () => {
  let site: Site;
  beforeAll(async () => {
    site = await createSite({ settings: { stallMs: 700 } });
  }, patienceMs);
  afterAll(() => site.close(), patienceMs);

  it(
    'is put aside after three strikes, with its reason, and all others complete',
    async () => {
      const { sql, runtime, load, cluster } = site;
      const loops = await Promise.all([1, 2].map(() => runtime.startWorkflow('KillLoop', { tenant })));
      const [first = ''] = loops;
      const before = await load.start(3);
      await runtime.enqueueEvent({ execution_id: first, event_name: 'Spin', tenant });
      const during = await load.start(3);
      const letter = await untilLetter(site, first);
      const all = [...before, ...during, ...(await load.start(2))];
      await untilEnded(sql, all);
      expect(await violations(sql, all), cluster.report()).toEqual([]);
      expect(letter).toMatchObject({ kind: 'poison', strikes: 3, reason: 'Its code did not yield.' });
      // Nobody else was blamed, and each strike was one worker.
      expect(await sql`SELECT DISTINCT execution_id FROM workflow_dead_letters WHERE kind = 'poison'`).toHaveLength(1);
      // The lease of a worker ends before its process does.
      await until(() => cluster.kills === 3, 'three workers ended');
      expect(await sql`SELECT * FROM workflow_suspects`).toEqual([]);
      const rows = await sql<{ execution_id: string; status: string; error: { code: string } | null }[]>`
        SELECT execution_id, status, error FROM workflow_executions WHERE workflow_name = 'KillLoop'`;
      const states = new Map(rows.map((row) => [row.execution_id, row]));
      expect(states.get(first)).toMatchObject({ status: 'blocked_on_code', error: { code: 'poison' } });
      expect(states.get(loops[1] ?? '')).toMatchObject({ status: 'waiting', error: null });
    },
    patienceMs,
  );
});

async function untilLetter({ sql, cluster }: Site, executionId: string) {
  const deadline = performance.now() + patienceMs / 2;
  for (;;) {
    const [letter] = await sql<{ kind: string; strikes: number; reason: string }[]>`
      SELECT kind, strikes, reason FROM workflow_dead_letters WHERE execution_id = ${executionId}`;
    if (letter) return letter;
    if (performance.now() > deadline) throw new Error(`It was never put aside.\n${cluster.report()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

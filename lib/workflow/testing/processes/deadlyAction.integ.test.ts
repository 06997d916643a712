import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTestRedis } from '../../../db/testing/testDatabase';
import { redriveDeadLetter } from '../../core/redriveDeadLetter';
import { tenant } from './load';
import { untilEnded, violations } from './oracle';
import { createSite, patienceMs, type Site } from './site';

interface Letter {
  readonly dead_letter_id: string;
  readonly kind: string;
  readonly strikes: number;
}

describe.skipIf(!hasTestRedis())('an action that harms its worker while it runs', { timeout: patienceMs }, () => {
  let site: Site;
  beforeAll(async () => {
    site = await createSite({});
  }, patienceMs);
  afterAll(() => site.close(), patienceMs);

  it('goes on, as the worker does, when a promise that it left to itself is rejected', async () => {
    const { sql, runtime, load, cluster } = site;
    const executionId = await runtime.startWorkflow('KillFloat', { tenant });
    const others = await load.start(1);
    await untilEnded(sql, [{ executionId }, ...others]);
    const [row] = await sql`SELECT status, result FROM workflow_executions WHERE execution_id = ${executionId}`;
    expect(row, cluster.report()).toMatchObject({ status: 'completed', result: 'floated' });
    expect(await violations(sql, others), cluster.report()).toEqual([]);
  });

  it('is put aside after three strikes when it ends its process without a word; a redrive lets it go on', async () => {
    const { sql, deps, runtime, load, cluster } = site;
    const executionId = await runtime.startWorkflow('KillCrash', { tenant });
    const others = await load.start(2);
    const letter = await untilLetter();
    expect(letter, cluster.report()).toMatchObject({ kind: 'poison', strikes: 3 });
    others.push(...(await load.start(1)));
    await untilEnded(sql, others);
    expect(await violations(sql, others), cluster.report()).toEqual([]);
    const aside = await sql`SELECT execution_id FROM workflow_dead_letters WHERE kind = 'poison'`;
    expect(aside.map((row) => row.execution_id as string)).toEqual([executionId]);

    await sql`INSERT INTO kill_gates (invoice_id) VALUES (${executionId})`;
    await redriveDeadLetter(deps, { tenant, userId: 'omar', deadLetterId: letter.dead_letter_id });
    await untilEnded(sql, [{ executionId }]);
    const [row] = await sql`SELECT status, result FROM workflow_executions WHERE execution_id = ${executionId}`;
    expect(row, cluster.report()).toMatchObject({ status: 'completed', result: 'passed' });

    async function untilLetter(): Promise<Letter> {
      const deadline = performance.now() + patienceMs / 2;
      for (;;) {
        const [found] = await sql<Letter[]>`
          SELECT dead_letter_id, kind, strikes FROM workflow_dead_letters WHERE execution_id = ${executionId}`;
        if (found) return found;
        if (performance.now() > deadline) throw new Error(`It was never put aside.\n${cluster.report()}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  });
});

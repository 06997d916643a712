import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTestRedis } from '../../../db/testing/testDatabase';
import { tenant } from './load';
import { untilEnded } from './oracle';
import { createSite, patienceMs, type Site } from './site';

interface Strikes {
  readonly execution_id: string;
  readonly strikes: number;
}

describe.skipIf(!hasTestRedis())('an execution that ends its worker seconds after it began', () => {
  let site: Site;
  beforeAll(async () => {
    site = await createSite({ workers: 1 });
  }, patienceMs);
  afterAll(() => site.close(), patienceMs);

  it(
    'is put aside after three strikes though others are at work or wait beside it, and none of them is struck',
    async () => {
      const { sql, runtime, cluster } = site;
      const patient = (name: string) =>
        runtime.startWorkflow('KillPatient', { tenant, initialData: { invoiceId: name } });
      const poison = await runtime.startWorkflow('KillLateCrash', { tenant });
      const others = await Promise.all(['a', 'b'].map(patient));
      const letter = await untilLetter(poison);
      expect(letter, cluster.report()).toMatchObject({ kind: 'poison', strikes: 3 });
      // They have been at work since before the first end: strikes would still be there.
      const struck = await sql<Strikes[]>`SELECT execution_id, strikes FROM workflow_suspects WHERE strikes > 0`;
      expect([...struck], cluster.report()).toEqual([]);
      await sql`INSERT INTO kill_gates (invoice_id) VALUES ('a'), ('b')`;
      await untilEnded(
        sql,
        others.map((executionId) => ({ executionId })),
      );
      const ends =
        await sql`SELECT DISTINCT status FROM workflow_executions WHERE execution_id = ANY(${others}::uuid[])`;
      expect([...ends], cluster.report()).toEqual([{ status: 'completed' }]);

      async function untilLetter(executionId: string): Promise<unknown> {
        const deadline = performance.now() + patienceMs - 60_000;
        for (;;) {
          const [found] =
            await sql`SELECT kind, strikes FROM workflow_dead_letters WHERE execution_id = ${executionId}`;
          if (found) return found;
          if (performance.now() > deadline) throw new Error(`It was never put aside.\n${cluster.report()}`);
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }
    },
    2 * patienceMs,
  );
});

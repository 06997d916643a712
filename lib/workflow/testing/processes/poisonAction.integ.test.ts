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
  readonly reason: string;
}

describe.skipIf(!hasTestRedis())('an action whose handler never yields', { timeout: patienceMs }, () => {
  let site: Site;
  beforeAll(async () => {
    site = await createSite({ settings: { stallMs: 1_500, leaseMs: 10_000, heartbeatMs: 1_000 } });
  }, patienceMs);
  afterAll(() => site.close(), patienceMs);

  it('puts its execution aside after three strikes, and no other; a redrive lets it go on', async () => {
    const { sql, deps, runtime, load, cluster } = site;
    const [spinning = '', idle = ''] = await Promise.all(
      [1, 2].map(() => runtime.startWorkflow('KillSpin', { tenant })),
    );
    const others = await load.start(2);
    await runtime.enqueueEvent({ execution_id: spinning, event_name: 'Spin', tenant });
    others.push(...(await load.start(2)));

    const letter = await find<Letter>(
      () =>
        sql`SELECT dead_letter_id, kind, strikes, reason FROM workflow_dead_letters WHERE execution_id = ${spinning}`,
    );
    expect(letter, cluster.report()).toMatchObject({
      kind: 'poison',
      strikes: 3,
      reason: 'The handler of its action spin#1 did not yield.',
    });
    others.push(...(await load.start(1)));
    await untilEnded(sql, others);
    expect(await violations(sql, others), cluster.report()).toEqual([]);
    const aside = await sql`SELECT execution_id FROM workflow_dead_letters WHERE kind = 'poison'`;
    expect(aside.map((row) => row.execution_id as string)).toEqual([spinning]);
    expect(await statusOf(idle)).toMatchObject({ status: 'waiting', error: null });
    expect(await statusOf(spinning)).toMatchObject({ status: 'blocked_on_code', error: { code: 'poison' } });

    await sql`INSERT INTO kill_gates (invoice_id) VALUES (${spinning})`;
    await redriveDeadLetter(deps, { tenant, userId: 'omar', deadLetterId: letter.dead_letter_id });
    await untilEnded(sql, [{ executionId: spinning }]);
    expect(await statusOf(spinning), cluster.report()).toMatchObject({ status: 'completed', result: 'spun' });
  });

  async function statusOf(executionId: string) {
    const [row] =
      await site.sql`SELECT status, error, result FROM workflow_executions WHERE execution_id = ${executionId}`;
    return row;
  }

  async function find<T>(read: () => PromiseLike<readonly unknown[]>): Promise<T> {
    const deadline = performance.now() + patienceMs / 2;
    for (;;) {
      const [row] = await read();
      if (row) return row as T;
      if (performance.now() > deadline) throw new Error(`It was never put aside.\n${site.cluster.report()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
});

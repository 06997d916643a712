import type { Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTestRedis } from '../../../db/testing/testDatabase';
import { enqueueEvent } from '../../core/enqueueEvent';
import { defaultLimits } from '../../model/limits';
import { until } from '../harness';
import type { KillPoint } from './killPoints';
import { tenant } from './load';
import { untilEnded, violations } from './oracle';
import { exitCodes } from './protocol';
import { createSite, patienceMs, type Site } from './site';
import type { WorkerProcess } from './workerProcess';

/** Where a worker is frozen: with an action under way, a transaction open, and around and inside its commits. */
const freezePoints = [
  'insideAction',
  'insideTransaction',
  'beforeCommit',
  'insideTake',
  'afterTake',
  'beforeFlush',
  'insideFlush',
  'afterTaskFlush',
] as const satisfies readonly KillPoint[];

describe.skipIf(!hasTestRedis())('a worker that is frozen for longer than its lease', { timeout: patienceMs }, () => {
  let site: Site;
  const counts = { freezes: 0, executions: 0, violations: 0 };

  beforeAll(async () => {
    site = await createSite({ settings: { leaseMs: 2_000, heartbeatMs: 300 } });
  }, patienceMs);
  afterAll(async () => {
    await site.close();
    const { freezes, executions } = counts;
    process.stdout.write(
      `SIGSTOP: ${freezes} frozen workers, ${executions} executions, ${counts.violations} violations\n`,
    );
  }, patienceMs);

  it.each(freezePoints)('writes nothing when it goes on, and ends: %s', async (point) => {
    const { cluster, load, sql } = site;
    await cluster.settled();
    // The third stays: somebody must take over.
    await cluster.aim(point, 'stop', { slots: [0, 1] });
    const executions = await load.start(2);
    const zombies = await frozen(async () => void executions.push(...(await load.start(1))));

    await untilEnded(sql, executions);
    const before = await everything(sql);
    for (const zombie of zombies) zombie.signal('SIGCONT');
    const ends = await Promise.all(zombies.map(endOf));
    expect(await everything(sql)).toEqual(before);
    expect(ends.map(({ code }) => code)).toEqual(zombies.map(() => exitCodes.fenced));
    const rows = await sql<{ fenced_reason: string }[]>`
      SELECT fenced_reason FROM workflow_workers WHERE worker_id = ANY(${zombies.map((zombie) => zombie.workerId)}::uuid[])`;
    expect(rows.map((row) => row.fenced_reason)).toEqual(zombies.map(() => 'lease ran out'));

    const found = await violations(sql, executions);
    counts.freezes += zombies.length;
    counts.executions += executions.length;
    counts.violations += found.length;
    expect(found, cluster.report()).toEqual([]);
  });

  it('does not hold up its successors with an answer that it does not read', async () => {
    const { cluster, load, sql } = site;
    await cluster.settled();
    const [execution] = await load.start(1, ['KillSlowApproval']);
    if (!execution) throw new Error('Nothing was started.');
    const { executionId } = execution;
    await until(async () => {
      const [row] = await sql`SELECT status FROM workflow_executions WHERE execution_id = ${executionId}`;
      return row?.status === 'waiting';
    }, 'the execution waits');
    await cluster.aim('insideTake', 'stop', { spread: false });
    // More than the buffers between server and client hold: the statement stays unfinished, with its locks.
    const payload = { text: 'x'.repeat(12_000_000) };
    const limits = { ...defaultLimits, payload_size: { ...defaultLimits.payload_size, most: 20_000_000 } };
    const deps = { ...site.deps, limits };
    await enqueueEvent(deps, { execution_id: executionId, event_name: 'Approve', payload, tenant });
    const [zombie] = await frozen();

    await untilEnded(sql, [execution]);
    expect(await violations(sql, [execution]), cluster.report()).toEqual([]);
    zombie?.signal('SIGCONT');
    expect(zombie && (await endOf(zombie))).toMatchObject({ code: exitCodes.fenced });
    counts.freezes += 1;
    counts.executions += 1;
  });

  /** Waits for a worker to freeze, and answers with all that did. */
  async function frozen(meanwhile?: () => Promise<void>): Promise<WorkerProcess[]> {
    const { cluster } = site;
    await until(async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      if (cluster.workers.some((worker) => worker.isStopped)) return true;
      await meanwhile?.();
      return false;
    }, 'a worker freezes');
    cluster.disarm();
    await new Promise((resolve) => setTimeout(resolve, 50));
    return cluster.workers.filter((worker) => worker.isStopped);
  }
});

function endOf(worker: WorkerProcess) {
  const tooLong = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(`A zombie lives on.\n${worker.output}`)), 60_000).unref();
  });
  return Promise.race([worker.ended, tooLong]);
}

/** Version and content of every row that workers write about executions. */
async function everything(sql: Sql): Promise<string[]> {
  const tables = [
    'workflow_executions',
    'workflow_events',
    'workflow_action_results',
    'workflow_timers',
    'workflow_waits',
    'workflow_tasks',
    'invoices',
  ];
  const hashes = await Promise.all(
    tables.map(
      (table) =>
        sql<{ hash: string }[]>`
        SELECT md5(string_agg(r.xmin::text || r.ctid::text, ',' ORDER BY r.ctid)) AS hash FROM ${sql(table)} r`,
    ),
  );
  return tables.map((table, index) => `${table} ${hashes[index]?.[0]?.hash}`);
}

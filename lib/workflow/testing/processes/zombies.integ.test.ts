import type { Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTestRedis } from '../../../db/testing/testDatabase';
import { until } from '../harness';
import type { KillPoint } from './killPoints';
import { tenant } from './load';
import { untilEnded, violations } from './oracle';
import { exitCodes } from './protocol';
import { createSite, type Site } from './site';
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

describe.skipIf(!hasTestRedis())('a worker that is frozen for longer than its lease', () => {
  let site: Site;
  const counts = { freezes: 0, executions: 0, violations: 0 };

  beforeAll(async () => {
    site = await createSite({ settings: { leaseMs: 1_000, heartbeatMs: 200 } });
  });
  afterAll(async () => {
    await site.close();
    const { freezes, executions } = counts;
    process.stdout.write(
      `SIGSTOP: ${freezes} frozen workers, ${executions} executions, ${counts.violations} violations\n`,
    );
  });

  it.each(freezePoints)('writes nothing when it goes on, and ends: %s', async (point) => {
    const { cluster, load, sql } = site;
    await cluster.settled();
    const [first] = cluster.workers;
    if (!first) throw new Error('No worker runs.');
    await first.arm({ point, fate: 'stop', occurrence: 2 });
    const executions = await load.start(2);
    await until(async () => {
      if (!first.isStopped) executions.push(...(await load.start(1)));
      await new Promise((resolve) => setTimeout(resolve, 100));
      return first.isStopped;
    }, `a worker freezes at ${point}`);

    await untilEnded(sql, executions);
    const before = await everything(sql);
    first.signal('SIGCONT');
    const end = await endOf(first);
    expect(await everything(sql)).toEqual(before);
    expect(end, first.output).toMatchObject({ code: exitCodes.fenced });
    const [row] = await sql`SELECT fenced_reason FROM workflow_workers WHERE worker_id = ${first.workerId}`;
    expect(row?.fenced_reason).toBe('lease ran out');

    const found = await violations(sql, executions);
    counts.freezes += 1;
    counts.executions += executions.length;
    counts.violations += found.length;
    expect(found, cluster.report()).toEqual([]);
  });

  it('does not hold up its successors with an answer that it does not read', async () => {
    const { cluster, load, runtime, sql } = site;
    await cluster.settled();
    const [execution] = await load.start(1, ['KillSlowApproval']);
    if (!execution) throw new Error('Nothing was started.');
    const { executionId } = execution;
    await until(async () => {
      const [row] = await sql`SELECT status FROM workflow_executions WHERE execution_id = ${executionId}`;
      return row?.status === 'waiting';
    }, 'the execution waits');
    await Promise.all(cluster.workers.map((each) => each.arm({ point: 'insideTake', fate: 'stop', occurrence: 1 })));
    // More than the buffers between server and client hold: the statement stays unfinished, with its locks.
    const payload = { text: 'x'.repeat(24_000_000) };
    await runtime.enqueueEvent({ execution_id: executionId, event_name: 'Approve', payload, tenant });
    await until(() => cluster.workers.some((each) => each.isStopped), 'its worker freezes');
    cluster.disarmAll();
    const worker = cluster.workers.find((each) => each.isStopped);
    if (!worker) throw new Error('No worker is frozen.');
    await untilEnded(sql, [execution]);
    expect(await violations(sql, [execution]), cluster.report()).toEqual([]);
    worker.signal('SIGCONT');
    expect(await endOf(worker)).toMatchObject({ code: exitCodes.fenced });
    counts.freezes += 1;
    counts.executions += 1;
  });
});

function endOf(worker: WorkerProcess) {
  const tooLong = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(`A zombie lives on.\n${worker.output}`)), 10_000).unref();
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

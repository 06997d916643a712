import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTestRedis } from '../../../db/testing/testDatabase';
import { makeVersionCurrent } from '../../persistence/registrations';
import { until as poll } from '../harness';
import type { StartedExecution } from './load';
import { untilEnded, violations } from './oracle';
import { exitCodes } from './protocol';
import { createSite, patienceMs, type Site } from './site';
import { WorkerProcess } from './workerProcess';

const partitionCount = 64;
/** All end in order here: no lease runs out, however busy the machine is. */
const patient = { leaseMs: 20_000, heartbeatMs: 1_000 };

describe.skipIf(!hasTestRedis())('a rolling deploy', { timeout: patienceMs }, () => {
  let site: Site;
  const fleet: WorkerProcess[] = [];
  const everyone: WorkerProcess[] = [];
  const all: StartedExecution[] = [];

  beforeAll(async () => {
    site = await createSite({ workers: 0, settings: patient });
  }, patienceMs);
  afterAll(async () => {
    await Promise.all(everyone.map((worker) => worker.stop()));
    await site.close();
  }, patienceMs);

  it('loses nothing and blocks nothing while three workers under load are replaced one by one', async () => {
    const { sql } = site;
    // Partitions follow workers as they come.
    for (const count of [1, 2, 3]) {
      await join('v1');
      await until(() => isShared(count), `${count} workers have their shares`);
    }
    await start(2);

    for (const old of fleet.splice(0)) {
      await start(1);
      old.signal('SIGTERM');
      await start(1);
      expect(await old.ended, old.output).toMatchObject({ code: exitCodes.stopped });
      await until(async () => (await heldBy(old)) === 0, 'its partitions are free for the others');
      await until(allOwned, 'the others have them');
      await join('v1+v2');
      await start(1);
    }
    await untilEnded(sql, all);
    expect(await violations(sql, all), report()).toEqual([]);
    await until(() => isShared(3), 'the new workers have their shares');

    expect(await versions(all)).toEqual(['1', '2']);
    expect(await sql`SELECT * FROM workflow_dead_letters`).toEqual([]);
    expect(await sql`SELECT DISTINCT fenced_reason FROM workflow_workers WHERE fenced_at IS NOT NULL`).toEqual([
      { fenced_reason: 'stopped' },
    ]);
  });

  it('is taken back by an operator: what starts then has the code of before', async () => {
    const { load, sql } = site;
    await makeVersionCurrent(sql, { name: 'KillPipeline', version: '1' });
    // A worker with the newer code that starts now does not move it forward again.
    await join('v1+v2');
    const back = await load.start(3, ['KillPipeline']);
    await untilEnded(sql, back);
    expect(await violations(sql, back), report()).toEqual([]);
    expect(await versions(back)).toEqual(['1']);
  });

  /** On a busy machine it takes its time. */
  const until = (condition: () => Promise<boolean>, what: string) => poll(condition, what, patienceMs / 2);

  async function join(code: 'v1' | 'v1+v2'): Promise<void> {
    const worker = new WorkerProcess({ ...site.config, code });
    fleet.push(worker);
    everyone.push(worker);
    await worker.run(randomUUID(), null);
  }

  async function start(ofEach: number): Promise<void> {
    all.push(...(await site.load.start(ofEach)));
  }

  /** How many partitions each worker has that has any. */
  async function owned(): Promise<number[]> {
    const rows = await site.sql<{ count: number }[]>`
      SELECT count(*)::int AS count FROM workflow_partitions WHERE worker_id IS NOT NULL GROUP BY worker_id`;
    return rows.map(({ count }) => count);
  }

  async function heldBy({ workerId }: WorkerProcess): Promise<number> {
    const rows = await site.sql`SELECT 1 FROM workflow_partitions WHERE worker_id = ${workerId}`;
    return rows.length;
  }

  async function allOwned(): Promise<boolean> {
    return (await owned()).reduce((sum, count) => sum + count, 0) === partitionCount;
  }

  /** All partitions are owned, by so many workers, and none has more than its share. */
  async function isShared(workers: number): Promise<boolean> {
    const counts = await owned();
    return (
      counts.length === workers &&
      (await allOwned()) &&
      counts.every((count) => count <= Math.ceil(partitionCount / workers))
    );
  }

  async function versions(executions: readonly StartedExecution[]): Promise<string[]> {
    const rows = await site.sql<{ version: string }[]>`
      SELECT DISTINCT workflow_version AS version FROM workflow_executions
      WHERE execution_id = ANY(${executions.map(({ executionId }) => executionId)}::uuid[]) ORDER BY 1`;
    return rows.map(({ version }) => version);
  }

  const report = () => everyone.map((worker) => worker.output).join('\n');
});

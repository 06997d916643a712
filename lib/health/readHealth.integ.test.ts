import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../db/testing/testDatabase';
import { readHealth } from './readHealth';

let database: TestDatabase;
let sql: postgres.Sql;
beforeAll(async () => {
  database = await createTestDatabase();
  sql = postgres(database.url, { max: 2, onnotice: () => undefined });
});
afterAll(async () => {
  await sql.end();
  await database.drop();
});

async function addWorker({
  leaseSeconds,
  fenced,
}: {
  readonly leaseSeconds: number;
  readonly fenced: boolean;
}): Promise<void> {
  const workerId = randomUUID();
  await sql`
    INSERT INTO workflow_workers (worker_id, host, pid, code_version, fenced_at)
    VALUES (${workerId}, 'test', 1, 'test', ${fenced ? new Date() : null})`;
  await sql`
    INSERT INTO workflow_worker_leases (worker_id, lease_until, heartbeat_at)
    VALUES (${workerId}, now() + make_interval(secs => ${leaseSeconds}), now())`;
}

describe('health', () => {
  it('is unavailable while no worker holds a lease, however many are dead or fenced', async () => {
    await addWorker({ leaseSeconds: -1, fenced: false });
    await addWorker({ leaseSeconds: 60, fenced: true });
    expect(await readHealth({ sql })).toEqual({
      status: 'unavailable',
      reasons: ['No worker is alive: nothing is processed until one starts.'],
      postgres: 'ok',
      workers: { alive: 0 },
      redis: 'not configured',
    });
  });

  it('is ok with a live worker, with or without Redis', async () => {
    await addWorker({ leaseSeconds: 60, fenced: false });
    expect(await readHealth({ sql })).toMatchObject({ status: 'ok', reasons: [], workers: { alive: 1 } });
    const pingRedis = () => Promise.reject(new Error('away'));
    expect(await readHealth({ sql, pingRedis })).toMatchObject({ status: 'ok', redis: 'unreachable' });
    expect(await readHealth({ sql, pingRedis: () => Promise.resolve() })).toMatchObject({ status: 'ok', redis: 'ok' });
  });

  it('says within its timeout that Postgres does not answer', async () => {
    const nowhere = postgres('postgres://localhost:1/nothing', { max: 1, onnotice: () => undefined });
    const startedAt = performance.now();
    expect(await readHealth({ sql: nowhere, timeoutMs: 300 })).toMatchObject({
      status: 'unavailable',
      reasons: ['Postgres does not answer.'],
      postgres: 'unreachable',
    });
    expect(performance.now() - startedAt).toBeLessThan(2000);
    await nowhere.end({ timeout: 0 });
  });
});

import { randomUUID } from 'node:crypto';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../db/testing/testDatabase';
import { createPostgresMembership, workerSessionName } from '../../persistence/membership';

describe('taking over from a worker that stands still', () => {
  let database: TestDatabase;
  let sql: Sql;
  beforeAll(async () => {
    database = await createTestDatabase();
    sql = postgres(database.url, { max: 4, onnotice: () => undefined, connection: { lock_timeout: 2_000 } });
  });
  afterAll(async () => {
    await sql.end({ timeout: 1 });
    await database.drop();
  });

  const register = async (leaseMs: number): Promise<string> => {
    const workerId = randomUUID();
    const worker = { workerId, host: 'test', pid: 1, codeVersion: '1' };
    await createPostgresMembership(sql).register(worker, leaseMs);
    return workerId;
  };

  /** A session in the middle of a commit that nobody finishes. */
  const standStill = async (workerId: string) => {
    const client = postgres(database.url, {
      max: 1,
      onnotice: () => undefined,
      connection: { application_name: workerSessionName(workerId) },
    });
    await client.unsafe('BEGIN');
    await client`SELECT 1 FROM workflow_workers WHERE worker_id = ${workerId} FOR SHARE`;
    return client;
  };

  it('does not wait for what its sessions hold', async () => {
    const workerId = await register(0);
    const client = await standStill(workerId);
    const membership = createPostgresMembership(sql);
    expect(await membership.fenceExpired({ knownDead: null })).toEqual([workerId]);
    const open = await sql`SELECT 1 FROM pg_stat_activity WHERE application_name = ${workerSessionName(workerId)}`;
    expect(open).toHaveLength(0);
    await client.end({ timeout: 0 });
  });

  it('leaves the sessions of a living worker alone', async () => {
    const workerId = await register(60_000);
    const client = await standStill(workerId);
    const membership = createPostgresMembership(sql);
    expect(await membership.fenceExpired({ knownDead: null })).toEqual([]);
    await client.unsafe('COMMIT');
    await client.end({ timeout: 0 });
  });
});

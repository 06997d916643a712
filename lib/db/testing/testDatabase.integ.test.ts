import { Redis } from 'ioredis';
import postgres from 'postgres';
import { afterAll, describe, expect, it } from 'vitest';
import { createTestDatabase, hasTestRedis, testRedisUrl } from './testDatabase';

const cleanups: (() => Promise<unknown> | void)[] = [];
afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

async function openDatabase(): Promise<postgres.Sql> {
  const database = await createTestDatabase();
  const sql = postgres(database.url, { max: 1, onnotice: () => undefined });
  cleanups.push(database.drop, () => sql.end());
  return sql;
}

describe('createTestDatabase', () => {
  it('gives a database with the migrations applied', async () => {
    const sql = await openDatabase();
    const applied = await sql`select hash from drizzle.__drizzle_migrations`;
    expect(applied.length).toBeGreaterThan(0);
  });

  it('gives every caller a database of its own', async () => {
    const [first, second] = await Promise.all([openDatabase(), openDatabase()]);
    await first`create table only_here (id int)`;
    const seen = await second`select to_regclass('only_here') as name`;
    expect(seen[0]?.name).toBeNull();
  });

  it('removes the database although a session is open on it', async () => {
    const database = await createTestDatabase();
    const sql = postgres(database.url, { max: 1, onnotice: () => undefined });
    await sql`select 1`;
    await database.drop();
    await expect(sql`select 1`).rejects.toThrow();
    await sql.end();
  });
});

describe.skipIf(!hasTestRedis())('testRedisUrl', () => {
  it('gives every caller an empty keyspace of its own', async () => {
    const [first, second] = (await Promise.all([testRedisUrl(), testRedisUrl()])).map((url) => new Redis(url));
    cleanups.push(
      () => first?.disconnect(),
      () => second?.disconnect(),
    );
    await first?.set('key', 'value');
    expect(await second?.get('key')).toBeNull();
    expect(await first?.dbsize()).toBe(1);
  });
});

import { rmSync, statSync } from 'node:fs';
import path from 'node:path';
import postgres from 'postgres';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removePostgresOf, startPostgres } from './postgres.mjs';
import { isAlive, waitUntilGone } from './processes.mjs';
import { makeThrowawayDirectory } from './throwaway.mjs';

const projectRoot = path.resolve(import.meta.dirname, '../..');
let directory: string;
let dataDir: string;

beforeEach(() => {
  directory = makeThrowawayDirectory();
  dataDir = path.join(directory, 'data');
});
afterEach(async () => {
  await removePostgresOf({ dataDir });
  rmSync(directory, { recursive: true, force: true });
});

async function onServer(url: string, work: (sql: postgres.Sql) => Promise<unknown>): Promise<unknown> {
  const sql = postgres(url, { max: 1 });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

describe('an own Postgres server', () => {
  it('is taken over by a second start, since the first starter may be dead', async () => {
    const first = await startPostgres({ projectRoot, dataDir });
    const second = await startPostgres({ projectRoot, dataDir });
    expect({ url: second.url, pid: second.pid }).toEqual({ url: first.url, pid: first.pid });
  });

  it('keeps committed rows when it is killed', async () => {
    const first = await startPostgres({ projectRoot, dataDir });
    await onServer(first.url, (sql) => sql`create table kept as select 7 as n`);
    process.kill(first.pid, 'SIGKILL');
    await waitUntilGone({ pid: first.pid, timeoutMs: 30_000 });
    const second = await startPostgres({ projectRoot, dataDir });
    expect(second.pid).not.toBe(first.pid);
    expect(await onServer(second.url, (sql) => sql`select n from kept`)).toEqual([{ n: 7 }]);
  });

  it('is durable, speaks UTF-8 and lets nobody in without the password', async () => {
    const { url, port } = await startPostgres({ projectRoot, dataDir });
    const settings = await onServer(
      url,
      (sql) => sql`select current_setting('fsync') as fsync, current_setting('server_encoding') as encoding`,
    );
    expect(settings).toEqual([{ fsync: 'on', encoding: 'UTF8' }]);
    const guess = `postgresql://postgres:guess@localhost:${port}/baton`;
    await expect(onServer(guess, (sql) => sql`select 1`)).rejects.toThrow('password authentication failed');
    expect(statSync(path.join(dataDir, 'postgres.password')).mode & 0o077).toBe(0);
  });

  it('gets a new password when the old one is lost, and keeps its rows', async () => {
    const first = await startPostgres({ projectRoot, dataDir });
    await onServer(first.url, (sql) => sql`create table kept as select 7 as n`);
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    rmSync(path.join(dataDir, 'postgres.password'));
    const second = await startPostgres({ projectRoot, dataDir });
    expect(await onServer(second.url, (sql) => sql`select n from kept`)).toEqual([{ n: 7 }]);
  });
});

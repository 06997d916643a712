/** A throw-away Postgres that keeps its promises (fsync on), and a Redis, for the time of a run. */
import { rmSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import postgres, { type Sql } from 'postgres';
import { ensureTemplateDatabase, urlOfDatabase } from '../lib/db/testing/templateDatabase';
import { removePostgresOf, startPostgres } from '../scripts/lib/postgres.mjs';
import { findOrInstallRedisServer, startRedis } from '../scripts/lib/redis.mjs';
import { makeThrowawayDirectory } from '../scripts/lib/throwaway.mjs';

const projectRoot = path.resolve(import.meta.dirname, '..');
const redisDatabases = 200;

export interface BenchServers {
  readonly postgresPid: number;
  /** What the numbers depend on. */
  readonly settings: Readonly<Record<string, string | number>>;
  /** A database and a Redis keyspace that nobody used before. */
  openCase(options: {
    readonly withTables: boolean;
  }): Promise<{ readonly databaseUrl: string; readonly redisUrl: string | null; drop(): Promise<void> }>;
  stop(): Promise<void>;
}

export async function startBenchServers(): Promise<BenchServers> {
  const dataDir = path.join(makeThrowawayDirectory(), 'data');
  const redisServer = await findOrInstallRedisServer();
  const redis =
    redisServer === undefined
      ? null
      : await startRedis({
          server: redisServer,
          dataDir: path.join(dataDir, 'redis'),
          port: undefined,
          databases: redisDatabases,
        });
  const server = await startCountingPostgres(dataDir);
  const admin = postgres(server.url, { max: 1, onnotice: () => undefined });
  const template = await ensureTemplateDatabase({
    serverUrl: server.url,
    migrationsFolder: path.join(projectRoot, 'drizzle'),
  });
  let cases = 0;
  return {
    postgresPid: server.pid,
    settings: await readSettings(admin, redis?.url ?? null),
    openCase: async ({ withTables }) => {
      cases += 1;
      const database = `bench_${cases}`;
      await admin.unsafe(`CREATE DATABASE ${database}${withTables ? ` TEMPLATE ${template}` : ''}`);
      const databaseUrl = urlOfDatabase({ serverUrl: server.url, database });
      await countStatements(databaseUrl);
      await admin`CHECKPOINT`;
      return {
        databaseUrl,
        redisUrl: redis === null ? null : `${redis.url}/${cases % redisDatabases}`,
        drop: async () => {
          await admin.unsafe(`DROP DATABASE ${database} WITH (FORCE)`);
        },
      };
    },
    stop: async () => {
      await admin.end();
      await redis?.stop();
      await removePostgresOf({ dataDir });
      rmSync(path.dirname(dataDir), { recursive: true, force: true });
    },
  };
}

/** Statements are counted by an extension that must be there from the start; where it is missing they are not. */
async function startCountingPostgres(dataDir: string) {
  const first = await startPostgres({ projectRoot, dataDir, durable: true });
  const sql = postgres(first.url, { max: 1, onnotice: () => undefined });
  const [extension] = await sql`SELECT 1 FROM pg_available_extensions WHERE name = 'pg_stat_statements'`;
  if (extension === undefined) {
    await sql.end();
    return first;
  }
  await sql`ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'`;
  await sql.end();
  await first.stop();
  return startPostgres({ projectRoot, dataDir, durable: true });
}

async function countStatements(databaseUrl: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  const [loaded] = await sql`SELECT 1 WHERE current_setting('shared_preload_libraries') LIKE '%pg_stat_statements%'`;
  if (loaded) await sql`CREATE EXTENSION IF NOT EXISTS pg_stat_statements`;
  await sql.end();
}

async function readSettings(sql: Sql, redisUrl: string | null): Promise<Record<string, string | number>> {
  const [row] = await sql<Record<string, string>[]>`
    SELECT current_setting('server_version') AS postgres, current_setting('fsync') AS fsync,
           current_setting('synchronous_commit') AS synchronous_commit,
           current_setting('full_page_writes') AS full_page_writes,
           current_setting('wal_sync_method') AS wal_sync_method,
           current_setting('shared_buffers') AS shared_buffers`;
  return { ...row, redis: redisUrl === null ? 'none' : 'yes', node: process.versions.node, cores: cpus().length };
}

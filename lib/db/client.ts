/**
 * Connections of this process. Two pools, because Drizzle changes the types of the client that it is given: the engine
 * writes raw SQL over one, pages read through Drizzle over the other.
 */
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import type postgres from 'postgres';
import { env } from '../env';
import { createLastingPool } from './lastingPool';
import { createRawClient } from './rawClient';
import * as schema from './schema';

export type PageDatabase = PostgresJsDatabase<typeof schema>;

interface Pools {
  raw?: postgres.Sql;
  page?: { readonly client: postgres.Sql; readonly db: PageDatabase };
}

// A reload in development evaluates this module again; the pools stay.
const poolsKey = Symbol.for('baton.database.pools');
const holder = globalThis as { [poolsKey]?: Pools };
const pools: Pools = (holder[poolsKey] ??= {});

/**
 * The engine's client. Its sessions' patience of 5 s is below a worker's lease of 8 s.
 * @param name what the sessions are called in `pg_stat_activity`; the first call decides.
 */
export function rawSql(name = 'baton'): postgres.Sql {
  pools.raw ??= createRawClient({ url: env().databaseUrl, name, max: env().databasePoolSize, patienceMs: 5_000 });
  return pools.raw;
}

/** Drizzle for the read side. */
export function pageDb(): PageDatabase {
  if (pools.page === undefined) {
    const client = createLastingPool(env().databaseUrl, {
      max: env().databasePoolSize,
      onnotice: () => undefined,
      connection: { application_name: 'baton pages' },
    });
    pools.page = { client, db: drizzle(client, { schema }) };
  }
  return pools.page.db;
}

/** Ends both pools after the statements under way. For scripts, workers and tests, which would not exit otherwise. */
export async function closeDatabase(): Promise<void> {
  const { raw, page } = pools;
  delete pools.raw;
  delete pools.page;
  await Promise.all([raw?.end({ timeout: 5 }), page?.client.end({ timeout: 5 })]);
}

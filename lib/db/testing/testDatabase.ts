// Real servers for integration tests (`*.integ.test.ts`). The servers themselves are started once a run, by
// scripts/testing/globalSetup.ts; a test file takes its own database and its own Redis keyspace from here.
import { Redis } from 'ioredis';
import { inject } from 'vitest';
import { createDatabaseFrom } from './templateDatabase';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Superuser URL of the server that test databases are made on. */
    readonly testServerUrl: string;
    /** Name of the migrated database that test databases are copied from. */
    readonly testTemplateDatabase: string;
    /** URL of the Redis server, or an empty text where none can be had. */
    readonly testRedisServerUrl: string;
  }
}

/** A database of a test's own. */
export interface TestDatabase {
  /** Connects as superuser. */
  readonly url: string;
  /** Ends all sessions on the database and removes it. */
  drop(): Promise<void>;
}

/**
 * Creates an empty database with all migrations applied (a copy of the run's template, some ten milliseconds).
 * Call it in `beforeAll` or `beforeEach` and drop it after.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  return createDatabaseFrom({ serverUrl: inject('testServerUrl'), template: inject('testTemplateDatabase') });
}

/** False where no Redis server can be had, so that a suite that needs one can be left out. */
export function hasTestRedis(): boolean {
  return inject('testRedisServerUrl') !== '';
}

/**
 * URL of an empty logical Redis database that nobody else in this run has. Pub/sub channels are shared by all logical
 * databases: put a test's own id into channel names.
 * @throws where no Redis server can be had.
 */
export async function testRedisUrl(): Promise<string> {
  const serverUrl = inject('testRedisServerUrl');
  if (serverUrl === '') throw new Error('No Redis server: install redis-server or set TEST_REDIS_URL.');
  const client = new Redis(serverUrl, { maxRetriesPerRequest: 1 });
  try {
    const [, databases] = await client.config('GET', 'databases');
    const ticket = await client.incr('baton:test:databases');
    // Database 0 holds the counter.
    const number = 1 + (ticket % (Number(databases) - 1));
    await client.select(number);
    await client.flushdb();
    return `${serverUrl}/${number}`;
  } finally {
    client.disconnect();
  }
}

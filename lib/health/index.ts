/** The health of this installation, from this process's connections. */
import type { Redis } from 'ioredis';
import { rawSql } from '../db/client';
import { env } from '../env';
import { becomesReady, createRedisClient } from '../redis/redisClient';
import { type Health, readHealth } from './readHealth';

// A reload in development evaluates this module again; the connection stays.
const clientKey = Symbol.for('baton.health.redis');
const holder = globalThis as { [clientKey]?: Redis };

/** Never rejects. */
export function currentHealth(): Promise<Health> {
  const { redisUrl } = env();
  return readHealth({ sql: rawSql(), ...(redisUrl !== undefined && { pingRedis: () => pingRedis(redisUrl) }) });
}

async function pingRedis(url: string): Promise<void> {
  const client = (holder[clientKey] ??= createRedisClient({ url, name: 'baton-health' }));
  if (!(await becomesReady({ client, timeoutMs: 1000 }))) throw new Error('Redis is not connected.');
  await client.ping();
}

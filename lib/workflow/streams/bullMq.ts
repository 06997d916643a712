import { Redis } from 'ioredis';
import type { Outage } from '../../redis/outage';

/** One hash slot for all keys of the queues, as their scripts need in a Redis Cluster. */
export function jobPrefix(prefix: string): string {
  return `{${prefix}jobs}`;
}

/**
 * BullMQ wants connections of its own making rules: it repeats blocked commands itself, so they may never be given up.
 */
export function connectForBullMq({
  url,
  name,
  outage,
  failsFast,
}: {
  readonly url: string;
  readonly name: string;
  readonly outage: Outage;
  readonly failsFast: boolean;
}): Redis {
  const client = new Redis(url, {
    connectionName: name,
    maxRetriesPerRequest: null,
    enableOfflineQueue: !failsFast,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 6), 1_000),
  });
  client.on('ready', () => outage.up(client));
  client.on('error', (error: unknown) => outage.down(client, error));
  client.on('end', () => outage.forget(client));
  return client;
}

import { Redis } from 'ioredis';
import type { Outage } from './outage';
import { waitAtMost } from './patience';

// Closed on purpose: that is no outage.
const closing = new WeakSet<Redis>();

/**
 * Opens a connection whose commands fail at once while it is not ready (nothing queues up behind an outage) and that
 * reconnects for ever, at most once a second. A peer that leaves a command unanswered for `silenceMs` counts as gone: a
 * blocking read passes more than it blocks, and has its watchdog in this.
 */
export function createRedisClient({
  url,
  name,
  silenceMs = 5_000,
  outage,
}: {
  readonly url: string;
  /** Shown by `CLIENT LIST`. */
  readonly name: string;
  readonly silenceMs?: number;
  /** Told about the state of this connection, where given. */
  readonly outage?: Outage;
}): Redis {
  const client = new Redis(url, {
    connectionName: name,
    enableOfflineQueue: false,
    // 0 rejects what is unanswered when a connection breaks. Whether such a command took effect is not known, so our
    // callers repeat it themselves where that is harmless.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    connectTimeout: 5_000,
    socketTimeout: silenceMs,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 6), 1_000) * (0.5 + Math.random() / 2),
    // After a failover the old primary refuses writes: find the new one.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  });
  client.on('ready', () => outage?.up(client));
  // Without a listener ioredis prints errors by itself.
  client.on('error', (error: unknown) => outage?.down(client, error));
  client.on('close', () => {
    if (!closing.has(client)) outage?.down(client, new Error('The connection was closed.'));
  });
  client.on('end', () => outage?.forget(client));
  return client;
}

/** Resolves true when the connection is ready, false when it was closed for good or the time is over. */
export function becomesReady({
  client,
  timeoutMs,
}: {
  readonly client: Redis;
  readonly timeoutMs: number;
}): Promise<boolean> {
  if (client.status === 'ready') return Promise.resolve(true);
  if (client.status === 'end') return Promise.resolve(false);
  return new Promise((resolve) => {
    const finish = (ready: boolean) => {
      clearTimeout(timer);
      client.off('ready', onReady);
      client.off('end', onEnd);
      resolve(ready);
    };
    const onReady = () => {
      finish(true);
    };
    const onEnd = () => {
      finish(false);
    };
    const timer = setTimeout(onEnd, timeoutMs);
    client.once('ready', onReady);
    client.once('end', onEnd);
  });
}

/** Says goodbye where the connection works and drops it where it does not. Never rejects. */
export async function closeRedisClient(client: Redis): Promise<void> {
  closing.add(client);
  if (client.status === 'ready') await waitAtMost({ work: client.quit(), waitMs: 1_000 });
  client.disconnect();
}

import { randomUUID } from 'node:crypto';
import { createOutage } from '../../redis/outage';
import { becomesReady, closeRedisClient, createRedisClient } from '../../redis/redisClient';
import type { LockPort } from '../model/ports/locks';
import type { Logger, Metrics } from '../model/ports/telemetry';

// Only the holder may renew or release: somebody else may have the lock by then.
const renewScript = `
if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end
return 0`;
const releaseScript = `
if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end
return 0`;

/** Locks in Redis: SET NX PX with a token. While Redis is away functions run without a lock, as the port allows. */
export function createRedisLocks({
  url,
  prefix,
  logger,
  metrics,
}: {
  readonly url: string;
  readonly prefix: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
}): LockPort {
  const outage = createOutage({ use: 'locks', logger, metrics });
  const client = createRedisClient({ url, name: 'baton-locks', outage });

  type Attempt = 'acquired' | 'busy' | 'unknown';
  const acquire = async (key: string, token: string, ttlMs: number): Promise<Attempt> => {
    if (outage.isFailing() || !(await becomesReady({ client, timeoutMs: 500 }))) return 'unknown';
    try {
      return (await client.set(key, token, 'PX', ttlMs, 'NX')) === 'OK' ? 'acquired' : 'busy';
    } catch {
      return 'unknown';
    }
  };

  return {
    withLock: async ({ name, ttlMs }, fn) => {
      const key = `${prefix}lock:${name}`;
      const token = randomUUID();
      const askedAt = performance.now();
      const attempt = await acquire(key, token, ttlMs);
      if (attempt === 'busy') return { status: 'busy' };
      if (attempt === 'unknown') return { status: 'done', result: await fn({ isHeld: () => true }) };

      let heldUntil = askedAt + ttlMs;
      const renew = async (): Promise<void> => {
        const now = performance.now();
        const renewed = await client.eval(renewScript, 1, key, token, ttlMs);
        heldUntil = renewed === 1 ? now + ttlMs : 0;
      };
      const renewing = setInterval(
        () => {
          // Unanswered: the lock runs out by itself and `isHeld` says so in time.
          renew().catch(() => undefined);
        },
        Math.max(1, Math.floor(ttlMs / 3)),
      );
      try {
        return { status: 'done', result: await fn({ isHeld: () => performance.now() < heldUntil }) };
      } finally {
        clearInterval(renewing);
        await client.eval(releaseScript, 1, key, token).catch(() => undefined);
      }
    },
    close: () => closeRedisClient(client),
  };
}

/** No Redis, no locks: every function runs. What runs under a lock is right without one, only done twice at times. */
export const absentLocks: LockPort = {
  withLock: async (_request, fn) => ({ status: 'done', result: await fn({ isHeld: () => true }) }),
  close: () => Promise.resolve(),
};

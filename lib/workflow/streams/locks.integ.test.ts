import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { canRunOwnRedis, createOwnRedisServer, type OwnRedisServer } from '../../redis/testing/ownRedisServer';
import type { LockPort } from '../model/ports/locks';
import { createMemoryMetrics } from '../telemetry/memoryMetrics';
import { silentLogger } from '../telemetry/silentLogger';
import { absentLocks, createRedisLocks } from './redisLocks';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

let server: OwnRedisServer;
const opened: LockPort[] = [];
beforeAll(async () => {
  if (canRunOwnRedis) server = await createOwnRedisServer();
});
afterEach(async () => {
  for (const locks of opened.splice(0)) await locks.close();
});
afterAll(() => (canRunOwnRedis ? server.remove() : undefined));

function openRedisLocks(): LockPort {
  const locks = createRedisLocks({
    url: server.url,
    prefix: 'test:',
    logger: silentLogger,
    metrics: createMemoryMetrics(),
  });
  opened.push(locks);
  return locks;
}

describe.each([
  ...(canRunOwnRedis ? [{ name: 'Redis', open: openRedisLocks }] : []),
  { name: 'absent', open: () => absentLocks },
])('locks ($name)', ({ open }) => {
  it('give back what the function returns', async () => {
    const locks = open();
    expect(await locks.withLock({ name: randomUUID(), ttlMs: 1_000 }, async () => 42)).toEqual({
      status: 'done',
      result: 42,
    });
  });

  it('reject with what the function rejects with, and are free afterwards', async () => {
    const locks = open();
    const name = randomUUID();
    const failure = new Error('sweep failed');
    await expect(locks.withLock({ name, ttlMs: 60_000 }, () => Promise.reject(failure))).rejects.toBe(failure);
    expect(await locks.withLock({ name, ttlMs: 1_000 }, async () => 'next')).toMatchObject({ status: 'done' });
  });

  it('say that the lock is held while the function runs', async () => {
    const locks = open();
    await locks.withLock({ name: randomUUID(), ttlMs: 1_000 }, async (lock) => {
      expect(lock.isHeld()).toBe(true);
    });
  });
});

describe.runIf(canRunOwnRedis)('locks over Redis', () => {
  it('keep others out, by name, until the function ends', async () => {
    const [mine, theirs] = [openRedisLocks(), openRedisLocks()];
    const name = randomUUID();
    let entered = (): void => undefined;
    let leave = (): void => undefined;
    const inside = new Promise<void>((resolve) => (entered = resolve));
    const released = new Promise<void>((resolve) => (leave = resolve));
    const first = mine.withLock({ name, ttlMs: 5_000 }, () => {
      entered();
      return released;
    });
    await inside;
    expect(await theirs.withLock({ name, ttlMs: 5_000 }, async () => 'ran')).toEqual({ status: 'busy' });
    expect(await theirs.withLock({ name: randomUUID(), ttlMs: 5_000 }, async () => 'ran')).toMatchObject({
      status: 'done',
    });
    leave();
    await first;
    expect(await theirs.withLock({ name, ttlMs: 5_000 }, async () => 'ran')).toMatchObject({ status: 'done' });
  });

  it('are renewed while the function runs longer than their time to live', async () => {
    const [mine, theirs] = [openRedisLocks(), openRedisLocks()];
    const name = randomUUID();
    await mine.withLock({ name, ttlMs: 2_000 }, async (lock) => {
      await pause(3_000);
      expect(lock.isHeld()).toBe(true);
      expect(await theirs.withLock({ name, ttlMs: 2_000 }, async () => 'ran')).toEqual({ status: 'busy' });
    });
  });

  it('tell a holder that lost the lock, and leave the lock of the next holder alone', async () => {
    const [mine, theirs] = [openRedisLocks(), openRedisLocks()];
    const name = randomUUID();
    let second: Promise<unknown> | undefined;
    let leave = (): void => undefined;
    await mine.withLock({ name, ttlMs: 150 }, async (lock) => {
      await server.withClient((client) => client.del(`test:lock:${name}`));
      second = theirs.withLock({ name, ttlMs: 10_000 }, () => new Promise<void>((resolve) => (leave = resolve)));
      await expect.poll(() => lock.isHeld()).toBe(false);
    });
    expect(await server.withClient((client) => client.exists(`test:lock:${name}`))).toBe(1);
    leave();
    await second;
  });

  it('run the function while Redis is away', async () => {
    const locks = openRedisLocks();
    await locks.withLock({ name: randomUUID(), ttlMs: 1_000 }, async () => undefined);
    await server.stop();
    try {
      expect(await locks.withLock({ name: randomUUID(), ttlMs: 1_000 }, async () => 'ran')).toEqual({
        status: 'done',
        result: 'ran',
      });
    } finally {
      await server.start();
    }
  });

  it('end by themselves when their holder dies', async () => {
    const name = randomUUID();
    await server.withClient((client) => client.set(`test:lock:${name}`, 'a dead holder', 'PX', 2_000, 'NX'));
    const locks = openRedisLocks();
    expect(await locks.withLock({ name, ttlMs: 1_000 }, async () => 'ran')).toEqual({ status: 'busy' });
    await expect
      .poll(async () => locks.withLock({ name, ttlMs: 1_000 }, async () => 'ran'))
      .toMatchObject({ status: 'done' });
  });
});

import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../db/testing/testDatabase';
import type { LiveChange, LiveNotice } from '../workflow/model/ports/live';
import { createMemoryMetrics } from '../workflow/telemetry/memoryMetrics';
import { silentLogger } from '../workflow/telemetry/silentLogger';
import { createChangeCounter, type ChangeCounter } from './changeCounter';
import { createLiveHub, liveHub } from './liveHub';
import { createCounterLivePublisher, createRedisLivePublisher } from './livePublisher';
import { canRunOwnRedis, createOwnRedisServer, type OwnRedisServer } from './testing/ownRedisServer';

let database: TestDatabase;
let sql: postgres.Sql;
let counter: ChangeCounter;
let server: OwnRedisServer;
const closers: (() => Promise<void>)[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  if (canRunOwnRedis) server = await createOwnRedisServer();
  sql = postgres(database.url, { max: 2, onnotice: () => undefined });
  counter = createChangeCounter({ sql });
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});
afterAll(async () => {
  await sql.end();
  await database.drop();
  if (canRunOwnRedis) await server.remove();
});

function open({ withRedis, refreshMs = 60_000 }: { readonly withRedis: boolean; readonly refreshMs?: number }) {
  const prefix = `t${randomUUID().slice(0, 8)}:`;
  const common = { prefix, counter, logger: silentLogger, metrics: createMemoryMetrics() };
  const publisher = withRedis
    ? createRedisLivePublisher({ ...common, url: server.url })
    : createCounterLivePublisher(common);
  const hub = createLiveHub({ ...common, redisUrl: withRedis ? server.url : undefined, pollMs: 50, refreshMs });
  closers.push(
    () => publisher.close(),
    () => hub.close(),
  );
  const listen = (tenant: string) => {
    const heard: LiveNotice[] = [];
    const leave = hub.subscribe({ tenant, listener: (notice) => heard.push(notice) });
    return { heard, leave };
  };
  const change = (tenant: string, id: string): LiveChange => ({ tenant, topic: 'task', id });
  return { publisher, hub, listen, change };
}

const anything: LiveNotice = { topic: '*', id: '*' };
const quiet = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.each([
  ...(canRunOwnRedis ? [{ name: 'Redis', withRedis: true }] : []),
  { name: 'change counter', withRedis: false },
])('live notices ($name)', ({ withRedis }) => {
  it('reach the listeners of the tenant', async () => {
    const { publisher, listen, change } = open({ withRedis });
    const first = listen('acme');
    const second = listen('acme');
    await expect.poll(() => first.heard).toContainEqual(anything);
    await publisher.publish({ changes: [change('acme', 't1')] });
    const expected = withRedis ? { topic: 'task', id: 't1' } : anything;
    const count = first.heard.length;
    await expect.poll(() => first.heard.length).toBeGreaterThan(count - 1);
    await expect.poll(() => first.heard).toContainEqual(expected);
    await expect.poll(() => second.heard).toContainEqual(expected);
  });

  it('never carry an id to another tenant', async () => {
    const { publisher, listen, change } = open({ withRedis });
    const acme = listen('acme');
    const globex = listen('globex');
    await expect.poll(() => globex.heard).toContainEqual(anything);
    const before = acme.heard.length;
    await publisher.publish({ changes: [change('acme', 'secret')] });
    await expect.poll(() => acme.heard.length).toBeGreaterThan(before);
    await quiet(150);
    expect(globex.heard.map((notice) => notice.id)).not.toContain('secret');
  });

  it('stop with the subscription', async () => {
    const { publisher, listen, change } = open({ withRedis });
    const gone = listen('acme');
    const stays = listen('acme');
    await expect.poll(() => gone.heard).toContainEqual(anything);
    await quiet(150);
    gone.leave();
    const before = gone.heard.length;
    const stayed = stays.heard.length;
    await publisher.publish({ changes: [change('acme', 't1')] });
    await expect.poll(() => stays.heard.length).toBeGreaterThan(stayed);
    expect(gone.heard).toHaveLength(before);
  });

  it('go on after a listener that throws', async () => {
    const { publisher, hub, listen, change } = open({ withRedis });
    hub.subscribe({
      tenant: 'acme',
      listener: () => {
        throw new Error('page is gone');
      },
    });
    const other = listen('acme');
    await expect.poll(() => other.heard).toContainEqual(anything);
    const before = other.heard.length;
    await publisher.publish({ changes: [change('acme', 't1')] });
    await expect.poll(() => other.heard.length).toBeGreaterThan(before);
  });

  it('survive a burst', async () => {
    const { publisher, listen, change } = open({ withRedis });
    const listener = listen('acme');
    await expect.poll(() => listener.heard).toContainEqual(anything);
    await Promise.all(
      Array.from({ length: 1_000 }, (_, index) => publisher.publish({ changes: [change('acme', `t${index % 100}`)] })),
    );
    await expect.poll(() => listener.heard.length).toBeGreaterThan(1);
    if (withRedis) {
      await expect.poll(() => new Set(listener.heard.map((notice) => notice.id)).size).toBe(101);
      expect(listener.heard.length).toBeLessThan(1_000);
    }
  });
});

describe('live notices without Redis', () => {
  it('are repeated once, because the counter moves before the commit', async () => {
    const { publisher, listen, change } = open({ withRedis: false });
    const { heard } = listen('acme');
    await expect.poll(() => heard.length).toBe(2);
    await quiet(200);
    expect(heard).toHaveLength(2);
    await publisher.publish({ changes: [change('acme', 't1')] });
    await expect.poll(() => heard.length).toBe(4);
    await quiet(200);
    expect(heard).toHaveLength(4);
  });

  it('do not read the counter while no page is open', async () => {
    let reads = 0;
    const hub = createLiveHub({
      prefix: 'unused:',
      counter: {
        ...counter,
        read: () => {
          reads += 1;
          return counter.read();
        },
      },
      logger: silentLogger,
      metrics: createMemoryMetrics(),
      pollMs: 20,
    });
    closers.push(() => hub.close());
    const leave = hub.subscribe({ tenant: 'acme', listener: () => undefined });
    await expect.poll(() => reads).toBeGreaterThan(2);
    leave();
    await quiet(60);
    const before = reads;
    await quiet(120);
    expect(reads).toBe(before);
  });
});

describe.runIf(canRunOwnRedis)('live notices over a Redis in trouble', () => {
  afterEach(async () => {
    await server.stop();
    await server.start();
  });

  it('come from the counter while it is away, say * when it is back, and are exact again', async () => {
    const { publisher, listen, change } = open({ withRedis: true });
    const { heard } = listen('acme');
    await expect.poll(() => heard).toEqual([anything]);
    await publisher.publish({ changes: [change('acme', 'before')] });
    await expect.poll(() => heard).toContainEqual({ topic: 'task', id: 'before' });

    await server.stop();
    await quiet(300);
    const away = heard.length;
    const start = performance.now();
    await publisher.publish({ changes: [change('acme', 'meanwhile')] });
    expect(performance.now() - start).toBeLessThan(500);
    await expect.poll(() => heard.slice(away)).toContainEqual(anything);

    await quiet(300);
    const back = heard.length;
    await server.start();
    await expect.poll(() => heard.slice(back), { timeout: 30_000 }).toContainEqual(anything);
    await publisher.publish({ changes: [change('acme', 'after')] });
    await expect.poll(() => heard, { timeout: 30_000 }).toContainEqual({ topic: 'task', id: 'after' });
  });

  it('make pages look by themselves while publishers may reach a Redis that the hub does not', async () => {
    await server.stop();
    const { listen } = open({ withRedis: true, refreshMs: 100 });
    const { heard } = listen('acme');
    await expect.poll(() => heard.length, { timeout: 30_000 }).toBeGreaterThan(4);
    expect(new Set(heard.map((notice) => notice.id))).toEqual(new Set(['*']));
  });
});

describe('liveHub', () => {
  it('is one for the process', async () => {
    const settings = () => ({ prefix: 'one:', counter, logger: silentLogger, metrics: createMemoryMetrics() });
    const hub = liveHub(settings);
    closers.push(() => hub.close());
    expect(liveHub(settings)).toBe(hub);
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { canRunOwnRedis, createOwnRedisServer, type OwnRedisServer } from '../../redis/testing/ownRedisServer';
import type { Logger } from '../model/ports/telemetry';
import { createMemoryMetrics } from '../telemetry/memoryMetrics';
import { instruments } from '../telemetry/names';
import { silentLogger } from '../telemetry/silentLogger';
import { hintGroup, hintStreamKey } from './hintStreams';
import { createRedisHintPublisher } from './redisHintPublisher';
import { createRedisHintSource, type HintReadMode } from './redisHintSource';
import { describeHintTransport } from './testing/hintContract';
import { startHintReader } from './testing/hintReader';

const modes: readonly { readonly name: string; readonly cluster: boolean; readonly readMode: HintReadMode }[] = [
  { name: 'Redis', cluster: false, readMode: 'together' },
  { name: 'Redis Cluster of one node', cluster: true, readMode: 'perStream' },
];

describe.runIf(canRunOwnRedis).each(modes)('$name', ({ name, cluster, readMode }) => {
  let server: OwnRedisServer;
  beforeAll(async () => {
    server = await createOwnRedisServer({ cluster });
  });
  afterAll(() => server.remove());

  describeHintTransport(name, async () => {
    const prefix = `t${randomUUID().slice(0, 8)}:`;
    const common = { url: server.url, prefix, logger: silentLogger, metrics: createMemoryMetrics() };
    const publisher = createRedisHintPublisher(common);
    return {
      publisher,
      createSource: () => createRedisHintSource({ ...common, workerId: randomUUID(), readMode, blockMs: 500 }),
      flush: () => server.flush(),
      close: () => publisher.close(),
    };
  });
});

describe.runIf(canRunOwnRedis)('hints over Redis in trouble', () => {
  let server: OwnRedisServer;
  const closers: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    server = await createOwnRedisServer();
  });
  afterEach(async () => {
    server.thaw();
    for (const close of closers.splice(0)) await close();
    await server.stop();
    await server.start();
  });
  afterAll(() => server.remove());

  function open(settings: { readonly workerId?: string; readonly blockMs?: number; readonly logger?: Logger } = {}) {
    const metrics = createMemoryMetrics();
    const common = { url: server.url, prefix: 'trouble:', logger: settings.logger ?? silentLogger, metrics };
    const publisher = createRedisHintPublisher(common);
    const source = createRedisHintSource({
      ...common,
      workerId: settings.workerId ?? 'w1',
      blockMs: settings.blockMs ?? 500,
    });
    closers.push(
      () => source.stop(),
      () => publisher.close(),
    );
    const publish = (partitionId: number, ...ids: string[]) =>
      publisher.publish({ hints: ids.map((executionId) => ({ partitionId, executionId })) });
    return { metrics, publisher, source, publish };
  }

  it('heals when Redis is flushed again and again under load', async () => {
    const { source, publish } = open();
    const partitionIds = Array.from({ length: 16 }, (_, index) => index);
    const reader = await startHintReader({ source, partitionIds, acknowledges: true });
    let sent = 0;
    let flushes = 0;
    const isEnough = () => flushes > 3 && sent > 1_000;
    const load = async () => {
      while (!isEnough()) {
        const from = sent;
        sent += 50;
        await publish(from % 16, ...Array.from({ length: 50 }, (_, index) => `e${from + index}`));
      }
    };
    const flushing = async () => {
      while (!isEnough()) {
        await new Promise((resolve) => setTimeout(resolve, 300));
        await server.flush();
        flushes += 1;
      }
    };
    await Promise.all([load(), load(), flushing()]);
    // What a flush took is told by onHeal; what comes after it arrives on every partition.
    await expect.poll(() => reader.heals(), { timeout: 30_000 }).toBeGreaterThanOrEqual(1);
    const after = partitionIds.map((partitionId) => `after-${partitionId}`);
    await Promise.all(partitionIds.map((partitionId) => publish(partitionId, `after-${partitionId}`)));
    await reader.hears(after);
    expect(source.state()).toBe('up');
  });

  it('reports a flush within a block time even when nothing is published', async () => {
    const { source, publish } = open({ blockMs: 300 });
    const reader = await startHintReader({ source, partitionIds: [1], acknowledges: true });
    await publish(1, 'a');
    await reader.hears(['a']);
    await server.flush();
    await expect.poll(() => reader.heals(), { timeout: 30_000 }).toBe(1);
  });

  it('reads on after Redis was stopped and started', async () => {
    const { source, publish, metrics } = open();
    const reader = await startHintReader({ source, partitionIds: [1, 2], acknowledges: true });
    await publish(1, 'a');
    await reader.hears(['a']);
    await server.stop();
    await expect.poll(() => source.state(), { timeout: 30_000 }).toBe('down');
    await server.start();
    await expect.poll(() => source.state(), { timeout: 30_000 }).toBe('up');
    await publish(2, 'b');
    await reader.hears(['b']);
    expect(reader.heals()).toBeGreaterThanOrEqual(1);
    expect(metrics.valueOf({ instrument: instruments.redisUp, labels: { use: 'hints' } })).toBe(1);
    expect(metrics.valueOf({ instrument: instruments.redisOutages, labels: { use: 'hints' } })).toBe(1);
  });

  it('starts while Redis is away and works once it comes', async () => {
    await server.stop();
    const { source, publish } = open();
    const reader = await startHintReader({ source, partitionIds: [1], acknowledges: true });
    await publish(1, 'kept while away');
    expect(source.state()).toBe('down');
    await server.start();
    await reader.hears(['kept while away']);
  });

  it('publishes fast while Redis is away, and sends what waited when it is back', async () => {
    const { source, publish, metrics } = open();
    const reader = await startHintReader({ source, partitionIds: [1], acknowledges: true });
    await publish(1, 'a');
    await reader.hears(['a']);
    await server.stop();
    await publish(1, 'first');
    // Each of them comes back although nothing can be sent before the server is there again.
    for (let index = 0; index < 50; index += 1) await publish(1, `away${index}`);
    await server.start();
    await reader.hears(['first', 'away0', 'away49']);
    expect(metrics.valueOf({ instrument: instruments.hintsDropped })).toBe(0);
  });

  it('bounds what waits for an outage to end', async () => {
    await server.stop();
    const { publish, metrics } = open();
    await publish(1, 'x');
    for (let batch = 0; batch < 12; batch += 1) {
      await publish(1, ...Array.from({ length: 1_000 }, (_, index) => `e${batch}-${index}`));
    }
    // One batch of one hint may be under way, and so not among the 10,000 that wait.
    const dropped = metrics.valueOf({ instrument: instruments.hintsDropped });
    expect([2_000, 2_001]).toContain(dropped);
  });

  it('lets publishers go on while Redis hangs', async () => {
    const { source, publish } = open();
    const reader = await startHintReader({ source, partitionIds: [1], acknowledges: true });
    await publish(1, 'a');
    await reader.hears(['a']);
    server.freeze();
    // Each of them comes back although the server answers nothing before it is thawed.
    await publish(1, 'b');
    for (let index = 0; index < 20; index += 1) await publish(1, `c${index}`);
    server.thaw();
    await reader.hears(['b', 'c0', 'c19']);
  });

  it('gives up a read that Redis never answers, and reads on when it answers again', async () => {
    const { source, publish } = open({ blockMs: 200 });
    const reader = await startHintReader({ source, partitionIds: [1], acknowledges: true });
    await publish(1, 'a');
    await reader.hears(['a']);
    server.freeze();
    await expect.poll(() => source.state(), { timeout: 30_000 }).toBe('down');
    server.thaw();
    await expect.poll(() => source.state(), { timeout: 30_000 }).toBe('up');
    await publish(1, 'b');
    await reader.hears(['b']);
    expect(reader.heals()).toBeGreaterThanOrEqual(1);
  });

  it('logs an outage once and its end once', async () => {
    const lines: string[] = [];
    const logger: Logger = {
      ...silentLogger,
      warn: (fields, message) => lines.push(`warn ${String(fields.use)} ${message.slice(0, 5)}`),
      info: (fields, message) => lines.push(`info ${String(fields.use)} ${message.slice(0, 11)}`),
    };
    const { source, publish } = open({ logger });
    await startHintReader({ source, partitionIds: [1], acknowledges: true });
    await publish(1, 'a');
    await expect.poll(() => source.state()).toBe('up');
    await server.stop();
    await expect.poll(() => source.state()).toBe('down');
    for (let index = 0; index < 20; index += 1) {
      await publish(1, `e${index}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await server.start();
    await expect.poll(() => source.state(), { timeout: 30_000 }).toBe('up');
    await expect.poll(() => lines.filter((line) => line.startsWith('info publish'))).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith('warn')).sort()).toEqual(['warn hints Redis', 'warn publish Redis']);
    expect(lines.filter((line) => line === 'info hints Redis works')).toHaveLength(1);
  });

  it('removes its consumer on a clean stop, and those of killed workers on take-over', async () => {
    const key = hintStreamKey({ prefix: 'trouble:', partitionId: 1 });
    const readers = () =>
      server.withClient(async (client) =>
        ((await client.xinfo('CONSUMERS', key, hintGroup)) as string[][]).map((reader) => reader[1]),
      );
    const clean = open({ workerId: 'clean' });
    const first = await startHintReader({ source: clean.source, partitionIds: [1], acknowledges: true });
    await clean.publish(1, 'a');
    await first.hears(['a']);
    expect(await readers()).toEqual(['clean']);
    await clean.source.stop();
    expect(await readers()).toEqual([]);

    await server.withClient((client) => client.xadd(key, '*', 'e', 'orphan'));
    await server.withClient((client) =>
      client.xreadgroup('GROUP', hintGroup, 'killed', 'COUNT', 10, 'STREAMS', key, '>'),
    );
    expect(await readers()).toEqual(['killed']);
    const next = open({ workerId: 'next' });
    const second = await startHintReader({ source: next.source, partitionIds: [1], acknowledges: true });
    await second.hears(['orphan']);
    expect(await readers()).toEqual(['next']);
    expect(next.metrics.valueOf({ instrument: instruments.hintsReclaimed })).toBe(1);
  });

  it('leaves nothing pending once hints are acknowledged', async () => {
    const { source, publish } = open();
    const reader = await startHintReader({ source, partitionIds: [1, 2], acknowledges: true });
    await publish(1, 'a', 'b');
    await publish(2, 'c');
    await reader.hears(['a', 'b', 'c']);
    for (const partitionId of [1, 2]) {
      const key = hintStreamKey({ prefix: 'trouble:', partitionId });
      await expect.poll(() => server.withClient(async (client) => (await client.xpending(key, hintGroup))[0])).toBe(0);
    }
  });

  it('trims what is older than ten minutes and nothing younger', async () => {
    const metrics = createMemoryMetrics();
    const key = hintStreamKey({ prefix: 'trim:', partitionId: 1 });
    const common = { url: server.url, prefix: 'trim:', logger: silentLogger, metrics };
    const present = createRedisHintPublisher(common);
    const future = createRedisHintPublisher({ ...common, nowMs: () => Date.now() + 11 * 60_000 });
    closers.push(
      () => present.close(),
      () => future.close(),
    );
    const hints = Array.from({ length: 1_000 }, (_, index) => ({ partitionId: 1, executionId: `e${index}` }));
    const length = () => server.withClient((client) => client.xlen(key));
    await present.publish({ hints });
    expect(await length()).toBe(1_000);
    await present.publish({ hints: [{ partitionId: 1, executionId: 'one more' }] });
    expect(await length()).toBe(1_001);
    await future.publish({ hints: [{ partitionId: 1, executionId: 'later' }] });
    // `~` cuts whole nodes of the stream only.
    expect(await length()).toBeLessThan(200);
  });

  it('wakes a blocked reader at once, also right after its partitions changed', async () => {
    // What would wake up by the end of its read alone would outlast this test by far.
    const { source, publish } = open({ blockMs: 600_000 });
    const reader = await startHintReader({ source, partitionIds: [1], acknowledges: true });
    await publish(1, 'a');
    await reader.hears(['a']);
    source.setPartitions({ partitionIds: [1, 2] });
    await publish(2, 'b');
    await reader.hears(['b']);
    await publish(2, 'c');
    await reader.hears(['c']);
    await source.stop();
  });
});

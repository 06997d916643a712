import { describe, expect, it } from 'vitest';
import { createBatcher } from './batcher';

function deferred(): { readonly promise: Promise<void>; resolve(): void; reject(error: Error): void } {
  let resolve = (): void => undefined;
  let reject = (_error: Error): void => undefined;
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

function open({ maxWaiting = 10_000, retryMs = 5, waitMs = 50 } = {}) {
  const batches: { readonly items: readonly string[]; readonly answer: ReturnType<typeof deferred> }[] = [];
  const dropped: number[] = [];
  const state = { works: true };
  const batcher = createBatcher<string>({
    keyOf: (item) => item,
    send: (items) => {
      const answer = deferred();
      batches.push({ items, answer });
      return answer.promise;
    },
    isWorking: () => state.works,
    onDropped: (count) => dropped.push(count),
    waitMs,
    retryMs,
    maxWaiting,
  });
  return { batches, dropped, state, batcher };
}

describe('batcher', () => {
  it('sends one batch at a time and everything that came meanwhile in the next', async () => {
    const { batches, batcher } = open();
    const first = batcher.add(['a']);
    const others = [batcher.add(['b']), batcher.add(['c', 'b'])];
    expect(batches.map((batch) => batch.items)).toEqual([['a']]);
    batches[0]?.answer.resolve();
    await first;
    await expect.poll(() => batches.length).toBe(2);
    expect(batches[1]?.items).toEqual(['b', 'c']);
    batches[1]?.answer.resolve();
    await Promise.all(others);
  });

  it('lets a caller go after its patience while the sending goes on', async () => {
    const { batches, batcher } = open({ waitMs: 20 });
    const start = performance.now();
    await batcher.add(['a']);
    expect(performance.now() - start).toBeLessThan(200);
    expect(batches).toHaveLength(1);
    const again = performance.now();
    await batcher.add(['b']);
    expect(performance.now() - again).toBeLessThan(15);
  });

  it('keeps what could not be sent and tries again, also at once when told so', async () => {
    const { batches, batcher } = open({ retryMs: 60_000 });
    const first = batcher.add(['a']);
    batches[0]?.answer.reject(new Error('gone'));
    await first;
    await batcher.add(['b']);
    expect(batches).toHaveLength(1);
    batcher.retry();
    expect(batches[1]?.items).toEqual(['a', 'b']);
  });

  it('retries by itself', async () => {
    const { batches, batcher } = open({ retryMs: 5 });
    const first = batcher.add(['a']);
    batches[0]?.answer.reject(new Error('gone'));
    await first;
    await expect.poll(() => batches[1]?.items).toEqual(['a']);
  });

  it('does not wait while sending is known to be broken', async () => {
    const { batches, state, batcher } = open({ retryMs: 60_000 });
    state.works = false;
    await batcher.add(['a']);
    expect(batches).toHaveLength(0);
  });

  it('drops what is beyond its bound and says how much', async () => {
    const { dropped, state, batcher } = open({ maxWaiting: 3, retryMs: 60_000 });
    state.works = false;
    await batcher.add(['a', 'b', 'c', 'd', 'a']);
    expect(dropped).toEqual([1]);
  });

  it('sends nothing after close', async () => {
    const { batches, batcher } = open();
    batcher.close();
    await batcher.add(['a']);
    batcher.retry();
    expect(batches).toHaveLength(0);
  });
});

// What every transport of hints must do. Run by one test file for each implementation.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HintPublisher, HintSource } from '../../model/ports/hints';
import { startHintReader } from './hintReader';

export interface HintTransport {
  readonly publisher: HintPublisher;
  /** A new source as another worker would have it. */
  createSource(): HintSource;
  /** Loses all that is stored. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export function describeHintTransport(name: string, open: () => Promise<HintTransport>): void {
  describe(`hints (${name})`, () => {
    let transport: HintTransport;
    let sources: HintSource[] = [];

    beforeEach(async () => {
      transport = await open();
      sources = [];
    });
    afterEach(async () => {
      await Promise.all(sources.map((source) => source.stop()));
      await transport.close();
    });

    const read = (partitionIds: readonly number[], acknowledges = true) => {
      const source = transport.createSource();
      sources.push(source);
      return startHintReader({ source, partitionIds, acknowledges });
    };
    const publish = (partitionId: number, ...executionIds: string[]) =>
      transport.publisher.publish({ hints: executionIds.map((executionId) => ({ partitionId, executionId })) });

    it('delivers hints of owned partitions to their owner only', async () => {
      const left = await read([1, 2]);
      const right = await read([3]);
      await publish(1, 'a');
      await publish(3, 'c');
      await publish(2, 'b');
      await left.hears(['a', 'b']);
      await right.hears(['c']);
      expect(left.ids()).toEqual(['a', 'b']);
      expect(right.ids()).toEqual(['c']);
      expect(left.source.state()).toBe('up');
    });

    it('names the partition of each hint', async () => {
      const reader = await read([7, 8]);
      await publish(8, 'x');
      await reader.hears(['x']);
      expect(reader.received[0]).toMatchObject({ partitionId: 8, executionId: 'x' });
    });

    it('delivers what was published before anybody owned the partition', async () => {
      await publish(5, 'early');
      const reader = await read([5]);
      await reader.hears(['early']);
    });

    it('begins to read a partition that is added while it waits', async () => {
      const reader = await read([1]);
      await publish(1, 'first');
      await reader.hears(['first']);
      reader.source.setPartitions({ partitionIds: [1, 2] });
      await publish(2, 'second');
      await reader.hears(['second']);
    });

    it('stops reading a partition that is given up, and its next owner goes on', async () => {
      const before = await read([1, 2]);
      await publish(2, 'old');
      await before.hears(['old']);
      before.source.setPartitions({ partitionIds: [1] });
      const after = await read([2]);
      await publish(2, 'new');
      await after.hears(['new']);
      await publish(1, 'kept');
      await before.hears(['kept']);
      expect(before.ids()).toEqual(['kept', 'old']);
    });

    it('delivers to the next owner what the former one never acknowledged', async () => {
      const former = await read([4], false);
      await publish(4, 'u1', 'u2');
      await former.hears(['u1', 'u2']);
      const next = await read([4]);
      await next.hears(['u1', 'u2']);
    });

    it('keeps unacknowledged hints over a clean stop', async () => {
      const former = await read([4], false);
      await publish(4, 'u1');
      await former.hears(['u1']);
      await former.source.stop();
      const next = await read([4]);
      await next.hears(['u1']);
    });

    it('does not deliver acknowledged hints again', async () => {
      const former = await read([4]);
      await publish(4, 'done');
      await former.hears(['done']);
      await former.source.stop();
      const next = await read([4]);
      await publish(4, 'later');
      await next.hears(['later']);
      expect(next.ids()).toEqual(['later']);
    });

    it('hands over at most 256 hints at a time and waits for the listener', async () => {
      const sizes: number[] = [];
      let running = 0;
      let overlaps = 0;
      const source = transport.createSource();
      sources.push(source);
      const reader = await startHintReader({
        source,
        partitionIds: [9],
        acknowledges: true,
        onHints: async (hints) => {
          sizes.push(hints.length);
          running += 1;
          if (running > 1) overlaps += 1;
          await new Promise((resolve) => setImmediate(resolve));
          running -= 1;
        },
      });
      const ids = Array.from({ length: 700 }, (_, index) => `e${index}`);
      await publish(9, ...ids);
      await reader.hears(ids);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(256);
      expect(overlaps).toBe(0);
    });

    it('goes on after a listener that rejects', async () => {
      let fails = true;
      const source = transport.createSource();
      sources.push(source);
      const reader = await startHintReader({
        source,
        partitionIds: [6],
        acknowledges: true,
        onHints: () => (fails ? Promise.reject(new Error('handler failed')) : Promise.resolve()),
      });
      await publish(6, 'bad');
      await reader.hears(['bad']);
      fails = false;
      await publish(6, 'good');
      await reader.hears(['good']);
    });

    it('reports that hints may be lost after a flush, and delivers later ones', async () => {
      const reader = await read([1, 2, 3]);
      await publish(1, 'before');
      await reader.hears(['before']);
      await transport.flush();
      await publish(2, 'after');
      await reader.hears(['after']);
      await expect.poll(() => reader.heals(), { timeout: 5_000 }).toBeGreaterThanOrEqual(1);
    });

    it('hears nothing after stop', async () => {
      const reader = await read([1]);
      await reader.source.stop();
      await publish(1, 'late');
      const next = await read([1]);
      await next.hears(['late']);
      expect(reader.ids()).toEqual([]);
    });
  });
}

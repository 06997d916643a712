import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createMemoryMetrics } from './memoryMetrics';
import { instruments, webInstruments, workerInstruments } from './names';
import { createPromMetrics } from './promMetrics';

const implementations = {
  prometheus: () => {
    const metrics = createPromMetrics();
    const read = async (line: string): Promise<number> => {
      const { body } = await metrics.page();
      const found = body.split('\n').find((text) => text.startsWith(`${line} `));
      return Number(found?.slice(line.length + 1) ?? 0);
    };
    return {
      metrics,
      taken: () => read('baton_entries_taken_total'),
      lost: () => read('baton_flushes_total{outcome="lost"}'),
      owned: () => read('baton_owned_partitions'),
      batches: () => read('baton_flush_batch_executions_sum'),
    };
  },
  memory: () => {
    const metrics = createMemoryMetrics();
    return {
      metrics,
      taken: () => Promise.resolve(metrics.valueOf({ instrument: instruments.entriesTaken })),
      lost: () => Promise.resolve(metrics.valueOf({ instrument: instruments.flushes, labels: { outcome: 'lost' } })),
      owned: () => Promise.resolve(metrics.valueOf({ instrument: instruments.ownedPartitions })),
      batches: () => Promise.resolve(metrics.valueOf({ instrument: instruments.flushBatchExecutions })),
    };
  },
};

describe.each(Object.entries(implementations))('metrics (%s)', (_name, create) => {
  it('adds to counters, one by default', async () => {
    const { metrics, taken } = create();
    metrics.count({ counter: instruments.entriesTaken });
    metrics.count({ counter: instruments.entriesTaken, by: 41 });
    expect(await taken()).toBe(42);
  });

  it('keeps values of different labels apart', async () => {
    const { metrics, lost } = create();
    metrics.count({ counter: instruments.flushes, labels: { outcome: 'committed' }, by: 5 });
    metrics.count({ counter: instruments.flushes, labels: { outcome: 'lost' } });
    expect(await lost()).toBe(1);
  });

  it('shows the last value of a gauge', async () => {
    const { metrics, owned } = create();
    metrics.set({ gauge: instruments.ownedPartitions, value: 64 });
    metrics.set({ gauge: instruments.ownedPartitions, value: 21 });
    expect(await owned()).toBe(21);
  });

  it('sums what a histogram observes', async () => {
    const { metrics, batches } = create();
    for (const value of [1, 2, 300]) metrics.observe({ histogram: instruments.flushBatchExecutions, value });
    expect(await batches()).toBe(303);
  });
});

const docs = path.resolve(import.meta.dirname, '../../../docs');

describe('instruments', () => {
  it('are all explained in docs/metrics.md, which names no other', () => {
    const page = readFileSync(path.join(docs, 'metrics.md'), 'utf8');
    for (const { name, help } of Object.values(instruments)) {
      expect(page).toContain(`| \`${name}\` `);
      expect(page).toContain(help);
    }
  });

  it.each(readdirSync(docs).filter((file) => file.endsWith('.md')))('are named truly in docs/%s', (file) => {
    const names = new Set<string>(Object.values(instruments).map(({ name }) => name));
    const page = readFileSync(path.join(docs, file), 'utf8');
    const isMetric = /baton_[a-z_]+_(?:total|seconds)|(?<=`)baton_(?!tenant)[a-z_]+(?=[`{])/g;
    for (const [name] of page.matchAll(isMetric)) expect(names).toContain(name);
  });

  it('are published by the web server, by workers, or by both', () => {
    expect(new Set([...webInstruments, ...workerInstruments])).toEqual(new Set(Object.values(instruments)));
  });

  it('have unique names with the product as prefix', () => {
    const names = Object.values(instruments).map((instrument) => instrument.name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^baton_[a-z_]+$/);
  });

  it('show unmoved counters as 0 to Prometheus', async () => {
    const { body } = await createPromMetrics().page();
    expect(body).toContain('baton_fence_lost_total 0');
  });

  it('include process values where asked', async () => {
    const { body } = await createPromMetrics({ withProcessMetrics: true }).page();
    expect(body).toContain('nodejs_eventloop_lag_seconds');
  });

  it('list what a memory histogram was given', () => {
    const metrics = createMemoryMetrics();
    metrics.observe({ histogram: instruments.takeSeconds, value: 0.5 });
    expect(metrics.observationsOf({ histogram: instruments.takeSeconds })).toEqual([0.5]);
  });
});

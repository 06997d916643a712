import { describe, expect, it } from 'vitest';
import type { HistoryEntry } from '../../model/history';
import { ColdBatch } from './coldBatch';

const executions = (count: number, entries: number) =>
  Array.from({ length: count }, () => ({ history: new Array<HistoryEntry>(entries) }));

describe('a batch of cold executions', () => {
  it('is small at first, and as large as the last ones were short', () => {
    const batch = new ColdBatch();
    expect(batch.size).toBe(16);
    batch.learn(executions(16, 10));
    expect(batch.size).toBe(10_000);
    batch.learn(executions(100, 8_000));
    expect(batch.size).toBe(12);
    batch.learn([...executions(1, 50_000), ...executions(1, 10)]);
    expect(batch.size).toBe(3);
  });

  it('is never empty, and learns nothing from nothing', () => {
    const batch = new ColdBatch();
    batch.learn([]);
    expect(batch.size).toBe(16);
    batch.learn(executions(2, 100_000));
    expect(batch.size).toBe(2);
    batch.learn(executions(2, 0));
    expect(batch.size).toBeGreaterThan(1_000);
  });
});

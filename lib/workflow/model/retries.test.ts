import { describe, expect, it } from 'vitest';
import type { HistoryEntry, NewEntry } from './history';
import { wasRetried } from './retries';

const error = { name: 'Error', message: 'broke', code: null, details: null };
const decision = { by: 'mia', reason: null };
const failed: NewEntry = { kind: 'execution_failed', body: { error, failedCommand: null } };
const retried: NewEntry = { kind: 'execution_retried', body: decision };
const fired: NewEntry = { kind: 'timer_fired', body: { commandId: 'sleep#1' } };

const logOf = (...entries: NewEntry[]) =>
  entries.map((entry, index) => ({ seq: index + 1, at: index, ...entry })) as HistoryEntry[];

describe('an execution that was retried', () => {
  it('gets back the rows that its failure removed, also when entries came since', () => {
    expect(wasRetried(logOf(fired, failed, retried))).toBe(true);
    expect(wasRetried(logOf(fired, failed, retried, fired))).toBe(true);
  });

  it('is none where nothing had failed', () => {
    expect(wasRetried(logOf(fired, retried, fired))).toBe(false);
    expect(wasRetried(logOf(fired, failed))).toBe(false);
  });
});

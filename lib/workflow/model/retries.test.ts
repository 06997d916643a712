import { describe, expect, it } from 'vitest';
import type { HistoryEntry, NewEntry } from './history';
import { cutsOf, wasRetried } from './retries';

const error = { name: 'Error', message: 'broke', code: null, details: null };
const decision = { by: 'mia', reason: null };
const failed: NewEntry = { kind: 'execution_failed', body: { error, failedCommand: null } };
const retried: NewEntry = { kind: 'execution_retried', body: decision };
const fired: NewEntry = { kind: 'timer_fired', body: { commandId: 'sleep#1' } };

const logOf = (...entries: NewEntry[]) =>
  entries.map((entry, index) => ({ seq: index + 1, at: index, ...entry })) as HistoryEntry[];

const ended = (child: number, status: 'failed' | 'completed'): NewEntry => ({
  kind: 'child_ended',
  body: {
    commandId: `startChild#${child}`,
    childExecutionId: `child ${child}`,
    status,
    result: null,
    error: status === 'failed' ? error : null,
  },
});
const failedWith = (child: number): NewEntry => ({
  kind: 'execution_failed',
  body: { error, failedCommand: `startChild#${child}` },
});

describe('what a retry undoes', () => {
  it('begins at the failed end of the child that the code failed with, where the log has a later one', () => {
    expect(cutsOf(logOf(fired, ended(1, 'failed'), failedWith(1), ended(1, 'completed'), retried))).toEqual([
      { from: 1, to: 4 },
    ]);
    expect(cutsOf(logOf(fired, ended(1, 'failed'), failedWith(1), retried))).toEqual([{ from: 2, to: 3 }]);
  });

  it('reaches back to a child whose later end an earlier retry told of, before the code had asked for it', () => {
    const log = logOf(
      ended(2, 'failed'),
      ended(1, 'failed'),
      failedWith(1),
      ended(1, 'completed'),
      ended(2, 'completed'),
      retried,
      failedWith(2),
      retried,
    );
    expect(cutsOf(log)).toEqual([{ from: 0, to: 7 }]);
  });

  it('is one where it begins within what an earlier retry undid', () => {
    const log = logOf(
      fired,
      ended(1, 'failed'),
      ended(2, 'failed'),
      failedWith(1),
      ended(1, 'completed'),
      retried,
      failedWith(2),
      ended(2, 'completed'),
      retried,
    );
    expect(cutsOf(log)).toEqual([{ from: 1, to: 8 }]);
  });

  it('is no more than the failure where the last end of the child was what the code failed with', () => {
    const log = logOf(ended(1, 'failed'), failedWith(1), ended(1, 'completed'), retried, failedWith(1), retried);
    expect(cutsOf(log)).toEqual([
      { from: 0, to: 3 },
      { from: 4, to: 5 },
    ]);
  });
});

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

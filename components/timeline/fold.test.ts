import { describe, expect, it } from 'vitest';
import type { JsonValue } from '@shared/workflow/model/json';
import { diffData, foldTo, type FoldEntry } from './fold';

let nextSeq = 1;
const entry = (kind: string, payload: JsonValue, more: Partial<FoldEntry> = {}): FoldEntry => ({
  seq: nextSeq++,
  at: '2026-11-23T09:00:00.000Z',
  kind,
  name: null,
  commandId: null,
  payload,
  ...more,
});

function log(): readonly FoldEntry[] {
  nextSeq = 1;
  return [
    entry('execution_started', { workflow: 'InvoiceReview', initialData: { amount: 5 } }),
    entry('state_changed', { state: 'checking' }),
    entry('data_set', { key: 'amount', value: 7 }),
    entry('wait_started', { names: ['Approve', 'Reject'], deadline: null, taskId: null }, { commandId: 'waitFor#1' }),
    entry('sleep_started', { fireAt: '2026-11-24T09:00:00.000Z' }, { commandId: 'sleep#1' }),
    entry('event_received', { event: { name: 'Other' } }),
    entry('event_received', { event: { name: 'Reject' } }),
    entry('state_changed', { state: 'rejected' }),
    entry('timer_fired', null, { commandId: 'sleep#1' }),
    entry('execution_completed', { result: null }),
  ];
}

const waiting = (n: number) => foldTo(log(), n).waits.map((wait) => wait.commandId);

describe('foldTo', () => {
  it('starts with the data the execution was given', () => {
    expect(foldTo(log(), 1)).toEqual({ state: null, data: { amount: 5 }, waits: [], isEnded: false });
  });

  it('knows state and data as of an entry, and nothing that came later', () => {
    expect(foldTo(log(), 2)).toMatchObject({ state: 'checking', data: { amount: 5 } });
    expect(foldTo(log(), 3)).toMatchObject({ state: 'checking', data: { amount: 7 } });
    expect(foldTo(log(), 8).state).toBe('rejected');
  });

  it('opens waits and closes the one an event answers', () => {
    expect(waiting(5)).toEqual(['waitFor#1', 'sleep#1']);
    expect(waiting(6)).toEqual(['waitFor#1', 'sleep#1']);
    expect(waiting(7)).toEqual(['sleep#1']);
    expect(waiting(9)).toEqual([]);
  });

  it('closes everything at the end', () => {
    expect(
      foldTo(
        log().filter((line) => line.kind !== 'timer_fired'),
        99,
      ),
    ).toMatchObject({ waits: [], isEnded: true });
  });

  it('gives an event to the wait that was opened first', () => {
    nextSeq = 1;
    const entries = [
      entry('wait_started', { names: ['Go'], taskId: null }, { commandId: 'waitFor#1' }),
      entry('wait_started', { names: ['Go'], taskId: null }, { commandId: 'waitFor#2' }),
      entry('event_received', { event: { name: 'Go' } }),
    ];
    expect(foldTo(entries, 3).waits.map((wait) => wait.commandId)).toEqual(['waitFor#2']);
  });

  it('does not open a wait that was satisfied at once', () => {
    nextSeq = 1;
    expect(foldTo([entry('wait_started', { names: ['Go'], satisfiedBy: 3 })], 1).waits).toEqual([]);
  });

  it('closes the wait for a task by its event, its default name and a name that ends in its id', () => {
    for (const name of ['InvoiceDecided', 'Task:t1:Complete', 'ITEM_MAPPING_TASK_RESOLVED_t1']) {
      nextSeq = 1;
      const entries = [
        entry('wait_started', { names: [name], taskId: 't1' }),
        entry('task_ended', { taskId: 't1', eventName: 'InvoiceDecided' }),
      ];
      expect(foldTo(entries, 1).waits).toMatchObject([{ kind: 'task' }]);
      expect(foldTo(entries, 2).waits).toEqual([]);
    }
  });
});

describe('diffData', () => {
  it('marks what an entry changed, added and took away', () => {
    expect(diffData({ a: 1, b: 2, c: 3 }, { a: 1, b: 9, d: 4 })).toEqual([
      { change: 'same', text: 'a: 1' },
      { change: 'removed', text: 'b: 2' },
      { change: 'added', text: 'b: 9' },
      { change: 'removed', text: 'c: 3' },
      { change: 'added', text: 'd: 4' },
    ]);
  });

  it('shows nested values over several lines', () => {
    expect(diffData({}, { a: { b: 1 } }).map((line) => line.text)).toEqual(['a: {', '  "b": 1', '}']);
  });
});

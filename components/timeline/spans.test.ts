import { describe, expect, it } from 'vitest';
import type { JsonValue } from '@shared/workflow/model/json';
import type { FoldEntry } from './fold';
import { spansOf, type SpanAction } from './spans';

const at = (ms: number) => new Date(ms).toISOString();
const entry = (
  seq: number,
  ms: number,
  kind: string,
  payload: JsonValue,
  more: Partial<FoldEntry> = {},
): FoldEntry => ({
  seq,
  at: at(ms),
  kind,
  name: null,
  commandId: null,
  payload,
  ...more,
});

const action: SpanAction = {
  commandId: 'notify#1',
  name: 'notify',
  status: 'completed',
  attempts: 2,
  startedAt: at(10),
  completedAt: at(40),
  nextAttemptAt: null,
};

describe('spansOf', () => {
  it('draws an action from its first start to its end', () => {
    const [span] = spansOf([entry(3, 50, 'action_completed', {}, { commandId: 'notify#1', name: 'notify' })], [action]);
    expect(span).toMatchObject({ kind: 'action', outcome: 'done', fromMs: 10, toMs: 40, attempts: 2, lastSeq: 3 });
  });

  it('draws an action that is still between two attempts', () => {
    const [span] = spansOf([], [{ ...action, status: 'retrying', completedAt: null }]);
    expect(span).toMatchObject({ outcome: 'retrying', toMs: null, firstSeq: null });
  });

  it('draws a task as one row from its creation to its end', () => {
    const spans = spansOf(
      [
        entry(1, 0, 'task_created', { taskId: 't1', title: 'Approve' }, { commandId: 'createHumanTask#1' }),
        entry(2, 0, 'wait_started', { names: ['Task:t1:Complete'], taskId: 't1' }, { commandId: 'waitFor#1' }),
        entry(3, 90, 'task_ended', { taskId: 't1', status: 'completed', eventName: 'Task:t1:Complete' }),
      ],
      [],
    );
    expect(spans).toHaveLength(1);
    expect(spans[0]).toMatchObject({ kind: 'task', label: 'Approve', fromMs: 0, toMs: 90, firstSeq: 1, lastSeq: 3 });
  });

  it('ends a wait by its event, a sleep by its timer, and leaves the rest open', () => {
    const spans = spansOf(
      [
        entry(1, 0, 'wait_started', { names: ['Paid', 'Canceled'], taskId: null }, { commandId: 'waitFor#1' }),
        entry(2, 5, 'sleep_started', {}, { commandId: 'sleep#1' }),
        entry(3, 6, 'wait_started', { names: ['Never'], taskId: null }, { commandId: 'waitFor#2' }),
        entry(4, 20, 'timer_fired', null, { commandId: 'sleep#1' }),
        entry(5, 30, 'event_received', { event: { name: 'Canceled' } }),
      ],
      [],
    );
    expect(spans.map((span) => [span.id, span.outcome, span.toMs])).toEqual([
      ['waitFor#1', 'done', 30],
      ['sleep#1', 'done', 20],
      ['waitFor#2', 'open', null],
    ]);
  });
});

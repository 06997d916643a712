import { describe, expect, it } from 'vitest';
import type { FoldEntry } from '@/components/timeline/fold';
import { forkOutlook } from './fork-plan';

const entry = (seq: number, kind: string, commandId: string | null = null, payload: object = {}): FoldEntry => {
  const plain = JSON.parse(JSON.stringify(payload)) as FoldEntry['payload'];
  return { seq, at: '2026-01-05T09:00:00.000Z', kind, name: null, commandId, payload: plain };
};

const log = [
  entry(1, 'execution_started'),
  entry(2, 'child_started', 'startChild#1'),
  entry(3, 'task_created', 'createHumanTask#1', { taskId: 't-1' }),
  entry(4, 'wait_started', 'waitFor#1', { names: ['Done'], taskId: 't-1', deadline: '2026-01-06T09:00:00.000Z' }),
  entry(5, 'task_ended', null, { taskId: 't-1', eventName: 'Done' }),
  entry(6, 'child_ended', 'startChild#1'),
  entry(7, 'execution_completed'),
];

describe('outlook of a fork', () => {
  it('names what is open at the entry, and only that', () => {
    expect(forkOutlook(log, 1)).toEqual({
      isPossible: true,
      openChildren: 0,
      help:
        'A new execution begins with entries 1 to 1 of this one, which stays as it is. ' +
        'Results up to there are taken over; what comes after is done anew.',
    });
    expect(forkOutlook(log, 3).help).toContain('1 task that');
    const open = forkOutlook(log, 4);
    expect(open).toMatchObject({ isPossible: true, openChildren: 1 });
    expect(open.help).toContain('1 task that was open there will be open for it too.');
    expect(open.help).toContain('Timers keep their time');
    expect(open.help).toContain('1 child had not ended there');
    expect(forkOutlook(log, 5).help).not.toContain('task that');
    expect(forkOutlook(log, 6)).toMatchObject({ isPossible: true, openChildren: 0 });
  });

  it('says which decisions hold for the fork too', () => {
    const decided = [entry(1, 'execution_started'), entry(2, 'execution_paused'), entry(3, 'execution_resumed')];
    expect(forkOutlook(decided, 1).help).not.toContain('paused');
    expect(forkOutlook(decided, 2).help).toContain('It was paused there');
    expect(forkOutlook(decided, 3).help).not.toContain('paused');
    const withCancel = [...decided, entry(4, 'cancel_requested')];
    expect(forkOutlook(withCancel, 4).help).toContain('the fork is canceled too');
    expect(forkOutlook([...withCancel, entry(5, 'terminate_requested')], 5).help).toContain('terminated at once');
  });

  it('is none at an end and for an empty log', () => {
    expect(forkOutlook(log, 7).isPossible).toBe(false);
    expect(forkOutlook([], 1).isPossible).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import type { TaskActivity } from '@/lib/queries/task';
import { activityText } from './activity-text';

const nothing = {
  fromName: null,
  outcomeTitle: null,
  together: null,
  toNames: [],
  undone: null,
  plan: null,
} as const;
const line = (kind: string, more: Partial<TaskActivity> = {}): TaskActivity => ({
  activityId: 1,
  kind,
  actorName: 'Mia Rossi',
  byReader: false,
  toName: null,
  isToReader: false,
  text: null,
  detail: nothing,
  at: '2026-11-23T10:00:00Z',
  ...more,
});
const text = (entry: TaskActivity) => activityText(entry, (iso) => `<${iso}>`);

describe('activity of people', () => {
  it.each<[string, Partial<TaskActivity>, string]>([
    ['claimed', {}, 'Mia Rossi claimed it'],
    ['claimed', { byReader: true }, 'You claimed it'],
    ['released', {}, 'Mia Rossi gave it back'],
    ['released', { detail: { ...nothing, fromName: 'Max' } }, 'Mia Rossi took it from Max for others to take'],
    ['completed', { detail: { ...nothing, outcomeTitle: 'Approve' } }, 'Mia Rossi decided: Approve'],
    [
      'completed',
      { detail: { ...nothing, outcomeTitle: 'Resolved', together: 3 } },
      'Mia Rossi decided: Resolved, with one answer for all 3 that waited for it',
    ],
    ['declined', {}, 'Mia Rossi declined it'],
    [
      'declined',
      { detail: { ...nothing, together: 2 } },
      'Mia Rossi declined it, with one answer for all 2 that waited for it',
    ],
    ['commented', {}, 'Mia Rossi commented'],
    ['assigned', { toName: 'Max' }, 'Mia Rossi assigned it to Max'],
    ['assigned', { toName: 'Max', isToReader: true }, 'Mia Rossi assigned it to you'],
    ['delegated', { toName: 'Max' }, 'Mia Rossi asked for the help of Max'],
    ['given_back', {}, 'Mia Rossi gave it back'],
    ['forwarded', { toName: 'Max' }, 'Mia Rossi handed it on to Max'],
    ['info_requested', { toName: 'Max' }, 'Mia Rossi asked Max'],
    ['info_given', {}, 'Mia Rossi answered'],
    ['question_withdrawn', {}, 'Mia Rossi took the question back'],
    ['undone', { detail: { ...nothing, undone: 'claimed' } }, 'Mia Rossi took the claim back'],
    ['undone', { byReader: true, detail: { ...nothing, undone: 'released' } }, 'You kept it after all'],
    ['planned', {}, 'Mia Rossi changed when it is due'],
    [
      'planned',
      { detail: { ...nothing, plan: { priority: 'high', dueAt: 'D', followUpAt: null } } },
      'Mia Rossi set the priority to high and set the due date to <D> and took the follow-up away',
    ],
  ])('%s %o says: %s', (kind, more, said) => {
    expect(text(line(kind, more))).toBe(said);
  });
});

describe('activity of the software', () => {
  it.each<[string, Partial<TaskActivity>, string]>([
    ['created', {}, 'The workflow asked for this'],
    ['reminded', {}, 'Its people were reminded'],
    ['escalated', { detail: { ...nothing, toNames: ['Finance', 'Max'] } }, 'It took too long and went to Finance, Max'],
    ['escalated', {}, 'It took too long and went to more people'],
    ['expired', {}, 'Its time ran out'],
    [
      'completed',
      { detail: { ...nothing, outcomeTitle: 'Reject' } },
      'Its time ran out, and it was answered as planned: Reject',
    ],
    ['canceled', {}, 'It was no longer needed'],
    ['reopened', {}, 'It was opened again'],
  ])('%s %o says: %s', (kind, more, said) => {
    expect(text(line(kind, { actorName: null, ...more }))).toBe(said);
  });
});

import { describe, expect, it } from 'vitest';
import { progressSteps, type ProgressEntry, type ProgressInput } from './invoice-progress';

const at = '2026-11-23T09:00:00.000Z';
const base: ProgressInput = {
  invoice: { status: 'submitted', submittedBy: 'alice', submittedAt: at },
  entries: [{ kind: 'execution_started', at }],
  tasks: [],
  reader: 'alice',
  nameOf: (userId) => userId.charAt(0).toUpperCase() + userId.slice(1),
};
const asked: ProgressEntry = {
  kind: 'task_created',
  at,
  taskId: 't1',
  candidateRoles: ['manager'],
  candidateUsers: [],
};
const open = { taskId: 't1', isOpen: true, assignee: null, dueAt: at };
const closed = { ...open, isOpen: false };

const titles = (input: Partial<ProgressInput>) => progressSteps({ ...base, ...input }).map((step) => step.title);

describe('progressSteps', () => {
  it('tells the requester what she did herself', () => {
    expect(titles({})[0]).toBe('You submitted it');
    expect(titles({ reader: 'mia' })[0]).toBe('Alice submitted it');
  });

  it('names the role that is waited for, then the person who took it', () => {
    const entries = [...(base.entries ?? []), asked];
    expect(titles({ entries, tasks: [open] })[1]).toBe('Waiting for a manager');
    expect(titles({ entries, tasks: [{ ...open, assignee: 'mia' }] })[1]).toBe('Waiting for Mia');
    expect(titles({ entries, tasks: [{ ...open, assignee: 'mia' }], reader: 'mia' })[1]).toBe('Waiting for you');
  });

  it('tells who decided and how it ended', () => {
    const entries: ProgressEntry[] = [
      asked,
      { kind: 'task_ended', at, taskId: 't1', status: 'completed', outcome: 'approve', by: 'mia' },
      { kind: 'execution_completed', at },
    ];
    const invoice = { ...base.invoice, status: 'approved' } as const;
    expect(titles({ entries, tasks: [closed], invoice })).toEqual([
      'You submitted it',
      'Mia approved it',
      'Booked as approved',
    ]);
  });

  it('tells of a decision that did not come in time and who is asked now', () => {
    const again: ProgressEntry = { ...asked, taskId: 't2', candidateRoles: ['administrator'] };
    const entries: ProgressEntry[] = [
      asked,
      { kind: 'task_ended', at, taskId: 't1', status: 'expired', by: null },
      again,
    ];
    expect(titles({ entries, tasks: [closed, { ...open, taskId: 't2' }] })).toEqual([
      'You submitted it',
      'Nobody decided in time',
      'Waiting for an administrator',
      'You see the decision here',
    ]);
  });

  it('explains an approval that nobody gave', () => {
    const steps = progressSteps({
      ...base,
      invoice: { ...base.invoice, status: 'approved' },
      entries: [{ kind: 'execution_completed', at }],
    });
    expect(steps.at(-1)).toMatchObject({ title: 'Approved', detail: 'Amounts up to 1,000.00 need no decision' });
  });

  it('says so where no workflow handles invoices', () => {
    expect(titles({ entries: null })).toEqual(['You submitted it', 'Nobody handles invoices here yet']);
  });

  it('says what to do after an error', () => {
    const steps = progressSteps({ ...base, entries: [{ kind: 'execution_failed', at }] });
    expect(steps.at(-1)).toMatchObject({ tone: 'fail', when: 'now' });
  });

  it('is at work between submission and question, and between decision and end', () => {
    expect(titles({})).toContain('It is being checked');
    const entries: ProgressEntry[] = [
      asked,
      { kind: 'task_ended', at, taskId: 't1', status: 'completed', outcome: 'reject', by: 'mia' },
    ];
    expect(titles({ entries, tasks: [closed] })).toContain('The decision is being booked');
  });
});

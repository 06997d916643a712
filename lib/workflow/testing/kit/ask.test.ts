import { describe, expect, it } from 'vitest';
import { defineHumanTask } from '../../model/humanTasks';
import { requester } from '../../model/tasks';
import type { WorkflowContext } from '../../model/workflow';
import { testWorkflow } from '../index';
import type { Scenario } from '../kit/scenario';

const form = {
  name: 'review-form',
  jsonSchema: {
    type: 'object',
    properties: {
      summary: { type: 'string', readOnly: true, default: 'Invoice ${contextData.number}' },
      comment: { type: 'string' },
    },
    'x-outcomes': [{ value: 'approve' }, { value: 'reject', required: ['comment'] }],
  },
  uiSchema: {},
} as const;
const review = defineHumanTask({ taskType: 'review', form });
const contextData = { number: 'INV-1' };
const world: Scenario = {
  forms: [form],
  taskDefinitions: [{ taskType: 'review', name: 'Review', formName: 'review-form', defaultRoles: ['manager'] }],
  trigger: { name: 'SUBMITTED', userId: 'alice' },
};
const hour = 3_600_000;

describe('context.tasks.ask', () => {
  it('creates a task, waits and gives back how it ended', async () => {
    const run = await testWorkflow(
      async ({ tasks }: WorkflowContext) => {
        const decision = await tasks.ask(review, {
          contextData,
          dueDate: '2 days',
          followUp: '1 day',
          priority: 'high',
        });
        return [decision.status, decision.outcome, decision.by];
      },
      { ...world, name: 'Asks', tasks: { review: { outcome: 'approve', by: 'mia', after: '1 hour' } } },
    );
    expect(run.result).toEqual(['completed', 'approve', 'mia']);
    expect(run.tasks).toMatchObject([{ title: 'Review', priority: 'high', status: 'completed' }]);
  });

  it('asks several people at once, and keeps their answers apart', async () => {
    const run = await testWorkflow(
      async ({ tasks }: WorkflowContext) => {
        const asked = ['a', 'b'].map((number) => tasks.ask(review, { contextData: { number } }));
        return (await Promise.all(asked)).map(({ by }) => by);
      },
      {
        ...world,
        name: 'AsksTwo',
        tasks: { review: ({ nth }) => ({ outcome: 'approve', by: `p${nth}`, after: nth === 1 ? '2 h' : '1 h' }) },
      },
    );
    expect(run.result).toEqual(['p1', 'p2']);
  });

  it('excludes the requester and earlier deciders from deciding', async () => {
    async function twiceWorkflow({ tasks }: WorkflowContext) {
      const first = await tasks.ask(review, { contextData, distinctFrom: [requester] });
      return tasks.ask(review, { contextData, distinctFrom: [requester, first] });
    }
    const byMax = (nth: number) => (nth === 1 ? 'mia' : 'max');
    const run = await testWorkflow(twiceWorkflow, {
      ...world,
      tasks: { review: ({ nth }) => ({ outcome: 'approve', by: byMax(nth) }) },
    });
    expect(run.tasks.map(({ excludedUsers }) => excludedUsers)).toEqual([['alice'], ['alice', 'mia']]);
    expect(run.result).toMatchObject({ by: 'max' });
    const again = testWorkflow(twiceWorkflow, { ...world, tasks: { review: { outcome: 'approve', by: 'mia' } } });
    await expect(again).rejects.toMatchObject({ name: 'TaskForbiddenError' });
  });

  it('ends undecided when the time is over', async () => {
    const run = await testWorkflow(
      async ({ tasks }: WorkflowContext) => tasks.ask('review', { contextData, timeout: '2 hours' }),
      { ...world, name: 'Expires' },
    );
    expect(run.result).toMatchObject({ status: 'expired', outcome: null, by: null });
    expect(run.elapsedMs).toBe(2 * hour);
  });

  it('completes by itself with an automatic outcome', async () => {
    const onTimeout = { outcome: 'reject', output: { comment: 'Nobody answered.' } };
    const run = await testWorkflow(
      async ({ tasks }: WorkflowContext) => tasks.ask(review, { contextData, timeout: '2 hours', onTimeout }),
      { ...world, name: 'Automatic' },
    );
    expect(run.result).toMatchObject({ status: 'completed', outcome: 'reject', by: null });
    expect((run.result as { output: unknown }).output).toMatchObject({ comment: 'Nobody answered.' });
    expect(run.tasks).toMatchObject([{ status: 'completed', outcome: 'reject' }]);
  });

  it('refuses an automatic outcome that the form would not take', async () => {
    const run = await testWorkflow(
      async ({ tasks }: WorkflowContext) =>
        tasks.ask(review, { contextData, timeout: '2 hours', onTimeout: { outcome: 'reject' } }),
      { ...world, name: 'WrongAutomatic' },
    );
    expect(run).toMatchObject({ status: 'failed', error: { code: 'validation_failed' } });
  });

  it('goes to those of escalateTo when the time is over, and stays open', async () => {
    const run = await testWorkflow(
      async ({ tasks }: WorkflowContext) =>
        tasks.ask(review, { contextData, timeout: '3 days', escalateTo: { roles: ['administrator'] } }),
      {
        ...world,
        name: 'Escalates',
        tasks: { review: { outcome: 'approve', by: 'omar', roles: ['administrator'], after: '4 days' } },
      },
    );
    expect(run.result).toMatchObject({ status: 'completed', by: 'omar' });
    expect(run.tasks[0]?.candidateRoles).toEqual(['manager', 'administrator']);
    expect(run.history.map(({ kind }) => kind)).toContain('task_escalated');
  });

  it('reminds and escalates in order of time, and stops when somebody answered', async () => {
    const run = await testWorkflow(
      async ({ tasks, sleep }: WorkflowContext) => {
        const decision = await tasks.ask(review, {
          contextData,
          reminders: ['1 hour', '5 hours', '9 hours'],
          escalateTo: [
            { after: '2 hours', users: ['lea'] },
            { after: '8 hours', roles: ['administrator'] },
          ],
        });
        await sleep('1 day');
        return decision.status;
      },
      { ...world, name: 'Steps', tasks: { review: { outcome: 'approve', by: 'lea', after: '6 hours' } } },
    );
    expect(run.result).toBe('completed');
    const steps = run.history.filter(({ kind }) => kind === 'task_reminded' || kind === 'task_escalated');
    const startedAt = run.history[0]?.at ?? 0;
    expect(steps.map(({ kind, at }) => [kind, (at - startedAt) / hour])).toEqual([
      ['task_reminded', 1],
      ['task_escalated', 2],
      ['task_reminded', 5],
    ]);
  });

  it.each([
    [{ onTimeout: 'expire' as const }, 'not when'],
    [{ timeout: '1 day', onTimeout: 'escalate' as const }, 'escalateTo'],
    [{ timeout: '1 day', onTimeout: 'expire' as const, escalateTo: { roles: ['x'] } }, 'does not end'],
    [{ escalateTo: { roles: ['x'] } }, 'when to escalate'],
    [{ escalateTo: { after: '1 day' } }, 'roles or users'],
    [{ reminders: Array.from({ length: 51 }, () => '1 h') }, 'at most 50'],
  ])('refuses what cannot be meant: %j', async (options, part) => {
    const run = await testWorkflow(
      async ({ tasks }: WorkflowContext) => tasks.ask('review', { contextData, ...options }),
      { ...world, name: 'Refused' },
    );
    expect(run.error?.message).toContain(part);
  });
});

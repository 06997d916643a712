import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TaskEnd } from '../../model/events';
import type { WorkflowContext } from '../../model/workflow';
import { createTaskDefinitionStore } from '../../persistence/tasks/taskDefinitions';
import { createTaskStore } from '../../persistence/tasks/taskStore';
import { completeTask } from '../../tasks/completeTask';
import { publishSystemDefinitions } from '../../tasks/publishDefinitions';
import { createHarness, until, type Harness } from '../../testing/harness';

let harness: Harness;
const tenant = 'acme';

async function reviewWorkflow({ actions, events, setState }: WorkflowContext): Promise<TaskEnd> {
  setState('review');
  const { taskId } = await actions.createHumanTask({
    taskType: 'review',
    title: 'Review',
    assignTo: { roles: ['manager'] },
    contextData: { summary: 'A thing' },
  });
  const end = await events.waitFor<TaskEnd>(`Task:${taskId}:Complete`, { timeout: '3 days' });
  if (end) return end.payload;
  setState('escalated');
  const escalated = await actions.createHumanTask({
    taskType: 'review',
    title: 'Review, escalated',
    assignTo: { roles: ['administrator'] },
    contextData: { summary: 'A thing' },
  });
  return (await events.waitFor<TaskEnd>(escalated.completionEvent)).payload;
}

async function slowToWaitWorkflow({ actions, events, sleep }: WorkflowContext): Promise<string | null> {
  const { taskId } = await actions.createHumanTask({
    taskType: 'review',
    title: 'Early',
    contextData: { summary: '' },
  });
  await sleep('1 hour');
  return (await events.waitFor<TaskEnd>(`ANYTHING_RESOLVED_${taskId}`)).payload.outcome;
}

async function expiringTaskWorkflow({ actions, events }: WorkflowContext): Promise<TaskEnd> {
  const task = await actions.createHumanTask({
    taskType: 'review',
    title: 'Expires by itself',
    expiresIn: '2 hours',
    contextData: { summary: '' },
  });
  return (await events.waitFor<TaskEnd>(task.completionEvent)).payload;
}

async function leavesTaskOpenWorkflow({ actions }: WorkflowContext): Promise<void> {
  await actions.createHumanTask({ taskType: 'review', title: 'Left open', contextData: { summary: '' } });
}

async function twoTasksWorkflow({ actions, events }: WorkflowContext): Promise<void> {
  const asked = ['One', 'Two'].map((title) =>
    actions.createHumanTask({ taskType: 'review', title, contextData: { summary: '' } }),
  );
  const [first] = await Promise.all(asked);
  await events.waitFor(first?.completionEvent ?? '');
}

async function unknownTypeWorkflow({ actions }: WorkflowContext): Promise<string> {
  try {
    await actions.createHumanTask({ taskType: 'no_such_type', title: 'x' });
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'created';
}

interface TaskRow {
  task_id: string;
  title: string;
  status: string;
  form_version: number;
  xmin: string;
  candidate_roles: string[];
}

const tasksOf = (executionId: string) =>
  harness.sql<TaskRow[]>`
    SELECT task_id, title, status, form_version, xmin::text, candidate_roles FROM workflow_tasks
    WHERE execution_id = ${executionId} ORDER BY created_at, task_id`;

const answer = (taskId: string, roles: string[] = ['manager'], userId = 'mia') =>
  completeTask(
    {
      tasks: createTaskStore({ sql: harness.sql }),
      hints: harness.deps.hints,
      live: harness.deps.live,
      metrics: harness.deps.metrics,
    },
    { tenant, userId, roles, taskId, outcome: 'approve', data: { comment: 'fine' } },
  );

const resultOf = async (executionId: string) =>
  (await harness.sql`SELECT result FROM workflow_executions WHERE execution_id = ${executionId}`)[0]?.result as unknown;

beforeAll(async () => {
  harness = await createHarness();
  await publishSystemDefinitions(
    { definitions: createTaskDefinitionStore({ sql: harness.sql }) },
    {
      forms: [
        {
          name: 'review-form',
          jsonSchema: {
            type: 'object',
            properties: {
              summary: { type: 'string', readOnly: true, default: '${contextData.summary}' },
              comment: { type: 'string' },
            },
          },
          uiSchema: { 'x-outcomes': [{ value: 'approve', title: 'Approve' }] },
        },
      ],
      taskDefinitions: [{ taskType: 'review', name: 'Review', formName: 'review-form', defaultRoles: ['manager'] }],
    },
  );
  const { runtime } = harness;
  runtime.registerWorkflow(reviewWorkflow);
  runtime.registerWorkflow(slowToWaitWorkflow);
  runtime.registerWorkflow(expiringTaskWorkflow);
  runtime.registerWorkflow(leavesTaskOpenWorkflow);
  runtime.registerWorkflow(twoTasksWorkflow);
  runtime.registerWorkflow(unknownTypeWorkflow);
  await harness.startWorker();
});
afterAll(() => harness.close());

describe('human tasks in a workflow', () => {
  it('creates task, wait and form version in one commit', async () => {
    const id = await harness.runtime.startWorkflow('Review', { tenant });
    await harness.untilStatus(id, 'waiting');
    const [task] = await tasksOf(id);
    const [wait] = await harness.sql`SELECT xmin::text, task_id, kind FROM workflow_waits WHERE execution_id = ${id}`;
    const [timer] = await harness.sql`SELECT xmin::text FROM workflow_timers WHERE execution_id = ${id}`;
    expect(task).toMatchObject({ status: 'pending', form_version: 1 });
    expect(wait).toMatchObject({ xmin: task?.xmin, task_id: task?.task_id, kind: 'task' });
    expect(timer?.xmin).toBe(task?.xmin);
  });

  it('goes on with the decision of the person', async () => {
    const id = await harness.runtime.startWorkflow('Review', { tenant });
    await harness.untilStatus(id, 'waiting');
    const [task] = await tasksOf(id);
    await answer(task?.task_id ?? '');
    await harness.untilStatus(id, 'completed');
    expect(await resultOf(id)).toMatchObject({
      taskId: task?.task_id,
      status: 'completed',
      outcome: 'approve',
      by: 'mia',
      formVersion: 1,
      output: { comment: 'fine' },
    });
    const timers = await harness.sql`SELECT 1 FROM workflow_timers WHERE execution_id = ${id}`;
    expect(timers).toHaveLength(0);
  });

  it('expires the task after three days and creates the next one in the same commit', async () => {
    const id = await harness.runtime.startWorkflow('Review', { tenant });
    await harness.untilStatus(id, 'waiting');
    const [first] = await tasksOf(id);
    harness.moveTime(3 * 86_400_000 + 1_000);
    await until(async () => (await tasksOf(id)).length === 2, 'the second task exists');
    const [expired, escalated] = await tasksOf(id);
    expect(expired).toMatchObject({ task_id: first?.task_id, status: 'expired' });
    expect(escalated).toMatchObject({ status: 'pending', candidate_roles: ['administrator'], xmin: expired?.xmin });
    await expect(answer(first?.task_id ?? '')).rejects.toMatchObject({ name: 'TaskConflictError' });
    await answer(escalated?.task_id ?? '', ['administrator'], 'omar');
    await harness.untilStatus(id, 'completed');
    expect(await resultOf(id)).toMatchObject({ by: 'omar' });
  });

  it('keeps a completion that comes before the workflow waits for it', async () => {
    const id = await harness.runtime.startWorkflow('SlowToWait', { tenant });
    await harness.untilStatus(id, 'waiting');
    const [task] = await tasksOf(id);
    await answer(task?.task_id ?? '');
    await until(
      async () => (await harness.history(id)).some((entry) => entry.kind === 'task_ended'),
      'the end is in the log',
    );
    await harness.untilStatus(id, 'waiting');
    harness.moveTime(3_600_000);
    await harness.untilStatus(id, 'completed');
    expect(await resultOf(id)).toBe('approve');
  });

  it('tells the workflow when a task expires by its own time', async () => {
    const id = await harness.runtime.startWorkflow('ExpiringTask', { tenant });
    await harness.untilStatus(id, 'waiting');
    harness.moveTime(2 * 3_600_000 + 1_000);
    await harness.untilStatus(id, 'completed');
    expect(await resultOf(id)).toMatchObject({ status: 'expired', outcome: null, by: null });
    expect((await tasksOf(id))[0]).toMatchObject({ status: 'expired' });
  });

  it('cancels open tasks in the commit that ends their execution', async () => {
    const id = await harness.runtime.startWorkflow('LeavesTaskOpen', { tenant });
    await harness.untilStatus(id, 'completed');
    const [task] = await tasksOf(id);
    expect(task).toMatchObject({ status: 'canceled' });
    await expect(answer(task?.task_id ?? '')).rejects.toMatchObject({ name: 'TaskConflictError' });
  });

  it.each([
    ['cancelExecution', 'canceled', 'execution_canceled'],
    ['terminateExecution', 'terminated', 'execution_terminated'],
  ] as const)('%s withdraws every open task in the commit of its last entry', async (decide, status, kind) => {
    const id = await harness.runtime.startWorkflow('TwoTasks', { tenant });
    await until(async () => (await tasksOf(id)).length === 2, 'both tasks are there');
    await harness.untilStatus(id, 'waiting');
    await harness.runtime[decide]({ executionId: id, tenant, userId: 'omar', reason: 'not needed' });
    await harness.untilStatus(id, status);
    // Postgres notes at each row which transaction wrote it last.
    const written = await harness.sql<{ row: string; by: string }[]>`
      SELECT status AS row, xmin::text AS by FROM workflow_tasks WHERE execution_id = ${id}
      UNION ALL SELECT kind, xmin::text FROM workflow_events WHERE execution_id = ${id} AND kind = ${kind}`;
    expect(written.map(({ row }) => row).toSorted()).toEqual(['canceled', 'canceled', kind].toSorted());
    expect(new Set(written.map(({ by }) => by)).size).toBe(1);
    for (const { task_id } of await tasksOf(id)) {
      await expect(answer(task_id)).rejects.toMatchObject({ name: 'TaskConflictError' });
    }
  });

  it('throws a named error for an unknown type of task', async () => {
    const id = await harness.runtime.startWorkflow('UnknownType', { tenant });
    await harness.untilStatus(id, 'completed');
    expect(await resultOf(id)).toBe('unknown_task_type');
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimTask } from '../../tasks/claimTask';
import { completeTask } from '../../tasks/completeTask';
import { declineTask } from '../../tasks/declineTask';
import { assignTask } from '../../tasks/handOver';
import { publishSystemDefinitions } from '../../tasks/publishDefinitions';
import { alice, createTaskFixture, max, mia, omar, type TaskFixture } from './testing/taskFixture';

let fixture: TaskFixture;

beforeAll(async () => {
  fixture = await createTaskFixture();
});
afterAll(() => fixture.drop());

/** So many tasks of one fingerprint, each about an invoice of its own. */
const tasksAlike = async (count: number, more: Parameters<TaskFixture['createTask']>[0] = {}) => {
  const fingerprint = randomUUID();
  const tasks = [];
  for (let index = 0; index < count; index += 1) {
    const contextData = { number: `INV-${index}`, customer: 'Kiosk' };
    tasks.push(await fixture.createTask({ fingerprint, contextData, ...more }));
  }
  const [first, ...others] = tasks;
  if (!first) throw new Error('There is no task.');
  return { fingerprint, tasks, first, others };
};
const statusOf = async (taskId: string) => (await fixture.rowOf(taskId))?.status as string;
const approval = { outcome: 'approve', data: { comment: 'Mapped' } };

describe('preparing a task', () => {
  const fingerprintOf = async (request: Parameters<TaskFixture['prepare']>[0]) => {
    const prepared = await fixture.prepare(request);
    return prepared.ok ? prepared.row.fingerprint : prepared.error.code;
  };

  it('gives the same fingerprint only where one answer of the same people serves', async () => {
    const same = { fingerprint: 'mapping 4711' };
    const one = await fingerprintOf(same);
    expect(one).toMatch(/^[0-9a-f]{32}$/);
    expect(await fingerprintOf({ ...same, title: 'Other', contextData: {}, subject: 'INV-9' })).toBe(one);
    expect(await fingerprintOf({ ...same, assignTo: { roles: ['manager'] } })).toBe(one);
    for (const other of [{ assignTo: { roles: ['finance'] } }, { distinctFrom: ['mia'] }, { fingerprint: '4712' }]) {
      expect(await fingerprintOf({ ...same, ...other })).not.toBe(one);
    }
    expect(await fingerprintOf({})).toBeNull();
    for (const wrong of ['', 4711]) {
      expect(await fingerprintOf({ fingerprint: wrong as string })).toBe('invalid_input');
    }
  });
});

describe('tasks of one fingerprint', () => {
  it('are completed by one answer, each with the values of its own context and an event in its own execution', async () => {
    const { tasks, others } = await tasksAlike(4);
    const alone = await fixture.createTask({ fingerprint: 'other' });
    fixture.hints.length = 0;
    const [answered] = others;
    if (!answered) return;
    expect(await completeTask(fixture.deps, { ...mia, taskId: answered.taskId, ...approval })).toMatchObject({
      taskId: answered.taskId,
      status: 'completed',
      also: tasks.filter((task) => task !== answered).map(({ taskId }) => taskId),
    });
    for (const [index, { taskId, executionId }] of tasks.entries()) {
      const output = { comment: 'Mapped', summary: `Invoice INV-${index} of Kiosk` };
      expect(await fixture.rowOf(taskId)).toMatchObject({
        status: 'completed',
        output,
        ended_by: 'mia',
        assignee: 'mia',
      });
      expect(await fixture.eventsOf(executionId)).toMatchObject([
        { kind: 'task_ended', name: `Task:${taskId}:Complete`, payload: { taskId, output, by: 'mia' } },
      ]);
      expect(await fixture.activityOf(taskId)).toEqual(['claimed mia', 'completed mia']);
    }
    const hinted = fixture.hints.map(({ executionId }) => executionId);
    expect(hinted.toSorted()).toEqual(tasks.map(({ executionId }) => executionId).toSorted());
    expect(await statusOf(alone.taskId)).toBe('pending');
  });

  it('are declined by one reason', async () => {
    const { tasks, first } = await tasksAlike(3);
    const { also } = await declineTask(fixture.deps, { ...mia, taskId: first.taskId, reason: 'No such item' });
    expect(also).toHaveLength(2);
    for (const { taskId } of tasks) {
      expect(await fixture.rowOf(taskId)).toMatchObject({ status: 'declined', output: { reason: 'No such item' } });
    }
  });

  it('end for whoever was given the first of them', async () => {
    const { first, others } = await tasksAlike(2, { assignTo: { roles: ['finance'] } });
    await assignTask(fixture.deps, { ...omar, taskId: first.taskId, to: 'mia' });
    await completeTask(fixture.deps, { ...mia, taskId: first.taskId, ...approval });
    expect(await Promise.all(others.map(({ taskId }) => statusOf(taskId)))).toEqual(['completed']);
  });

  it('stay open where somebody else is at one, where it ends by itself, or where the answer does not fit', async () => {
    const jsonSchema = {
      type: 'object',
      properties: { code: { type: 'string', readOnly: true }, why: { type: 'string' } },
      if: { properties: { code: { const: 'odd' } } },
      then: { required: ['why'] },
    };
    await publishSystemDefinitions(fixture.definitionDeps, {
      forms: [{ name: 'code-form', jsonSchema, uiSchema: {} }],
      taskDefinitions: [{ taskType: 'code', name: 'Code', formName: 'code-form', defaultRoles: ['manager'] }],
    });
    const { first, others } = await tasksAlike(5, { taskType: 'code', contextData: { code: 'even' } });
    const [held, closing, unfit, fit] = others;
    if (!held || !closing || !unfit || !fit) return;
    await claimTask(fixture.deps, { ...max, taskId: held.taskId });
    await fixture.sql`UPDATE workflow_tasks SET closing_at = now() WHERE task_id = ${closing.taskId}`;
    await fixture.sql`UPDATE workflow_tasks SET context_data = '{"code":"odd"}' WHERE task_id = ${unfit.taskId}`;
    const request = { taskId: first.taskId, outcome: null, data: {} };
    expect(await completeTask(fixture.deps, { ...mia, ...request })).toMatchObject({ also: [fit.taskId] });
    const left = [held, closing, unfit, fit].map(({ taskId }) => statusOf(taskId));
    expect(await Promise.all(left)).toEqual(['claimed', 'pending', 'pending', 'completed']);
    expect(await completeTask(fixture.deps, { ...max, ...request, taskId: held.taskId })).toMatchObject({ also: [] });
  });

  it('are not ended for somebody who must not decide them', async () => {
    const { first } = await tasksAlike(2, { distinctFrom: ['alice'] });
    const completing = completeTask(fixture.deps, { ...alice, taskId: first.taskId, ...approval });
    await expect(completing).rejects.toMatchObject({ code: 'task_forbidden' });
    expect(await statusOf(first.taskId)).toBe('pending');
  });

  it('end once each, all of them, when two people answer different ones at the same time', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { tasks, first, others } = await tasksAlike(5);
      const second = others[0];
      if (!second) return;
      const outcomes = await Promise.allSettled([
        completeTask(fixture.deps, { ...mia, taskId: first.taskId, ...approval }),
        completeTask(fixture.deps, { ...max, taskId: second.taskId, ...approval }),
      ]);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'task_conflict' });
      }
      for (const { taskId, executionId } of tasks) {
        expect(await statusOf(taskId)).toBe('completed');
        expect(await fixture.eventsOf(executionId)).toHaveLength(1);
      }
    }
  });

  it('end also where there are more of them than one statement takes', async () => {
    const { fingerprint, first } = await tasksAlike(1);
    const stored = (await fixture.rowOf(first.taskId))?.fingerprint as string;
    await fixture.sql`
      INSERT INTO workflow_tasks (task_id, tenant_id, execution_id, partition_id, command_id, task_type,
        task_definition_type, system_task_definition_task_type, form_type, form_id, form_version, title, status,
        priority, candidate_roles, candidate_users, excluded_users, context_data, warnings, completion_event,
        fingerprint, created_at)
      SELECT gen_random_uuid(), tenant_id, gen_random_uuid(), partition_id, command_id, task_type,
        task_definition_type, system_task_definition_task_type, form_type, form_id, form_version, title, status,
        priority, candidate_roles, candidate_users, excluded_users, context_data, warnings, completion_event,
        fingerprint, created_at
      FROM workflow_tasks, generate_series(1, 1100) WHERE task_id = ${first.taskId}`;
    expect(fingerprint).not.toBe(stored);
    const { also } = await completeTask(fixture.deps, { ...mia, taskId: first.taskId, ...approval });
    expect(new Set(also).size).toBe(1100);
    const open = await fixture.sql`
      SELECT FROM workflow_tasks WHERE fingerprint = ${stored} AND status <> 'completed'`;
    expect(open).toHaveLength(0);
  });
});

import { randomUUID } from 'node:crypto';
import type postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimTask } from '../../tasks/claimTask';
import { completeTask } from '../../tasks/completeTask';
import type { TaskDeps } from '../../tasks/deps';
import { createTaskPreparer } from '../../tasks/prepareTasks';
import { publishSystemDefinitions } from '../../tasks/publishDefinitions';
import { releaseTask } from '../../tasks/releaseTask';
import { alice, createTaskFixture, form, gus, max, mia, omar, review, type TaskFixture } from './testing/taskFixture';

let fixture: TaskFixture;
let sql: postgres.Sql;
let deps: TaskDeps;
let changes: TaskFixture['changes'];
const definitionDeps = () => fixture.definitionDeps;
const context = { number: 'INV-0001', customer: 'Kiosk' };
const prepare: TaskFixture['prepare'] = (...call) => fixture.prepare(...call);
const createTask: TaskFixture['createTask'] = (...call) => fixture.createTask(...call);
const rowOf: TaskFixture['rowOf'] = (taskId) => fixture.rowOf(taskId);
const eventsOf: TaskFixture['eventsOf'] = (executionId) => fixture.eventsOf(executionId);
const activityOf: TaskFixture['activityOf'] = (taskId) => fixture.activityOf(taskId);

beforeAll(async () => {
  fixture = await createTaskFixture();
  ({ sql, deps, changes } = fixture);
});
afterAll(() => fixture.drop());

describe('preparing a task', () => {
  it('pins the definition, the form, candidates and times', async () => {
    const prepared = await prepare({ dueDate: '2 days', expiresIn: '2026-12-01T00:00:00Z', distinctFrom: ['alice'] });
    expect(prepared).toMatchObject({
      ok: true,
      row: {
        taskDefinitionType: 'system',
        systemTaskDefinitionTaskType: 'review',
        formType: 'system',
        formVersion: 1,
        priority: 'normal',
        candidateRoles: ['manager'],
        excludedUsers: ['alice'],
        requestedBy: 'alice',
        subject: 'INV-0001',
        warnings: [],
        dueAtMs: Date.parse('2026-11-25T10:00:00Z'),
        expiresAtMs: Date.parse('2026-12-01T00:00:00Z'),
      },
      created: { dueAt: '2026-11-25T10:00:00.000Z', candidateRoles: ['manager'], candidateUsers: [] },
    });
    if (!prepared.ok) return;
    expect(prepared.created.completionEvent).toBe(`Task:${prepared.created.taskId}:Complete`);
    expect(prepared.row.taskId).toBe(prepared.created.taskId);
  });

  it('calls a task by its definition where it has no title', async () => {
    expect(await prepare({ title: '' })).toMatchObject({ row: { title: 'Review' }, created: { title: 'Review' } });
  });

  it('lets the call name candidates', async () => {
    const prepared = await prepare({ assignTo: { users: ['mia'] } });
    expect(prepared).toMatchObject({ row: { candidateRoles: [], candidateUsers: ['mia'] } });
  });

  it('warns of what the templates need and the context lacks, or refuses where it is asked to be strict', async () => {
    expect(await prepare({ contextData: { number: 1 } })).toMatchObject({ ok: true, row: { warnings: ['customer'] } });
    expect(await prepare({ contextData: { number: 1 }, strict: true })).toMatchObject({
      ok: false,
      error: { code: 'validation_failed', message: expect.stringContaining('customer') as string },
    });
  });

  it('refuses an unknown type, by name, without disturbing the others', async () => {
    const answers = await createTaskPreparer(definitionDeps()).prepare(
      ['review', 'nope', 'review'].map((taskType) => ({
        tenant: 'acme',
        executionId: randomUUID(),
        requestedBy: null,
        subject: null,
        nowMs: 0,
        request: { taskType, title: 'x', contextData: context },
      })),
    );
    expect(answers.map((answer) => answer.ok)).toEqual([true, false, true]);
    expect(answers[1]).toMatchObject({ error: { name: 'UnknownTaskTypeError', code: 'unknown_task_type' } });
  });

  it.each([
    [{ taskType: '' }, 'validation_failed'],
    [{ dueDate: 'soon' }, 'invalid_input'],
    [{ priority: 'huge' as 'high' }, 'invalid_input'],
    [{ assignTo: { roles: 'manager' as unknown as string[] } }, 'invalid_input'],
  ])('refuses %o', async (request, code) => {
    expect(await prepare(request)).toMatchObject({ ok: false, error: { code } });
  });

  it("prefers the tenant's own definition and form, for that tenant only", async () => {
    await sql`INSERT INTO workflow_form_definitions (form_id, tenant_id, name, version, json_schema, ui_schema) VALUES
      (${randomUUID()}, 'globex', 'own-form', 1, '{}', '{}'), (${randomUUID()}, 'globex', 'own-form', 2, '{}', '{}')`;
    const definitionId = randomUUID();
    await sql`INSERT INTO workflow_task_definitions
      (task_definition_id, tenant_id, task_type, name, form_type, form_name, default_roles, completion_event)
      VALUES (${definitionId}, 'globex', 'review', 'Ours', 'tenant', 'own-form', ${['clerk']}, 'REVIEWED')`;
    expect(await prepare({}, 'globex')).toMatchObject({
      row: {
        taskDefinitionType: 'tenant',
        tenantTaskDefinitionId: definitionId,
        systemTaskDefinitionTaskType: null,
        formType: 'tenant',
        formVersion: 2,
        candidateRoles: ['clerk'],
        completionEvent: 'REVIEWED',
      },
    });
    expect(await prepare({})).toMatchObject({ row: { taskDefinitionType: 'system', candidateRoles: ['manager'] } });
  });
});

describe('publishing definitions', () => {
  it('adds a form version only when the text changed, and leaves the old one as it was', async () => {
    const name = 'versioned-form';
    const publish = (title: string) =>
      publishSystemDefinitions(definitionDeps(), {
        forms: [{ ...form, name, jsonSchema: { ...form.jsonSchema, title } }],
        taskDefinitions: [],
      });
    await publish('one');
    await publish('one');
    await Promise.all([publish('two'), publish('two'), publish('two')]);
    const versions = await sql`SELECT version, json_schema->>'title' AS title
      FROM system_workflow_form_definitions WHERE name = ${name} ORDER BY version`;
    expect(versions).toEqual([
      { version: 1, title: 'one' },
      { version: 2, title: 'two' },
    ]);
  });

  it('refuses a definition whose form does not exist', async () => {
    const publishing = publishSystemDefinitions(definitionDeps(), {
      forms: [],
      taskDefinitions: [{ ...review, formName: 'nowhere' }],
    });
    await expect(publishing).rejects.toThrow('nowhere');
  });
});

describe('claiming', () => {
  it('makes a candidate the assignee, once', async () => {
    const { taskId } = await createTask();
    expect(await claimTask(deps, { ...mia, taskId })).toMatchObject({ status: 'claimed', version: 2 });
    expect(await claimTask(deps, { ...mia, taskId })).toMatchObject({ status: 'claimed', version: 2 });
    expect(await rowOf(taskId)).toMatchObject({ status: 'claimed', assignee: 'mia', version: 2 });
    expect(await activityOf(taskId)).toEqual(['claimed mia']);
    expect(changes).toContainEqual({ tenant: 'acme', topic: 'task', id: taskId });
  });

  it('is for candidates who are not excluded', async () => {
    const { taskId } = await createTask({ distinctFrom: ['alice'] });
    await expect(claimTask(deps, { ...omar, taskId })).rejects.toMatchObject({ code: 'task_forbidden' });
    await expect(claimTask(deps, { ...alice, taskId })).rejects.toThrow('your own request');
    expect(await rowOf(taskId)).toMatchObject({ status: 'pending', assignee: null });
  });

  it('does not know tasks of other tenants, nor ids that are none', async () => {
    const { taskId } = await createTask();
    for (const request of [
      { ...gus, taskId },
      { ...mia, taskId: randomUUID() },
      { ...mia, taskId: "1' OR true" },
    ]) {
      await expect(claimTask(deps, request)).rejects.toMatchObject({ code: 'task_not_found' });
    }
  });

  it('is won by exactly one of two at the same time, and the other is told by whom', async () => {
    for (let round = 0; round < 50; round += 1) {
      const { taskId } = await createTask();
      const outcomes = await Promise.allSettled([mia, max].map((who) => claimTask(deps, { ...who, taskId })));
      const lost = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(lost).toHaveLength(1);
      const { assignee } = (await rowOf(taskId)) as { assignee: string };
      const winner = assignee === 'mia' ? 'Mia Rossi' : 'Max Braun';
      expect(lost[0]?.reason).toMatchObject({
        code: 'task_conflict',
        message: expect.stringContaining(`${winner} claimed it on `) as string,
      });
      expect(await activityOf(taskId)).toEqual([`claimed ${assignee}`]);
    }
  });
});

describe('releasing', () => {
  it('gives the task back to all candidates', async () => {
    const { taskId } = await createTask();
    await claimTask(deps, { ...mia, taskId });
    await expect(releaseTask(deps, { ...max, taskId })).rejects.toThrow('Only Mia Rossi');
    expect(await releaseTask(deps, { ...mia, taskId })).toMatchObject({ status: 'pending', version: 3 });
    expect(await rowOf(taskId)).toMatchObject({ status: 'pending', assignee: null, claimed_at: null });
    expect(await claimTask(deps, { ...max, taskId })).toMatchObject({ status: 'claimed' });
    expect(await activityOf(taskId)).toEqual(['claimed mia', 'released mia', 'claimed max']);
  });

  it('may be done by an administrator for somebody else', async () => {
    const { taskId } = await createTask();
    await claimTask(deps, { ...mia, taskId });
    await releaseTask(deps, { ...omar, taskId });
    expect(await rowOf(taskId)).toMatchObject({ status: 'pending', assignee: null });
  });
});

describe('completing', () => {
  const approval = { outcome: 'approve', data: { comment: 'Fine', forged: true, summary: 'forged' } };

  it('checks the answers, ends the task and writes the event for the workflow in one commit', async () => {
    const { taskId, executionId } = await createTask();
    fixture.hints.length = 0;
    await completeTask(deps, { ...mia, taskId, ...approval });
    const output = { comment: 'Fine', summary: 'Invoice INV-0001 of Kiosk' };
    const row = await rowOf(taskId);
    expect(row).toMatchObject({ status: 'completed', outcome: 'approve', output, ended_by: 'mia', assignee: 'mia' });
    expect(await activityOf(taskId)).toEqual(['claimed mia', 'completed mia']);
    const eventName = `Task:${taskId}:Complete`;
    expect(await eventsOf(executionId)).toEqual([
      {
        seq: null,
        kind: 'task_ended',
        name: eventName,
        tenant_id: 'acme',
        partition_id: 7,
        payload: {
          taskId,
          status: 'completed',
          outcome: 'approve',
          output,
          by: 'mia',
          formVersion: 1,
          eventName,
          endedAt: (row?.ended_at as Date).toISOString(),
        },
      },
    ]);
    expect(fixture.hints).toEqual([{ partitionId: 7, executionId }]);
  });

  it('refuses wrong answers by field and changes nothing', async () => {
    const { taskId, executionId } = await createTask();
    const rejection = completeTask(deps, { ...mia, taskId, outcome: 'reject', data: {} });
    await expect(rejection).rejects.toMatchObject({ code: 'validation_failed', fieldErrors: [{ path: '/comment' }] });
    await expect(completeTask(deps, { ...mia, taskId, outcome: 'shrug', data: {} })).rejects.toMatchObject({
      code: 'validation_failed',
    });
    expect(await rowOf(taskId)).toMatchObject({ status: 'pending', version: 1 });
    expect(await eventsOf(executionId)).toEqual([]);
  });

  it('is for the assignee once somebody claimed the task', async () => {
    const { taskId } = await createTask();
    await claimTask(deps, { ...max, taskId });
    await expect(completeTask(deps, { ...mia, taskId, ...approval })).rejects.toThrow('Max Braun claimed it');
    await completeTask(deps, { ...max, taskId, ...approval });
    expect(await activityOf(taskId)).toEqual(['claimed max', 'completed max']);
  });

  it('is not for those who must not decide, even with every role', async () => {
    const { taskId } = await createTask({ distinctFrom: ['alice'] });
    await expect(completeTask(deps, { ...alice, taskId, ...approval })).rejects.toMatchObject({
      code: 'task_forbidden',
    });
    await expect(completeTask(deps, { ...omar, taskId, ...approval })).rejects.toMatchObject({
      code: 'task_forbidden',
    });
    await expect(completeTask(deps, { ...gus, taskId, ...approval })).rejects.toMatchObject({
      code: 'task_not_found',
    });
  });

  it('is refused for a task that changed since it was opened', async () => {
    const { taskId } = await createTask();
    await claimTask(deps, { ...mia, taskId });
    await expect(completeTask(deps, { ...mia, taskId, ...approval, expectedVersion: 1 })).rejects.toThrow('changed');
    await completeTask(deps, { ...mia, taskId, ...approval, expectedVersion: 2 });
  });

  it('is refused for a task whose time ran out, or that ended', async () => {
    const expiring = await createTask();
    await sql`UPDATE workflow_tasks SET closing_at = now(), expires_at = '2026-11-20 09:30Z' WHERE task_id = ${expiring.taskId}`;
    await expect(completeTask(deps, { ...mia, taskId: expiring.taskId, ...approval })).rejects.toThrow(
      'This task expired on 20 Nov 2026, 09:30 UTC. Nothing is left to do here.',
    );
    await expect(claimTask(deps, { ...mia, taskId: expiring.taskId })).rejects.toMatchObject({ code: 'task_conflict' });
    const canceled = await createTask();
    await sql`UPDATE workflow_tasks SET status = 'canceled', ended_at = now() WHERE task_id = ${canceled.taskId}`;
    await expect(completeTask(deps, { ...mia, taskId: canceled.taskId, ...approval })).rejects.toThrow('canceled');
  });

  it('is won by exactly one of two at the same time: one event, and the other is told who did what', async () => {
    for (let round = 0; round < 50; round += 1) {
      const { taskId, executionId } = await createTask();
      const outcomes = await Promise.allSettled([
        completeTask(deps, { ...mia, taskId, outcome: 'approve', data: {} }),
        completeTask(deps, { ...max, taskId, outcome: 'reject', data: { comment: 'No' } }),
      ]);
      const lost = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(lost).toHaveLength(1);
      const row = (await rowOf(taskId)) as { ended_by: string };
      const deed = row.ended_by === 'mia' ? 'Mia Rossi already approved it on ' : 'Max Braun already rejected it on ';
      expect(lost[0]?.reason).toMatchObject({
        code: 'task_conflict',
        message: expect.stringContaining(deed) as string,
      });
      expect(await eventsOf(executionId)).toHaveLength(1);
    }
  });

  it('and claiming at the same time end in one owner and at most one event', async () => {
    for (let round = 0; round < 50; round += 1) {
      const { taskId, executionId } = await createTask();
      const [claimed, completed] = await Promise.allSettled([
        claimTask(deps, { ...mia, taskId }),
        completeTask(deps, { ...max, taskId, ...approval }),
      ]);
      expect([claimed.status, completed.status].sort()).toEqual(['fulfilled', 'rejected']);
      const row = await rowOf(taskId);
      const won = completed.status === 'fulfilled';
      expect(row).toMatchObject(
        won ? { status: 'completed', ended_by: 'max' } : { status: 'claimed', assignee: 'mia' },
      );
      expect(await eventsOf(executionId)).toHaveLength(won ? 1 : 0);
    }
  });

  it('tells people that they did it themselves', async () => {
    const { taskId } = await createTask();
    await completeTask(deps, { ...mia, taskId, ...approval });
    const other = { outcome: 'approve', data: { comment: 'Besides' } };
    await expect(completeTask(deps, { ...mia, taskId, ...other })).rejects.toThrow('You already approved it on');
  });
});

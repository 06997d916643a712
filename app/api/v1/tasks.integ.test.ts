// Tasks: the route handlers over a real database, called as the web server calls them.
import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { describeApi } from '@/lib/openapi/describeApi';
import { taskOperations } from '@/lib/openapi/taskOperations';
import { GET as getDescription } from './openapi.json/route';
import { POST as completeTask } from './tasks/[taskId]/complete/route';
import { GET as getTask, PATCH as planTask } from './tasks/[taskId]/route';
import { GET as getTasks } from './tasks/route';
import { POST as answerTask } from './tasks/[taskId]/answer/route';
import { POST as askTask } from './tasks/[taskId]/ask/route';
import { POST as assignTask } from './tasks/[taskId]/assign/route';
import { POST as claimTask } from './tasks/[taskId]/claim/route';
import { POST as commentsTask } from './tasks/[taskId]/comments/route';
import { POST as declineTask } from './tasks/[taskId]/decline/route';
import { POST as delegateTask } from './tasks/[taskId]/delegate/route';
import { DELETE as dropDraft, GET as getDraft, PUT as putDraft } from './tasks/[taskId]/draft/route';
import { POST as forwardTask } from './tasks/[taskId]/forward/route';
import { POST as giveBackTask } from './tasks/[taskId]/give-back/route';
import { POST as releaseTask } from './tasks/[taskId]/release/route';
import { POST as assignTasks } from './tasks/bulk/assign/route';
import { POST as claimTasks } from './tasks/bulk/claim/route';
import { POST as completeTasks } from './tasks/bulk/complete/route';
import { POST as releaseTasks } from './tasks/bulk/release/route';
import { POST as withdrawQuestionTask } from './tasks/[taskId]/withdraw-question/route';
import { type Who, sql, type Handler, type Call, call, described, insertTask, submit } from './testing/apiFixture';

describe('the description of the API', () => {
  it('is there for everybody, and every route of tasks that it has is tried here', async () => {
    const response = getDescription();
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(JSON.parse(JSON.stringify(describeApi())));
    expect([...described.values()].toSorted()).toEqual(taskOperations.map((each) => each.operationId).toSorted());
  });
});

describe('GET /tasks and /tasks/:id', () => {
  let taskId: string;
  let theirs: string;

  beforeAll(async () => {
    taskId = await insertTask({ tenant: 'acme', roles: ['manager'] });
    theirs = await insertTask({ tenant: 'globex', roles: ['manager'] });
  });

  const idsFor = async (as: Who, search = '') =>
    ((await call(getTasks, { as, search })).json.tasks as { taskId: string }[]).map((task) => task.taskId);

  it('list what each person may see', async () => {
    expect(await idsFor('mia')).toEqual([taskId]);
    expect(await idsFor('omar')).toEqual([taskId]);
    expect(await idsFor('alice')).toEqual([]);
    expect(await idsFor('gus')).toEqual([theirs]);
    expect(await idsFor('mia', '?status=completed')).toEqual([]);
    expect((await call(getTasks, { as: 'mia', search: '?status=lost' })).status).toBe(422);
    expect((await call(getTasks, { as: 'pat' })).status).toBe(403);
  });

  it('list in pages that neither skip nor repeat tasks of the same moment', async () => {
    const createdAt = new Date('2026-01-01T00:00:00Z');
    const made = await Promise.all(
      Array.from({ length: 5 }, () => insertTask({ tenant: 'acme', roles: ['auditor'], createdAt })),
    );
    await sql`INSERT INTO user_roles (user_id, role) VALUES ('alice', 'auditor')`;
    const seen: string[] = [];
    let cursor = '';
    do {
      const { json } = await call(getTasks, { as: 'alice', search: `?limit=2${cursor && `&cursor=${cursor}`}` });
      seen.push(...(json.tasks as { taskId: string }[]).map((task) => task.taskId));
      cursor = String(json.next ?? '');
    } while (cursor !== '');
    await sql`DELETE FROM user_roles WHERE role = 'auditor'`;
    await sql`DELETE FROM workflow_tasks WHERE task_id = ANY(${made})`;
    expect(seen.toSorted()).toEqual(made.toSorted());
    expect((await call(getTasks, { search: '?cursor=x' })).status).toBe(422);
  });

  it('give one task with its form, filled in, and only what the form declares', async () => {
    const { status, json } = await call(getTask, { as: 'mia', params: { taskId } });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      taskId,
      status: 'pending',
      version: 1,
      form: {
        version: 1,
        formData: { summary: 'Invoice INV-7', isUrgent: true },
        outcomes: [{ value: 'approve' }, { value: 'reject' }],
      },
    });
    expect(JSON.stringify(json)).not.toContain('not for browsers');
    expect(json.form.jsonSchema.properties.summary.default).toBe('Invoice ${contextData.number}');
  });

  it('answer 404 for a task of another tenant, 403 for one of somebody else', async () => {
    expect((await call(getTask, { as: 'mia', params: { taskId: theirs } })).json).toMatchObject({
      code: 'task_not_found',
    });
    expect((await call(getTask, { as: 'gus', params: { taskId } })).status).toBe(404);
    expect((await call(getTask, { as: 'mia', params: { taskId: 'nonsense' } })).status).toBe(404);
    const { status, json } = await call(getTask, { as: 'alice', params: { taskId } });
    expect({ status, code: json.code }).toEqual({ status: 403, code: 'task_forbidden' });
  });
});

describe('POST /tasks/:id/complete', () => {
  let taskId: string;
  beforeEach(async () => {
    const { executionIds } = await submit();
    const [row] = await sql<{ partition_id: number }[]>`
      SELECT partition_id FROM workflow_executions WHERE execution_id = ${executionIds[0] ?? ''}`;
    taskId = await insertTask({
      tenant: 'acme',
      roles: ['manager'],
      executionId: executionIds[0],
      partition: row?.partition_id,
    });
  });
  const complete = (given: Omit<Call, 'params'> & { readonly id?: string }) =>
    call(completeTask, { as: 'mia', body: { outcome: 'approve' }, params: { taskId: given.id ?? taskId }, ...given });

  it('completes the task and tells its workflow', async () => {
    const body = { outcome: 'approve', data: { comment: 'Fine.', summary: 'forged', other: 1 } };
    const { status, json } = await complete({ body });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      taskId,
      status: 'completed',
      outcome: 'approve',
      endedBy: 'mia',
      output: { comment: 'Fine.', summary: 'Invoice INV-7' },
    });
    expect(json.output).not.toHaveProperty('other');
    expect(
      await sql`SELECT kind, name, seq FROM workflow_events WHERE execution_id = ${json.executionId} AND seq IS NULL`,
    ).toEqual([{ kind: 'task_ended', name: 'Done', seq: null }]);
  });

  it('tells whoever comes second who was first', async () => {
    await sql`INSERT INTO user_roles (user_id, role) VALUES ('omar', 'manager')`;
    const answers = await Promise.all([complete({ as: 'mia' }), complete({ as: 'omar' })]);
    await sql`DELETE FROM user_roles WHERE user_id = 'omar' AND role = 'manager'`;
    const winner = answers.find(({ status }) => status === 200);
    const loser = answers.find(({ status }) => status === 409);
    expect(loser?.json).toMatchObject({
      code: 'task_conflict',
      message: expect.stringContaining(String(winner?.json.endedBy)),
    });
  });

  it('answers 422 and names the fields of a wrong answer', async () => {
    const rejected = await complete({ body: { outcome: 'reject', data: {} } });
    expect(rejected.status).toBe(422);
    expect(rejected.json).toMatchObject({ code: 'validation_failed', fieldErrors: [{ path: '/comment' }] });
    const wrong = await complete({ body: { outcome: 'approve', data: { isUrgent: 'perhaps' } } });
    expect(wrong.json).toMatchObject({ code: 'validation_failed', fieldErrors: [{ path: '/isUrgent' }] });
    expect((await complete({ body: { outcome: 'explode' } })).status).toBe(422);
    expect((await complete({ body: { outcome: 'approve', answers: {} } })).json).toMatchObject({
      code: 'invalid_input',
    });
    expect((await complete({ body: { outcome: 'approve', data: [] } })).status).toBe(422);
    expect((await complete({ body: { outcome: 'approve', data: { comment: 'a\u0000b' } } })).status).toBe(422);
    expect((await call(getTask, { as: 'mia', params: { taskId } })).json.status).toBe('pending');
  });

  it('answers 409 to somebody who saw an older version', async () => {
    await sql`UPDATE workflow_tasks SET version = 2 WHERE task_id = ${taskId}`;
    const { status, json } = await complete({ body: { outcome: 'approve', expectedVersion: 1 } });
    expect({ status, code: json.code }).toEqual({ status: 409, code: 'task_conflict' });
  });

  it('answers 403 to people who are no candidates, 404 across tenants, 400 to bad JSON', async () => {
    expect((await complete({ as: 'alice' })).json).toMatchObject({ code: 'task_forbidden' });
    expect((await complete({ as: 'omar' })).json).toMatchObject({ code: 'task_forbidden' });
    expect((await complete({ as: 'gus' })).json).toMatchObject({ code: 'task_not_found' });
    expect((await complete({ id: 'nonsense' })).status).toBe(404);
    expect((await complete({ body: '{' })).status).toBe(400);
  });
});

describe('the filters of the list of tasks', () => {
  it('are those of the inbox, and those who ask for others are told which there are', async () => {
    const taskId = await insertTask({ tenant: 'acme', roles: ['manager'] });
    await sql`
      UPDATE workflow_tasks SET title = 'Approve INV-777', priority = 'urgent', due_at = now() - interval '1 hour'
      WHERE task_id = ${taskId}`;
    const found = async (query: string, as: Who = 'mia') => {
      const { json } = await call(getTasks, { as, search: `?${query}` });
      return (json.tasks as readonly { readonly taskId: string }[]).map((task) => task.taskId);
    };
    for (const query of ['q=inv-777', 'q=777&priority=urgent&due=overdue', 'view=for-me&q=777']) {
      expect(await found(query), query).toEqual([taskId]);
    }
    for (const query of ['q=778', 'q=777&priority=low', 'q=777&due=none', 'q=777&type=other', 'view=taken&q=777']) {
      expect(await found(query), query).toEqual([]);
    }
    expect(await found('q=777', 'gus')).toEqual([]);
    expect(await found('view=for-me&q=777', 'omar')).toEqual([]);
    await call(claimTask, { as: 'mia', params: { taskId } });
    expect(await found('view=taken&q=777')).toEqual([taskId]);
    for (const query of ['view=all', 'priority=huge', 'due=never', `q=${'x'.repeat(201)}`]) {
      expect((await call(getTasks, { as: 'mia', search: `?${query}` })).status, query).toBe(422);
    }
  });
});

describe('many tasks at once', () => {
  const many = (count: number) =>
    Promise.all(Array.from({ length: count }, () => insertTask({ tenant: 'acme', roles: ['manager'] })));

  it('are claimed, assigned, released and completed each by itself, and every refusal says why', async () => {
    const [free, taken, foreign] = [...(await many(2)), await insertTask({ tenant: 'globex', roles: ['manager'] })];
    await call(assignTask, { as: 'omar', params: { taskId: taken ?? '' }, body: { to: 'alice' } });
    const taskIds = [free, taken, foreign, 'nonsense'];
    const claimed = await call(claimTasks, { as: 'mia', body: { taskIds } });
    expect(claimed.status).toBe(200);
    expect(claimed.json.results).toMatchObject([
      { taskId: free, ok: true, status: 'claimed' },
      { taskId: taken, ok: false, code: 'task_conflict', message: expect.stringContaining('claimed it on') },
      { taskId: foreign, ok: false, code: 'task_not_found' },
      { taskId: 'nonsense', ok: false, code: 'task_not_found' },
    ]);
    const assigned = await call(assignTasks, { as: 'omar', body: { taskIds: [free, taken], to: 'mia' } });
    expect(assigned.json.results).toMatchObject([
      { ok: false, code: 'invalid_input', message: expect.stringContaining('has it already') },
      { ok: true, status: 'claimed' },
    ]);
    expect((await call(assignTasks, { as: 'mia', body: { taskIds, to: 'mia' } })).json.code).toBe('permission_denied');
    const released = await call(releaseTasks, { as: 'mia', body: { taskIds: [taken] } });
    expect(released.json.results).toMatchObject([{ taskId: taken, ok: true, status: 'pending' }]);
    const answer = { outcome: 'approve', data: { comment: 'All of them' } };
    const completed = await call(completeTasks, { as: 'mia', body: { taskIds: [free, taken, foreign], ...answer } });
    expect(completed.json.results).toMatchObject([
      { taskId: free, ok: true, status: 'completed' },
      { taskId: taken, ok: true, status: 'completed' },
      { taskId: foreign, ok: false, code: 'task_not_found' },
    ]);
    const again = await call(completeTasks, { as: 'omar', body: { taskIds: [free], ...answer } });
    expect(again.json.results).toMatchObject([{ ok: false, code: 'task_forbidden' }]);
  });

  it('are not completed at all where they have other versions of a form', async () => {
    const [older, newer] = await many(2);
    const nextForm = randomUUID();
    await sql`
      INSERT INTO system_workflow_form_definitions (form_id, name, version, json_schema, ui_schema)
      SELECT ${nextForm}, name, 2, json_schema, ui_schema FROM system_workflow_form_definitions WHERE name = 'review'`;
    await sql`UPDATE workflow_tasks SET form_id = ${nextForm}, form_version = 2 WHERE task_id = ${newer ?? ''}`;
    const answer = { outcome: 'approve', data: { comment: 'Both' } };
    const { status, json } = await call(completeTasks, { as: 'mia', body: { taskIds: [older, newer], ...answer } });
    expect(status).toBe(422);
    expect(json).toMatchObject({ code: 'invalid_input', message: expect.stringContaining('versions of a form') });
    const left = await sql`SELECT status FROM workflow_tasks WHERE task_id IN (${older ?? ''}, ${newer ?? ''})`;
    expect(left.map((row) => row.status as string)).toEqual(['pending', 'pending']);
    await sql`UPDATE workflow_tasks SET form_version = 1, form_id = (
      SELECT form_id FROM system_workflow_form_definitions WHERE name = 'review' AND version = 1)
      WHERE task_id = ${newer ?? ''}`;
    await sql`DELETE FROM system_workflow_form_definitions WHERE form_id = ${nextForm}`;
    const { json: together } = await call(completeTasks, { as: 'mia', body: { taskIds: [older, newer], ...answer } });
    expect(together.results).toMatchObject([{ ok: true }, { ok: true }]);
  });

  it('are refused as a whole where the list is none, or too long', async () => {
    for (const taskIds of [[], 'x', Array.from({ length: 201 }, () => randomUUID())]) {
      expect((await call(claimTasks, { as: 'mia', body: { taskIds } })).json.code).toBe('invalid_input');
    }
  });
});

describe('work on a task', () => {
  let taskId: string;
  beforeEach(async () => {
    taskId = await insertTask({ tenant: 'acme', roles: ['manager'] });
  });
  const as = (who: Who) => (handler: Handler, body?: object) =>
    call(handler, { as: who, params: { taskId }, ...(body === undefined ? {} : { body }) });

  it('is lent, asked about, given back, planned, commented on and released, each answer showing how it stands', async () => {
    const [mia, alice] = [as('mia'), as('alice')];
    expect((await mia(claimTask)).json).toMatchObject({ status: 'claimed', assignee: 'mia' });
    const delegated = await mia(delegateTask, { to: 'alice', note: 'Is it right?' });
    expect(delegated.json).toMatchObject({ assignee: 'alice', owner: 'mia' });
    expect((await alice(getTask)).status).toBe(200);
    expect((await alice(giveBackTask, { note: 'It is.' })).json).toMatchObject({ assignee: 'mia', owner: null });
    const question = { to: 'omar', by: 'mia', text: 'Which project?' };
    expect((await mia(askTask, { to: 'omar', text: question.text })).json).toMatchObject({ question });
    expect((await mia(withdrawQuestionTask)).json).toMatchObject({ question: null });
    await mia(askTask, { to: 'omar', text: question.text });
    expect((await as('omar')(answerTask, { text: 'West wing' })).json).toMatchObject({ question: null });
    const followUpAt = '2026-12-01T08:00:00.000Z';
    const planned = await mia(planTask, { priority: 'high', followUpAt });
    expect(planned.json).toMatchObject({ priority: 'high', followUpAt });
    expect((await mia(commentsTask, { text: 'Nearly done' })).status).toBe(200);
    const { json } = await mia(releaseTask);
    expect(json).toMatchObject({ status: 'pending', assignee: null });
    expect(json.activity.map(({ kind }: { readonly kind: string }) => kind)).toEqual([
      'claimed',
      'delegated',
      'given_back',
      'info_requested',
      'question_withdrawn',
      'info_requested',
      'info_given',
      'planned',
      'commented',
      'released',
    ]);
  });

  it('keeps a draft for whoever typed it, for nobody else, and no longer than it is open', async () => {
    const data = { comment: 'half a senten' };
    expect((await as('mia')(putDraft, { data })).json.savedAt).toEqual(expect.any(String));
    expect((await as('mia')(getDraft)).json.draft).toMatchObject({ data });
    expect((await as('omar')(getDraft)).json).toEqual({ draft: null });
    expect((await as('gus')(getDraft)).json).toEqual({ draft: null });
    expect((await as('gus')(putDraft, { data })).json.code).toBe('task_not_found');
    expect((await as('alice')(putDraft, { data })).json.code).toBe('task_forbidden');
    expect((await as('omar')(dropDraft)).status).toBe(200);
    expect((await as('mia')(getDraft)).json.draft).toMatchObject({ data });
    expect((await as('mia')(dropDraft)).json).toEqual({ draft: null });
    await as('mia')(putDraft, { data });
    expect((await as('mia')(declineTask, { reason: 'No' })).status).toBe(200);
    expect((await as('mia')(getDraft)).json).toEqual({ draft: null });
    expect((await as('mia')(putDraft, { data })).json.code).toBe('task_conflict');
  });

  it('may be read by whoever was asked about it, also once they have answered', async () => {
    await as('mia')(claimTask);
    expect((await as('alice')(getTask)).status).toBe(403);
    await as('mia')(askTask, { to: 'alice', text: 'Which project?' });
    expect((await as('alice')(answerTask, { text: 'West wing' })).status).toBe(200);
    expect((await as('alice')(getTask)).status).toBe(200);
  });

  it('is assigned by administrators alone, forwarded and declined by its holder', async () => {
    expect((await as('mia')(assignTask, { to: 'mia' })).json).toMatchObject({ code: 'permission_denied' });
    expect((await as('omar')(assignTask, { to: 'alice' })).json).toMatchObject({ assignee: 'alice' });
    expect((await as('alice')(forwardTask, { to: 'mia' })).json).toMatchObject({ assignee: 'mia' });
    expect((await as('mia')(declineTask, { reason: ' ' })).json).toMatchObject({
      code: 'invalid_input',
      fieldErrors: [{ path: '/reason' }],
    });
    expect((await as('mia')(declineTask, { reason: 'Not ours' })).json).toMatchObject({ status: 'declined' });
    expect((await as('mia')(claimTask)).json).toMatchObject({ code: 'task_conflict' });
  });

  it('does not exist for other tenants, and says nothing to those who may not read it', async () => {
    for (const [handler, body] of [
      [claimTask],
      [delegateTask, { to: 'mia' }],
      [assignTask, { to: 'gus' }],
      [commentsTask, { text: 'Hello' }],
      [planTask, { priority: 'low' }],
    ] as const) {
      expect((await as('gus')(handler, body)).json).toMatchObject({ code: 'task_not_found' });
    }
    await as('mia')(claimTask);
    for (const [handler, body] of [
      [commentsTask, { text: 'Hello' }],
      [forwardTask, { to: 'mia' }],
      [answerTask, { text: 'Hello' }],
      [withdrawQuestionTask],
      [planTask, { priority: 'low' }],
    ] as const) {
      const { json } = await as('alice')(handler, body);
      expect(json).toMatchObject({ code: 'task_forbidden', message: expect.not.stringContaining('Mia') as unknown });
    }
    expect((await as('omar')(assignTask, { to: 'gus' })).json).toMatchObject({ code: 'invalid_input' });
  });

  it('takes no members that it does not know, and no dates that are none', async () => {
    expect((await as('omar')(assignTask, { to: 'mia', tenant: 'globex' })).status).toBe(422);
    expect((await as('omar')(planTask, { dueAt: 'soon' })).json).toMatchObject({ fieldErrors: [{ path: '/dueAt' }] });
    for (const dueAt of ['0000-01-01T00:00:00Z', '9999-12-31T23:59:59-12:00']) {
      expect((await as('omar')(planTask, { dueAt })).json).toMatchObject({ fieldErrors: [{ path: '/dueAt' }] });
    }
    expect((await as('omar')(planTask, { status: 'completed' })).status).toBe(422);
  });
});

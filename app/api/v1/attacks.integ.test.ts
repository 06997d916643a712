// What somebody with a token, but no good in mind, sends to the API of tasks.
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { taskOperations } from '@/lib/openapi/taskOperations';
import { POST as commentTask } from './tasks/[taskId]/comments/route';
import { POST as completeTask } from './tasks/[taskId]/complete/route';
import { POST as declineTask } from './tasks/[taskId]/decline/route';
import { DELETE as dropDraft, GET as getDraft, PUT as putDraft } from './tasks/[taskId]/draft/route';
import { GET as getTask } from './tasks/[taskId]/route';
import { GET as getTasks } from './tasks/route';
import { call, described, insertTask, sql, submit, type Handler, type Who } from './testing/apiFixture';

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

const send = (handler: Handler, body?: object | string, as: Who = 'mia') =>
  call(handler, { as, params: { taskId }, ...(body === undefined ? {} : { body }) });
const complete = (body: object | string) => send(completeTask, body);

/** Everything that an attack could have changed. */
const traces = async () => ({
  task: await sql`SELECT * FROM workflow_tasks WHERE task_id = ${taskId}`,
  activity: await sql`SELECT * FROM workflow_task_activity WHERE task_id = ${taskId}`,
  drafts: await sql`SELECT * FROM workflow_task_drafts WHERE task_id = ${taskId}`,
  told: await sql`
    SELECT payload FROM workflow_events JOIN workflow_tasks USING (execution_id)
    WHERE task_id = ${taskId} AND kind = 'task_ended'`,
});

/** Another form for the task of this test, in place of the fixture's. */
async function useForm(jsonSchema: object, contextData: object = {}, uiSchema: object = {}): Promise<void> {
  const formId = randomUUID();
  await sql`
    INSERT INTO system_workflow_form_definitions (form_id, name, version, json_schema, ui_schema)
    VALUES (${formId}, ${formId}, 1, ${JSON.stringify(jsonSchema)}::text::json, ${JSON.stringify(uiSchema)}::text::json)`;
  await sql`
    UPDATE workflow_tasks SET form_id = ${formId}, context_data = ${JSON.stringify(contextData)}::text::json
    WHERE task_id = ${taskId}`;
}

/** A body that each operation takes. */
const bodies: Readonly<Record<string, object | undefined>> = {
  planTask: { priority: 'low' },
  assignTask: { to: 'gus' },
  completeTask: { outcome: 'approve', data: {} },
  commentOnTask: { text: 'Hello' },
  declineTask: { reason: 'No' },
  delegateTask: { to: 'gus' },
  giveBackTask: {},
  forwardTask: { to: 'gus' },
  askAboutTask: { to: 'gus', text: 'What is it?' },
  answerQuestion: { text: 'This.' },
  saveDraft: { data: { comment: 'mine' } },
  claimTasks: {},
  releaseTasks: {},
  assignTasks: { to: 'gus' },
  completeTasks: { outcome: 'approve', data: {} },
};
const operations = [...described].map(([handler, operationId]) => {
  const operation = taskOperations.find((each) => each.operationId === operationId);
  return { handler, operationId, path: operation?.path ?? '', body: bodies[operationId] };
});

describe("another tenant's task", () => {
  it.each(operations.filter(({ path }) => path.includes('{taskId}')))(
    '$operationId finds nothing and changes nothing',
    async ({ operationId, handler, body }) => {
      await send(putDraft, { data: { comment: 'secret' } });
      const before = await traces();
      // Gus is a manager and an administrator, of another tenant.
      const { status, json } = await send(handler, body, 'gus');
      // One's own draft of it is none, whoever asks.
      if (['readDraft', 'dropDraft'].includes(operationId)) expect(json).toEqual({ draft: null });
      else expect({ status, code: json.code }).toEqual({ status: 404, code: 'task_not_found' });
      expect(JSON.stringify(json)).not.toMatch(/secret|INV-7|Review it/);
      expect(await traces()).toEqual(before);
    },
  );

  it.each(operations.filter(({ path }) => path.includes('/bulk/')))(
    '$operationId finds nothing and changes nothing',
    async ({ handler, body }) => {
      const before = await traces();
      const { json } = await call(handler, { as: 'gus', body: { taskIds: [taskId], ...body } });
      expect(json.results).toMatchObject([{ taskId, ok: false, code: 'task_not_found' }]);
      expect(await traces()).toEqual(before);
    },
  );

  it('is in no list, whatever is asked for', async () => {
    for (const search of ['', '?view=for-me', '?q=INV-7', '?status=pending', '?type=review']) {
      const { json } = await call(getTasks, { as: 'gus', search });
      expect(JSON.stringify(json), search).not.toContain(taskId);
    }
  });
});

describe("a colleague's draft", () => {
  it('is neither read, nor replaced, nor thrown away by somebody else, administrators among them', async () => {
    await send(putDraft, { data: { comment: 'between me and my screen' } });
    for (const who of ['omar', 'alice', 'gus'] as const) {
      expect((await send(getDraft, undefined, who)).json).toEqual({ draft: null });
      expect((await send(dropDraft, undefined, who)).json).toEqual({ draft: null });
      await send(putDraft, { data: { comment: 'forged' } }, who);
      expect(JSON.stringify((await send(getTask, undefined, who)).json)).not.toContain('between me');
    }
    expect((await send(putDraft, { data: {}, userId: 'mia' })).json.code).toBe('invalid_input');
    expect((await send(getDraft)).json.draft).toMatchObject({ data: { comment: 'between me and my screen' } });
  });
});

describe('forged answers', () => {
  it.each(['explode', 'Approve', ' approve', '__proto__', 'constructor', 'toString', '0', ['approve'], {}, 1, true])(
    'the outcome %j is refused',
    async (outcome) => {
      const before = await traces();
      expect((await complete({ outcome, data: { comment: 'x' } })).status).toBe(422);
      expect(await traces()).toEqual(before);
    },
  );

  it('without an outcome are refused where the form has some', async () => {
    expect((await complete({ data: {} })).status).toBe(422);
    expect((await complete({ outcome: null, data: {} })).status).toBe(422);
  });

  it('change no read-only field and add none, and the workflow is told no other', async () => {
    const data = { summary: 'Invoice INV-8', comment: 'Fine', hidden: 'mine', number: 1, isAdmin: true };
    const { json } = await complete({ outcome: 'approve', data });
    const output = { summary: 'Invoice INV-7', comment: 'Fine', isUrgent: true };
    expect(json.output).toMatchObject({ summary: output.summary, comment: 'Fine' });
    expect(
      Object.keys(json.output as object)
        .toSorted()
        .join(),
    ).not.toMatch(/hidden|number|isAdmin/);
    expect((await traces()).told).toMatchObject([{ payload: { outcome: 'approve', output: json.output as object } }]);
  });

  it('are not trusted in a hidden required field, and its lack keeps nobody from answering', async () => {
    const field = { type: 'string' };
    const schema = {
      type: 'object',
      required: ['ticket', 'token', 'comment'],
      properties: { ticket: field, token: field, comment: field },
    };
    await useForm(schema, { ticket: 'T-1' }, { ticket: { 'ui:widget': 'hidden' }, token: { 'ui:widget': 'hidden' } });
    const { status, json } = await complete({ data: { ticket: 'T-2', token: 'forged', comment: 'Done' } });
    expect(status).toBe(200);
    expect(json.output).toEqual({ ticket: 'T-1', comment: 'Done' });
  });

  it('do not reach a prototype', async () => {
    const body =
      '{"outcome":"approve","data":{"comment":"x","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}';
    const { status, json } = await complete(body);
    expect(status).toBe(200);
    expect(JSON.stringify(json.output)).not.toContain('polluted');
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect(JSON.stringify((await traces()).told)).not.toContain('polluted');
  });
});

describe('placeholders', () => {
  it('that reach for a prototype stand for nothing', async () => {
    const texts = ['__proto__.x', 'constructor.name', '["__proto__"]', 'a.constructor.prototype', '__proto__'];
    const properties = Object.fromEntries(
      texts.map((path, index) => {
        const at = path.startsWith('[') ? path : `.${path}`;
        return [`f${index}`, { type: 'string', readOnly: true, default: `<\${contextData${at}}>` }];
      }),
    );
    await useForm({ type: 'object', properties }, { a: {} });
    const { json } = await send(getTask);
    expect(Object.values(json.form.formData as object)).toEqual(texts.map(() => '<—>'));
  });

  it('that somebody typed are text for ever', async () => {
    const typed = '${contextData.hidden} $<contextData.hidden> $${x} ${7*7}';
    await send(putDraft, { data: { comment: typed } });
    expect((await send(getDraft)).json.draft.data).toEqual({ comment: typed });
    await send(commentTask, { text: typed });
    const { json } = await complete({ outcome: 'approve', data: { comment: typed } });
    expect(json.output.comment).toBe(typed);
    const { json: read } = await send(getTask);
    expect(read.output.comment).toBe(typed);
    expect(JSON.stringify(read)).not.toContain('not for browsers');
    expect((await traces()).told).toMatchObject([{ payload: { output: { comment: typed } } }]);
  });

  it('in what the workflow supplied are not expanded either', async () => {
    const properties = { note: { type: 'string', readOnly: true, default: 'Said: ${contextData.said}' } };
    await useForm({ type: 'object', properties }, { said: '${contextData.secret}', secret: 'not for browsers' });
    const { json } = await send(getTask);
    expect(json.form.formData).toEqual({ note: 'Said: ${contextData.secret}' });
  });
});

describe('what is too much', () => {
  it('5 MB are refused with 413 and words, and nothing changes', async () => {
    const before = await traces();
    for (const [handler, body] of [
      [completeTask, { outcome: 'approve', data: { comment: 'x'.repeat(5_000_000) } }],
      [putDraft, { data: { comment: 'x'.repeat(5_000_000) } }],
      [declineTask, { reason: 'x'.repeat(5_000_000) }],
    ] as const) {
      const { status, json } = await send(handler, body);
      expect({ status, code: json.code }).toEqual({ status: 413, code: 'body_too_large' });
      expect(json.message).toContain('1048576 bytes');
    }
    expect(await traces()).toEqual(before);
  });

  it('a pattern that explodes elsewhere is checked in linear time', async () => {
    await useForm({
      type: 'object',
      properties: { a: { type: 'string', pattern: '^(a+)+$' }, b: { type: 'string', pattern: '^((b|bb)+)*$' } },
    });
    // Going back and trying again, this would take longer than the universe has.
    const data = { a: `${'a'.repeat(5000)}!`, b: `${'b'.repeat(5000)}!` };
    const { status, json } = await complete({ data });
    expect(status).toBe(422);
    expect(json.fieldErrors).toMatchObject([{ path: '/a' }, { path: '/b' }]);
    expect((await complete({ data: { a: 'aaa', b: 'bbb' } })).status).toBe(200);
  });
});

describe('a cookie alone', () => {
  it.each(operations)('$operationId is not done for whoever sends no token', async ({ handler, body, path }) => {
    const before = await traces();
    const withIds = path.includes('/bulk/') ? { taskIds: [taskId], ...body } : body;
    const request = new Request('http://localhost/api/v1/x', {
      method: withIds ? 'POST' : 'GET',
      headers: {
        cookie: 'authjs.session-token=whatever-mia-has',
        origin: 'https://evil.test',
        'content-type': 'text/plain',
      },
      ...(withIds && { body: JSON.stringify(withIds) }),
    });
    const response = await handler(request, { params: Promise.resolve({ taskId }) });
    expect(response.status).toBe(401);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect(await traces()).toEqual(before);
  });
});

describe('a request that is sent twice', () => {
  const approval = { outcome: 'approve', data: { comment: 'Fine' }, expectedVersion: 1 };

  it('is answered alike and has one effect', async () => {
    const first = await complete(approval);
    const before = await traces();
    const second = await complete(approval);
    expect(second).toMatchObject({ status: 200, json: first.json as object });
    expect(await traces()).toEqual(before);
    expect(before.told).toHaveLength(1);
  });

  it('in the same moment is answered alike and has one effect', async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => complete(approval)));
    for (const answer of answers)
      expect(answer).toMatchObject({ status: 200, json: { status: 'completed', version: 2 } });
    expect((await traces()).told).toHaveLength(1);
  });

  it('with another answer, or by somebody else, is refused', async () => {
    await complete(approval);
    expect((await complete({ outcome: 'approve', data: { comment: 'Other' } })).json).toMatchObject({
      code: 'task_conflict',
      message: expect.stringContaining('You already approved it'),
    });
    await sql`INSERT INTO user_roles (user_id, role) VALUES ('omar', 'manager')`;
    const other = await send(completeTask, approval, 'omar');
    await sql`DELETE FROM user_roles WHERE user_id = 'omar' AND role = 'manager'`;
    expect(other.json).toMatchObject({ code: 'task_conflict', message: expect.stringContaining('mia already') });
  });

  it('declines once', async () => {
    const first = await send(declineTask, { reason: 'Not ours' });
    const second = await send(declineTask, { reason: 'Not ours' });
    expect(second).toMatchObject({ status: 200, json: first.json as object });
    expect((await send(declineTask, { reason: 'Another' })).json.code).toBe('task_conflict');
    expect((await traces()).told).toHaveLength(1);
  });
});

// The route handlers over a real database, called as the web server calls them.
import { randomUUID } from 'node:crypto';
import { Ajv2020 } from 'ajv/dist/2020';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { attachWorkflow } from '@/lib/attachments/attachments';
import { hashToken, mintToken } from '@/lib/auth/apiTokens';
import { closeDatabase } from '@/lib/db/client';
import { createTestDatabase, type TestDatabase } from '@/lib/db/testing/testDatabase';
import { forgetEngine, publishRegistrations } from '@/lib/workflow';
import { describeApi } from '@/lib/openapi/describeApi';
import { taskOperations } from '@/lib/openapi/taskOperations';
import { POST as postEvent } from './events/route';
import { GET as getDescription } from './openapi.json/route';
import { GET as getHistory } from './executions/[executionId]/history/route';
import { POST as cancelExecution } from './executions/[executionId]/cancel/route';
import { POST as forkExecution } from './executions/[executionId]/fork/route';
import { POST as pauseExecution } from './executions/[executionId]/pause/route';
import { POST as resumeExecution } from './executions/[executionId]/resume/route';
import { POST as retryExecution } from './executions/[executionId]/retry/route';
import { POST as terminateExecution } from './executions/[executionId]/terminate/route';
import { GET as getExecution } from './executions/[executionId]/route';
import { GET as getExecutions } from './executions/route';
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

const people = {
  alice: { tenant: 'acme', roles: ['requester'] },
  mia: { tenant: 'acme', roles: ['manager'] },
  omar: { tenant: 'acme', roles: ['administrator'] },
  gus: { tenant: 'globex', roles: ['manager', 'administrator'] },
  pat: { tenant: null, roles: ['platform_operator'] },
} as const;
type Who = keyof typeof people;
const everybody = Object.keys(people) as Who[];
const emailOf = (who: Who) => `${who}@test.test`;

let database: TestDatabase;
let sql: postgres.Sql;
const tokens = {} as Record<Who, string>;
const formId = randomUUID();

beforeAll(async () => {
  database = await createTestDatabase();
  vi.stubEnv('DATABASE_URL', database.url);
  vi.stubEnv('LOG_LEVEL', 'silent');
  sql = postgres(database.url, { max: 2, onnotice: () => undefined });
  await sql`INSERT INTO tenants (tenant_id, name) VALUES ('acme', 'Acme'), ('globex', 'Globex')`;
  for (const who of everybody) {
    const { tenant, roles } = people[who];
    await sql`INSERT INTO users (user_id, email, name, tenant_id) VALUES (${who}, ${emailOf(who)}, ${who}, ${tenant})`;
    for (const role of roles) await sql`INSERT INTO user_roles (user_id, role) VALUES (${who}, ${role})`;
    tokens[who] = await newToken(who);
  }
  await publishRegistrations([{ name: 'InvoiceReview', version: '1', description: 'Decides on invoices' }]);
  const [registration] = await sql<{ registration_id: string }[]>`SELECT registration_id FROM workflow_registrations`;
  const workflowId = registration?.registration_id ?? '';
  await attachWorkflow({ sql, tenant: 'acme', userId: 'omar', eventType: 'INVOICE_SUBMITTED', workflowId });
  await sql`
    INSERT INTO system_workflow_form_definitions (form_id, name, version, json_schema, ui_schema)
    VALUES (${formId}, 'review', 1, ${sql.json({
      type: 'object',
      properties: {
        summary: { type: 'string', readOnly: true, default: 'Invoice ${contextData.number}' },
        isUrgent: { type: 'boolean' },
        comment: { type: 'string' },
      },
      'x-outcomes': [
        { value: 'approve', title: 'Approve', tone: 'primary' },
        { value: 'reject', title: 'Reject', tone: 'danger', required: ['comment'] },
      ],
    })}, '{}')`;
  await sql`
    INSERT INTO system_workflow_task_definitions (task_type, name, form_type, form_name)
    VALUES ('review', 'Review', 'system', 'review')`;
});
afterAll(async () => {
  forgetEngine();
  await closeDatabase();
  await sql.end();
  await database.drop();
});

async function newToken(who: Who): Promise<string> {
  const minted = await mintToken({ sql, email: emailOf(who), daysValid: 1 });
  if (minted === null) throw new Error(`${who} is nobody.`);
  return minted.token;
}

type Handler = (request: Request, context: { readonly params: Promise<unknown> }) => Promise<Response>;

interface Call {
  /** Whose token is sent; a text is sent as it is. */
  readonly as?: Who | { readonly authorization: string };
  readonly body?: string | object;
  readonly params?: object;
  readonly search?: string;
}

async function call(handler: Handler, { as = 'omar', body, params = {}, search = '' }: Call) {
  const authorization = typeof as === 'string' ? `Bearer ${tokens[as]}` : as.authorization;
  const request = new Request(`http://localhost/api/v1/x${search}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: authorization === '' ? {} : { authorization },
    body: typeof body === 'object' ? JSON.stringify(body) : body,
  });
  const response = await handler(request, { params: Promise.resolve(params) });
  const json = await response.json();
  expectDescribed(handler, response.status, json);
  return { status: response.status, headers: response.headers, json };
}

/** Every answer of a route that the description has, in every test here, is what the description says. */
function expectDescribed(handler: Handler, status: number, json: unknown): void {
  const operationId = described.get(handler);
  const operation = taskOperations.find((each) => each.operationId === operationId);
  if (!operation) return;
  const name = status === 200 ? operation.answer : 'Error';
  const isRight = answersSchema.getSchema(`api#/components/schemas/${name}`);
  if (!isRight) throw new Error(`The description has no ${name}.`);
  expect(isRight(json) ? [] : isRight.errors, `${operation.operationId} answers ${JSON.stringify(json)}`).toEqual([]);
}

const answersSchema = new Ajv2020({ strict: false, validateFormats: false }).addSchema(describeApi(), 'api');
const described = new Map<Handler, string>([
  [getTasks, 'listTasks'],
  [getTask, 'readTask'],
  [planTask, 'planTask'],
  [claimTask, 'claimTask'],
  [releaseTask, 'releaseTask'],
  [assignTask, 'assignTask'],
  [completeTask, 'completeTask'],
  [commentsTask, 'commentOnTask'],
  [declineTask, 'declineTask'],
  [delegateTask, 'delegateTask'],
  [giveBackTask, 'giveBackTask'],
  [forwardTask, 'forwardTask'],
  [askTask, 'askAboutTask'],
  [answerTask, 'answerQuestion'],
  [withdrawQuestionTask, 'withdrawQuestion'],
  [getDraft, 'readDraft'],
  [putDraft, 'saveDraft'],
  [dropDraft, 'dropDraft'],
  [claimTasks, 'claimTasks'],
  [releaseTasks, 'releaseTasks'],
  [assignTasks, 'assignTasks'],
  [completeTasks, 'completeTasks'],
]);

describe('the description of the API', () => {
  it('is there for everybody, and every route of tasks that it has is tried here', async () => {
    const response = getDescription();
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(JSON.parse(JSON.stringify(describeApi())));
    expect([...described.values()].toSorted()).toEqual(taskOperations.map((each) => each.operationId).toSorted());
  });
});

interface TaskToInsert {
  readonly tenant: string;
  readonly roles: readonly string[];
  readonly createdAt?: Date;
  readonly executionId?: string;
  readonly partition?: number;
}

/** A pending task as the engine inserts it. */
async function insertTask({
  tenant,
  roles,
  createdAt = new Date(),
  executionId = randomUUID(),
  partition = 0,
}: TaskToInsert) {
  const id = randomUUID();
  await sql`
    INSERT INTO workflow_tasks (task_id, tenant_id, execution_id, partition_id, command_id, task_type, task_definition_type,
      system_task_definition_task_type, form_type, form_id, form_version, title, status, priority, candidate_roles,
      candidate_users, excluded_users, context_data, warnings, completion_event, created_at)
    VALUES (${id}, ${tenant}, ${executionId}, ${partition}, 'task#1', 'review', 'system', 'review', 'system', ${formId}, 1,
      'Review it', 'pending', 'normal', ${[...roles]}, '{}', '{}',
      '{"number":"INV-7","isUrgent":true,"hidden":"not for browsers"}', '[]', 'Done', ${createdAt})`;
  return id;
}

const event = { event_type: 'INVOICE_SUBMITTED', payload: { invoiceId: 'inv-1' } };
const submit = async (as: Who = 'omar', body: object = event) => {
  const { json } = await call(postEvent, { as, body });
  return { eventId: String(json.eventId), executionIds: json.executionIds as string[] };
};

describe('tokens', () => {
  it('are stored as their hash alone', async () => {
    const token = await newToken('mia');
    expect(token).toMatch(/^baton_[A-Za-z0-9_-]{43}$/);
    const rows = await sql`SELECT * FROM api_tokens WHERE token_hash = ${hashToken(token)}`;
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(await sql`SELECT * FROM api_tokens`)).not.toContain(token);
  });

  it('are not minted for an address that nobody has', async () => {
    expect(await mintToken({ sql, email: 'nobody@test.test', daysValid: 1 })).toBeNull();
  });

  it.each(['', 'Bearer', 'Bearer nonsense', `Bearer baton_${'x'.repeat(43)}`, 'Basic YTpi'])(
    'are asked for with 401 when %j is sent',
    async (authorization) => {
      const { status, headers, json } = await call(getTasks, { as: { authorization } });
      expect({ status, code: json.code }).toEqual({ status: 401, code: 'not_signed_in' });
      expect(headers.get('www-authenticate')).toBe('Bearer realm="baton"');
    },
  );

  it.each(['expires_at', 'revoked_at'])('end with %s', async (column) => {
    const token = await newToken('mia');
    const as = { authorization: `Bearer ${token}` };
    expect((await call(getTasks, { as })).status).toBe(200);
    await sql`UPDATE api_tokens SET ${sql(column)} = now() WHERE token_hash = ${hashToken(token)}`;
    expect((await call(getTasks, { as })).status).toBe(401);
  });

  it('lose a right together with the role, at once', async () => {
    const { executionIds } = await submit();
    const read = () => call(getExecution, { as: 'mia', params: { executionId: executionIds[0] } });
    expect((await read()).status).toBe(403);
    await sql`INSERT INTO user_roles (user_id, role) VALUES ('mia', 'viewer')`;
    expect((await read()).status).toBe(200);
    await sql`DELETE FROM user_roles WHERE user_id = 'mia' AND role = 'viewer'`;
    expect((await read()).json).toMatchObject({ code: 'permission_denied' });
  });
});

describe('POST /events', () => {
  it('answers 202 with the event and the executions it started', async () => {
    const { status, json } = await call(postEvent, { body: { ...event, subject: 'INV-1', correlation_id: 'c-1' } });
    expect(status).toBe(202);
    expect(Object.keys(json)).toEqual(['eventId', 'executionIds']);
    expect(json.executionIds).toHaveLength(1);
    const [stored] = await sql`SELECT * FROM workflow_bus_events WHERE event_id = ${json.eventId}`;
    expect(stored).toMatchObject({
      tenant_id: 'acme',
      event_type: 'INVOICE_SUBMITTED',
      event_name: 'INVOICE_SUBMITTED',
      payload: { invoiceId: 'inv-1' },
      user_id: 'omar',
      correlation_id: 'c-1',
      subject: 'INV-1',
    });
  });

  it('stores an event without an attachment and starts nothing', async () => {
    const { eventId, executionIds } = await submit('gus');
    expect(executionIds).toEqual([]);
    expect(await sql`SELECT tenant_id FROM workflow_bus_events WHERE event_id = ${eventId}`).toEqual([
      { tenant_id: 'globex' },
    ]);
  });

  it('starts executions in the highest version that was published, whatever is published later', async () => {
    const versionOf = async (executionId: string | undefined) => {
      const [row] =
        await sql`SELECT workflow_version FROM workflow_executions WHERE execution_id = ${executionId ?? ''}`;
      return row?.workflow_version as unknown;
    };
    const before = await submit();
    await publishRegistrations([{ name: 'InvoiceReview', version: '2' }]);
    await publishRegistrations([{ name: 'InvoiceReview', version: '1' }]);
    const after = await submit();
    expect([await versionOf(before.executionIds[0]), await versionOf(after.executionIds[0])]).toEqual(['1', '2']);
  });

  it('takes camel case as well', async () => {
    const { eventId } = await submit('omar', { eventType: 'ORDER_PLACED', eventName: 'Order' });
    expect(await sql`SELECT event_type, event_name FROM workflow_bus_events WHERE event_id = ${eventId}`).toEqual([
      { event_type: 'ORDER_PLACED', event_name: 'Order' },
    ]);
  });

  it('answers a repeated idempotency key with the ids of the first time', async () => {
    const first = await submit('omar', { ...event, idempotency_key: 'k-1' });
    const second = await submit('omar', { ...event, idempotency_key: 'k-1' });
    expect(second).toEqual(first);
    expect(first.executionIds).toHaveLength(1);
  });

  it.each(['alice', 'mia', 'pat'] as const)('answers 403 to %s', async (as) => {
    const { status, json } = await call(postEvent, { as, body: event });
    expect({ status, code: json.code }).toEqual({ status: 403, code: 'permission_denied' });
  });

  it.each(['', '{', 'nonsense'])('answers 400 to the body %j', async (body) => {
    const { status, json } = await call(postEvent, { body });
    expect({ status, code: json.code }).toEqual({ status: 400, code: 'bad_json' });
  });

  it.each([
    [{}, '/event_type'],
    [{ event_type: '' }, '/event_type'],
    [{ event_type: 'a b' }, '/event_type'],
    [{ ...event, event_name: 7 }, '/event_name'],
    [{ ...event, subject: 'a\u0000b' }, '/subject'],
    [{ ...event, tenant: 'globex' }, ''],
    [[event], ''],
  ])('answers 422 to %j and names the field %j', async (body, path) => {
    const { status, json } = await call(postEvent, { body });
    expect({ status, code: json.code }).toEqual({ status: 422, code: 'invalid_input' });
    expect((json.fieldErrors as { path: string }[]).map((error) => error.path)).toContain(path);
  });

  it.each(['a\\u0000b', '\\ud800'])('answers 422 to the text %s, which could not be read again', async (text) => {
    for (const payload of [`"${text}"`, `{"${text}":1}`, `[{"a":"${text}"}]`]) {
      expect((await call(postEvent, { body: `{"event_type":"X","payload":${payload}}` })).status).toBe(422);
    }
    expect((await call(postEvent, { body: '{"event_type":"X","payload":"\\ud83d\\ude00"}' })).status).toBe(202);
  });

  it('answers 422 to a body that is nested too deep', async () => {
    const payload = '['.repeat(100_000) + ']'.repeat(100_000);
    expect((await call(postEvent, { body: `{"event_type":"X","payload":${payload}}` })).status).toBe(422);
  });

  it('answers 413 to a body over 1 MB, whether or not its length is announced', async () => {
    const body = JSON.stringify({ ...event, payload: 'x'.repeat(1_048_576) });
    expect((await call(postEvent, { body })).status).toBe(413);
    const stream = new ReadableStream({
      start(controller) {
        for (let chunk = 0; chunk < 40; chunk++) controller.enqueue(new Uint8Array(65_536).fill(32));
        controller.close();
      },
    });
    const request = new Request('http://localhost/api/v1/events', {
      method: 'POST',
      headers: { authorization: `Bearer ${tokens.omar}` },
      body: stream,
      duplex: 'half',
    } as RequestInit);
    const response = await postEvent(request, { params: Promise.resolve({}) });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: 'body_too_large' });
  });
});

describe('GET /executions/:id and its history', () => {
  it('answer what was started', async () => {
    const { eventId, executionIds } = await submit();
    const params = { executionId: executionIds[0] };
    const execution = await call(getExecution, { params });
    expect(execution.status).toBe(200);
    expect(execution.json).toMatchObject({
      executionId: executionIds[0],
      workflowName: 'InvoiceReview',
      status: 'pending',
      startedByEventId: eventId,
      startedBy: 'omar',
      waitingFor: [],
      jobs: [],
      endedAt: null,
    });
    expect(execution.json).not.toHaveProperty('tenantId');
    const history = await call(getHistory, { params });
    expect(history.json).toMatchObject({ executionId: executionIds[0], next: null });
    expect(history.json.entries).toMatchObject([
      { seq: 1, kind: 'execution_started', name: 'InvoiceReview', action: null },
    ]);
  });

  it('give a result that is a text as that text', async () => {
    for (const result of ['approved', '123', 'null']) {
      const { executionIds } = await submit();
      const executionId = executionIds[0] ?? '';
      await sql`
        UPDATE workflow_executions SET result = ${JSON.stringify(result)}::text::json WHERE execution_id = ${executionId}`;
      expect((await call(getExecution, { params: { executionId } })).json.result).toBe(result);
    }
  });

  it('give the history in pages, with what each action was given and gave', async () => {
    const { executionIds } = await submit();
    const executionId = executionIds[0] ?? '';
    const [row] = await sql<
      { partition_id: number }[]
    >`SELECT partition_id FROM workflow_executions WHERE execution_id = ${executionId}`;
    const partition = row?.partition_id ?? 0;
    for (const seq of [2, 3]) {
      await sql`
        INSERT INTO workflow_events (execution_id, partition_id, seq, tenant_id, kind, name, command_id)
        VALUES (${executionId}, ${partition}, ${seq}, 'acme', 'action_completed', 'sendMail', ${`sendMail#${seq}`})`;
    }
    await sql`
      INSERT INTO workflow_action_results (execution_id, partition_id, command_id, tenant_id, action_name, status, params, result, started_at)
      VALUES (${executionId}, ${partition}, 'sendMail#2', 'acme', 'sendMail', 'completed', '{"to":"a"}', '{"sent":true}', now())`;
    const page = (search: string) => call(getHistory, { params: { executionId }, search });
    const first = await page('?limit=2');
    expect(first.json.next).toBe(2);
    expect(first.json.entries[1]).toMatchObject({
      seq: 2,
      action: { params: { to: 'a' }, result: { sent: true }, attempts: 1 },
    });
    const second = await page('?limit=2&after=2');
    expect(second.json).toMatchObject({ entries: [{ seq: 3 }], next: null });
    expect((await page('?limit=0')).status).toBe(422);
    expect((await page('?after=x')).status).toBe(422);
  });

  it.each([getExecution, getHistory])(
    'answer 404 to another tenant, to unknown ids and to nonsense',
    async (handler) => {
      const { executionIds } = await submit();
      const statuses = await Promise.all([
        call(handler, { as: 'gus', params: { executionId: executionIds[0] } }),
        call(handler, { params: { executionId: randomUUID() } }),
        call(handler, { params: { executionId: "1' or true --" } }),
      ]);
      expect(statuses.map(({ status, json }) => [status, json.code])).toEqual(
        Array(3).fill([404, 'execution_not_found']),
      );
    },
  );

  it.each(['alice', 'mia', 'pat'] as const)('answer 403 to %s', async (as) => {
    const { executionIds } = await submit();
    expect((await call(getExecution, { as, params: { executionId: executionIds[0] } })).status).toBe(403);
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
    expect((await as('alice')(commentsTask, { text: 'Hello' })).json).toMatchObject({ code: 'task_forbidden' });
    expect((await as('omar')(assignTask, { to: 'gus' })).json).toMatchObject({ code: 'invalid_input' });
  });

  it('takes no members that it does not know, and no dates that are none', async () => {
    expect((await as('omar')(assignTask, { to: 'mia', tenant: 'globex' })).status).toBe(422);
    expect((await as('omar')(planTask, { dueAt: 'soon' })).json).toMatchObject({ fieldErrors: [{ path: '/dueAt' }] });
    expect((await as('omar')(planTask, { status: 'completed' })).status).toBe(422);
  });
});

describe('decisions about an execution', () => {
  const decisions = {
    cancel_requested: cancelExecution,
    terminate_requested: terminateExecution,
    execution_paused: pauseExecution,
    execution_resumed: resumeExecution,
  };

  it.each(Object.entries(decisions))('put %s into its inbox, with who decided and why', async (kind, handler) => {
    const { executionIds } = await submit();
    const executionId = executionIds[0] ?? '';
    const params = { executionId };
    const { status, json } = await call(handler, { as: 'omar', params, body: { reason: 'Wrong invoice' } });
    expect({ status, json }).toEqual({ status: 202, json: { executionId } });
    expect(
      await sql`SELECT kind, seq, payload FROM workflow_events WHERE execution_id = ${executionId} AND seq IS NULL`,
    ).toMatchObject([{ kind, payload: { by: 'omar', reason: 'Wrong invoice' } }]);
  });

  it('are for operators of its own tenant, and refused where they make no sense', async () => {
    const { executionIds } = await submit();
    const params = { executionId: executionIds[0] ?? '' };
    expect((await call(cancelExecution, { as: 'mia', params, body: {} })).json).toMatchObject({
      code: 'permission_denied',
    });
    expect((await call(cancelExecution, { as: 'gus', params, body: {} })).json).toMatchObject({
      code: 'execution_not_found',
    });
    expect((await call(retryExecution, { as: 'omar', params, body: {} })).json).toMatchObject({
      code: 'execution_not_failed',
    });
    expect((await call(pauseExecution, { as: 'omar', params, body: { reason: 5 } })).status).toBe(422);
    await sql`UPDATE workflow_executions SET status = 'completed', ended_at = now() WHERE execution_id = ${params.executionId}`;
    const { status, json } = await call(terminateExecution, { as: 'omar', params, body: {} });
    expect({ status, code: json.code }).toEqual({ status: 409, code: 'execution_ended' });
  });
});

describe('POST /executions/:id/fork', () => {
  it('starts an execution with the first entries of the other', async () => {
    const { executionIds } = await submit();
    const params = { executionId: executionIds[0] ?? '' };
    const { status, json } = await call(forkExecution, { params, body: { from: 1, reason: 'What if' } });
    expect({ status, json }).toEqual({
      status: 201,
      json: { executionId: expect.any(String), forkedFrom: params.executionId, from: 1 },
    });
    const fork = await call(getExecution, { params: { executionId: json.executionId } });
    const source = { forkedFrom: params.executionId, forkedAtSeq: 1, forkedBy: 'omar' };
    expect(fork.json).toMatchObject({ status: 'pending', workflowName: 'InvoiceReview', ...source });
    const history = await call(getHistory, { params: { executionId: json.executionId } });
    const origin = { executionId: params.executionId, atSeq: 1, reason: 'What if', children: {} };
    expect(history.json.entries).toMatchObject([{ seq: 1, kind: 'execution_started', payload: { fork: origin } }]);
  });

  it('is for operators of its own tenant, and refuses what it cannot begin with', async () => {
    const { executionIds } = await submit();
    const params = { executionId: executionIds[0] ?? '' };
    const codeOf = async (as: Who, body: object) => {
      const { status, json } = await call(forkExecution, { as, params, body });
      // Each answer leads to the page of its error.
      if (status >= 400) expect(json.type).toBe(`/docs/errors/${json.code}`);
      return [status, json.code];
    };
    expect(await codeOf('mia', { from: 1 })).toEqual([403, 'permission_denied']);
    expect(await codeOf('gus', { from: 1 })).toEqual([404, 'execution_not_found']);
    expect(await codeOf('omar', { from: 2 })).toEqual([404, 'entry_not_found']);
    for (const body of [{}, { from: 0 }, { from: '1' }, { from: 1.5 }, { from: 1, openChildren: 'keep' }]) {
      expect(await codeOf('omar', body)).toEqual([422, 'invalid_input']);
    }
    await sql`
      INSERT INTO workflow_events (execution_id, partition_id, seq, tenant_id, kind, command_id, payload)
      SELECT execution_id, partition_id, 2, tenant_id, 'child_started', 'startChild#1',
        '{"workflow":"Child","childExecutionId":"0199","n":1}' FROM workflow_executions
      WHERE execution_id = ${params.executionId}`;
    expect(await codeOf('omar', { from: 2 })).toEqual([409, 'open_children']);
    expect(await codeOf('omar', { from: 2, openChildren: 'detach' })).toEqual([201, undefined]);
    await sql`
      INSERT INTO workflow_events (execution_id, partition_id, seq, tenant_id, kind, payload)
      SELECT execution_id, partition_id, 3, tenant_id, 'execution_completed', '{"result":null}'
      FROM workflow_executions WHERE execution_id = ${params.executionId}`;
    expect(await codeOf('omar', { from: 3 })).toEqual([409, 'fork_at_end']);
  });
});

describe('unexpected errors', () => {
  it('answer 500 with a number for the log and nothing of the cause', async () => {
    await sql`ALTER TABLE workflow_bus_events RENAME TO gone`;
    try {
      const { status, json } = await call(postEvent, { body: event });
      expect(status).toBe(500);
      expect(json.code).toBe('internal_error');
      expect(json.message).toMatch(/tell an administrator this number: [0-9a-f-]{36}\.$/);
      expect(JSON.stringify(json)).not.toContain('workflow_bus_events');
    } finally {
      await sql`ALTER TABLE gone RENAME TO workflow_bus_events`;
    }
  });
});

describe('GET /executions', () => {
  it('lists those that are stuck, of the own tenant alone, with since when and why', async () => {
    const { executionIds } = await submit('omar');
    const [executionId = ''] = executionIds;
    const list = (as: Who, search: string) => call(getExecutions, { as, search });
    const idsOf = ({ json }: { readonly json: { readonly executions: readonly { readonly executionId: string }[] } }) =>
      json.executions.map((row) => row.executionId);
    expect(idsOf(await list('omar', '?stuck=true'))).not.toContain(executionId);
    await sql`UPDATE workflow_executions SET updated_at = now() - interval '2 minutes' WHERE execution_id = ${executionId}`;
    const stuck = await list('omar', '?stuck=true&limit=200');
    expect(idsOf(stuck)).toContain(executionId);
    const { json } = await call(getExecution, { params: { executionId } });
    expect(json.stuck).toMatchObject({ reason: 'no_worker', why: expect.stringContaining('Start a worker') });
    expect(idsOf(await list('gus', '?stuck=true'))).not.toContain(executionId);
    expect(idsOf(await list('omar', '?limit=200'))).toContain(executionId);
    expect((await list('omar', '?stuck=maybe')).status).toBe(422);
    expect((await list('alice', '')).status).toBe(403);
  });
});

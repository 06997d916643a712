/** What the tests of the route handlers share: a database with people, their tokens, and calls as the web server makes them. */
import { randomUUID } from 'node:crypto';
import { Ajv2020 } from 'ajv/dist/2020';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { attachWorkflow } from '@/lib/attachments/attachments';
import { mintToken } from '@/lib/auth/apiTokens';
import { closeDatabase } from '@/lib/db/client';
import { createTestDatabase, type TestDatabase } from '@/lib/db/testing/testDatabase';
import { forgetEngine, publishRegistrations } from '@/lib/workflow';
import { describeApi } from '@/lib/openapi/describeApi';
import { taskOperations } from '@/lib/openapi/taskOperations';
import type { Loose } from '@/lib/workflow/model/loose';
import { POST as postEvent } from '../events/route';
import { POST as completeTask } from '../tasks/[taskId]/complete/route';
import { GET as getTask, PATCH as planTask } from '../tasks/[taskId]/route';
import { GET as getTasks } from '../tasks/route';
import { POST as answerTask } from '../tasks/[taskId]/answer/route';
import { POST as askTask } from '../tasks/[taskId]/ask/route';
import { POST as assignTask } from '../tasks/[taskId]/assign/route';
import { POST as claimTask } from '../tasks/[taskId]/claim/route';
import { POST as commentsTask } from '../tasks/[taskId]/comments/route';
import { POST as declineTask } from '../tasks/[taskId]/decline/route';
import { POST as delegateTask } from '../tasks/[taskId]/delegate/route';
import { DELETE as dropDraft, GET as getDraft, PUT as putDraft } from '../tasks/[taskId]/draft/route';
import { POST as forwardTask } from '../tasks/[taskId]/forward/route';
import { POST as giveBackTask } from '../tasks/[taskId]/give-back/route';
import { POST as releaseTask } from '../tasks/[taskId]/release/route';
import { POST as assignTasks } from '../tasks/bulk/assign/route';
import { POST as claimTasks } from '../tasks/bulk/claim/route';
import { POST as completeTasks } from '../tasks/bulk/complete/route';
import { POST as releaseTasks } from '../tasks/bulk/release/route';
import { POST as withdrawQuestionTask } from '../tasks/[taskId]/withdraw-question/route';

export const people = {
  alice: { tenant: 'acme', roles: ['requester'] },
  mia: { tenant: 'acme', roles: ['manager'] },
  omar: { tenant: 'acme', roles: ['administrator'] },
  gus: { tenant: 'globex', roles: ['manager', 'administrator'] },
  pat: { tenant: null, roles: ['platform_operator'] },
} as const;
export type Who = keyof typeof people;
export const everybody = Object.keys(people) as Who[];
const emailOf = (who: Who) => `${who}@test.test`;

let database: TestDatabase;
export let sql: postgres.Sql;
export const tokens = {} as Record<Who, string>;
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

export async function newToken(who: Who): Promise<string> {
  const minted = await mintToken({ sql, email: emailOf(who), daysValid: 1 });
  if (minted === null) throw new Error(`${who} is nobody.`);
  return minted.token;
}

export type Handler = (request: Request, context: { readonly params: Promise<unknown> }) => Promise<Response>;

export interface Call {
  /** Whose token is sent; a text is sent as it is. */
  readonly as?: Who | { readonly authorization: string };
  readonly body?: string | object;
  readonly params?: object;
  readonly search?: string;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Tests say what is in it. */
  readonly json: Loose;
}

export async function call(handler: Handler, { as = 'omar', body, params = {}, search = '' }: Call): Promise<Answer> {
  const authorization = typeof as === 'string' ? `Bearer ${tokens[as]}` : as.authorization;
  const request = new Request(`http://localhost/api/v1/x${search}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: authorization === '' ? {} : { authorization },
    body: typeof body === 'object' ? JSON.stringify(body) : body,
  });
  const response = await handler(request, { params: Promise.resolve(params) });
  const json: unknown = await response.json();
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
export const described = new Map<Handler, string>([
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

interface TaskToInsert {
  readonly tenant: string;
  readonly roles: readonly string[];
  readonly createdAt?: Date;
  readonly executionId?: string;
  readonly partition?: number;
}

/** A pending task as the engine inserts it. */
export async function insertTask({
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

export const event = { event_type: 'INVOICE_SUBMITTED', payload: { invoiceId: 'inv-1' } };
export const submit = async (as: Who = 'omar', body: object = event) => {
  const answer = await call(postEvent, { as, body });
  return answer.json as { readonly eventId: string; readonly executionIds: string[] };
};

/** A tenant with people, a type of task and its form, on a database of its own. */
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { createTestDatabase } from '@/lib/db/testing/testDatabase';
import type { CreateTaskRequest } from '../../../model/commands';
import type { Hint } from '../../../model/ports/hints';
import type { LiveChange } from '../../../model/ports/live';
import type { NewTaskRow } from '../../../model/ports/tasks';
import type { SystemFormInput } from '../../../model/ports/taskStore';
import type { HandoverDeps } from '../../../tasks/deps';
import { createTaskPreparer } from '../../../tasks/prepareTasks';
import { publishSystemDefinitions } from '../../../tasks/publishDefinitions';
import { silentMetrics } from '../../../telemetry/silentMetrics';
import { createPeopleDirectory } from '../people';
import { createTaskDefinitionStore } from '../taskDefinitions';
import { createTaskStore } from '../taskStore';

export const form: SystemFormInput = {
  name: 'decision-form',
  jsonSchema: {
    type: 'object',
    properties: {
      summary: { type: 'string', readOnly: true, default: 'Invoice ${contextData.number} of ${contextData.customer}' },
      comment: { type: 'string', maxLength: 20 },
    },
    'x-outcomes': [
      { value: 'approve', title: 'Approve', tone: 'primary' },
      { value: 'reject', title: 'Reject', tone: 'danger', required: ['comment'] },
    ],
  },
  uiSchema: {},
};
export const review = { taskType: 'review', name: 'Review', formName: 'decision-form', defaultRoles: ['manager'] };

export const mia = { tenant: 'acme', userId: 'mia', roles: ['manager'] };
export const max = { tenant: 'acme', userId: 'max', roles: ['manager'] };
export const omar = { tenant: 'acme', userId: 'omar', roles: ['administrator'] };
export const alice = { tenant: 'acme', userId: 'alice', roles: ['requester', 'manager'] };
export const gus = { tenant: 'globex', userId: 'gus', roles: ['manager'] };

const context = { number: 'INV-0001', customer: 'Kiosk' };

export type TaskFixture = Awaited<ReturnType<typeof createTaskFixture>>;

export async function createTaskFixture() {
  const database = await createTestDatabase();
  const sql = postgres(database.url, { max: 10, onnotice: () => undefined });
  const definitionDeps = { definitions: createTaskDefinitionStore({ sql }) };
  const hints: Hint[] = [];
  const changes: LiveChange[] = [];
  const deps: HandoverDeps = {
    tasks: createTaskStore({ sql }),
    people: createPeopleDirectory({ sql }),
    hints: { publish: async (request) => void hints.push(...request.hints), close: async () => undefined },
    live: { publish: async (request) => void changes.push(...request.changes), close: async () => undefined },
    metrics: silentMetrics,
  };
  await sql`INSERT INTO tenants (tenant_id, name) VALUES ('acme', 'Acme'), ('globex', 'Globex')`;
  await sql`INSERT INTO users (user_id, email, name, tenant_id) VALUES
    ('mia', 'mia@acme.test', 'Mia Rossi', 'acme'), ('max', 'max@acme.test', 'Max Braun', 'acme'),
    ('alice', 'alice@acme.test', 'Alice Meyer', 'acme'), ('omar', 'omar@acme.test', 'Omar Haddad', 'acme'),
    ('gus', 'gus@globex.test', 'Gus Lind', 'globex')`;
  await publishSystemDefinitions(definitionDeps, { forms: [form], taskDefinitions: [review] });

  async function prepare(request: Partial<CreateTaskRequest> & { taskType?: string }, tenant = 'acme') {
    const [prepared] = await createTaskPreparer(definitionDeps).prepare([
      {
        tenant,
        executionId: randomUUID(),
        requestedBy: 'alice',
        subject: 'INV-0001',
        nowMs: Date.parse('2026-11-23T10:00:00Z'),
        request: { taskType: 'review', title: 'Approve INV-0001', contextData: context, ...request },
      },
    ]);
    if (!prepared) throw new Error('No answer.');
    return prepared;
  }

  /** A task as the engine's commit leaves it. */
  async function createTask(request: Partial<CreateTaskRequest> = {}): Promise<NewTaskRow & { executionId: string }> {
    const prepared = await prepare(request);
    if (!prepared.ok) throw new Error(prepared.error.message);
    const { row } = prepared;
    const executionId = randomUUID();
    await sql`INSERT INTO workflow_tasks ${sql({
      task_id: row.taskId,
      tenant_id: 'acme',
      execution_id: executionId,
      partition_id: 7,
      command_id: 'createHumanTask#1',
      task_type: row.taskType,
      task_definition_type: row.taskDefinitionType,
      tenant_task_definition_id: row.tenantTaskDefinitionId,
      system_task_definition_task_type: row.systemTaskDefinitionTaskType,
      form_type: row.formType,
      form_id: row.formId,
      form_version: row.formVersion,
      title: row.title,
      status: 'pending',
      priority: row.priority,
      candidate_roles: sql.array([...row.candidateRoles]),
      candidate_users: sql.array([...row.candidateUsers]),
      excluded_users: sql.array([...row.excludedUsers]),
      fingerprint: row.fingerprint,
      context_data: sql.json(row.contextData as postgres.JSONValue),
      warnings: sql.json([...row.warnings]),
      completion_event: row.completionEvent,
      created_at: new Date(),
    })}`;
    return { ...row, executionId };
  }

  const rowOf = async (taskId: string) => (await sql`SELECT * FROM workflow_tasks WHERE task_id = ${taskId}`)[0];
  const eventsOf = (executionId: string) =>
    sql`SELECT seq, kind, name, tenant_id, partition_id, payload FROM workflow_events WHERE execution_id = ${executionId}`;
  const activityOf = async (taskId: string) =>
    (await sql`SELECT kind, actor FROM workflow_task_activity WHERE task_id = ${taskId} ORDER BY activity_id`).map(
      ({ kind, actor }) => `${kind as string} ${actor as string}`,
    );

  return {
    url: database.url,
    sql,
    deps,
    definitionDeps,
    hints,
    changes,
    prepare,
    createTask,
    rowOf,
    eventsOf,
    activityOf,
    drop: async () => {
      await sql.end();
      await database.drop();
    },
  };
}

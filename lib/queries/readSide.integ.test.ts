// What pages read, on a real database: tenants are apart, lists are complete and in order, nothing is guessed.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ExecutionStatus } from '@shared/workflow/model/status';
import { closeDatabase } from '../db/client';
import { createTestDatabase, type TestDatabase } from '../db/testing/testDatabase';
import { attachmentMatrix } from './attachments';
import { getExecution } from './execution';
import { countExecutions, executionPageSize, listExecutions, type ExecutionFilter } from './executions';
import { platformHealth, tenantHealth } from './health';
import { countInbox, listInbox } from './inbox';
import type { InboxView } from './inbox-views';
import { getInvoice, listInvoices } from './invoices';
import { getTask } from './task';
import { filterOf, noFilter, type TaskFilter } from './task-filter';

let database: TestDatabase;
let sql: postgres.Sql;
const registrationId = randomUUID();
const formId = randomUUID();
const noon = new Date('2026-11-23T12:00:00.000Z');
const everything: ExecutionFilter = { statuses: [], waitingFor: null, workflow: null, isStuck: false };

beforeAll(async () => {
  database = await createTestDatabase();
  vi.stubEnv('DATABASE_URL', database.url);
  sql = postgres(database.url, { max: 2, onnotice: () => undefined });
  await sql`INSERT INTO tenants (tenant_id, name) VALUES ('acme', 'Acme'), ('globex', 'Globex')`;
  await sql`
    INSERT INTO users (user_id, email, name, tenant_id)
    VALUES ('alice', 'alice@t.test', 'Alice Chen', 'acme'), ('mia', 'mia@t.test', 'Mia Rossi', 'acme'),
           ('gus', 'gus@t.test', 'Gus Weber', 'globex')`;
  await sql`
    INSERT INTO workflow_registrations (registration_id, tenant_id, name, current_version)
    VALUES (${registrationId}, NULL, 'InvoiceReview', '1')`;
  await sql`
    INSERT INTO system_workflow_form_definitions (form_id, name, version, json_schema, ui_schema)
    VALUES (${formId}, 'review', 1, '{"type":"object","x-outcomes":[{"value":"approve","title":"Approve"}]}', '{}')`;
  await sql`
    INSERT INTO system_workflow_task_definitions (task_type, name, form_type, form_name)
    VALUES ('review', 'Review', 'system', 'review')`;
});
afterAll(async () => {
  await closeDatabase();
  await sql.end();
  await database.drop();
  vi.unstubAllEnvs();
});

interface NewExecution {
  readonly tenant?: string;
  readonly status?: ExecutionStatus;
  readonly createdAt?: Date;
  readonly workflow?: string;
  readonly eventId?: string;
}

async function addExecution({
  tenant = 'acme',
  status = 'waiting',
  createdAt = noon,
  workflow = 'InvoiceReview',
  eventId,
}: NewExecution = {}): Promise<string> {
  const id = randomUUID();
  await sql`
    INSERT INTO workflow_executions (execution_id, partition_id, tenant_id, workflow_name, workflow_version,
      registration_id, status, head_seq, correlation_id, started_by_event_id, created_at)
    VALUES (${id}, 1, ${tenant}, ${workflow}, '1', ${registrationId}, ${status}, 1, ${id}, ${eventId ?? null}, ${createdAt})`;
  return id;
}

async function addWait(executionId: string, kind: 'event' | 'timer' | 'task', taskId: string | null = null) {
  await sql`
    INSERT INTO workflow_waits (execution_id, partition_id, command_id, tenant_id, kind, names, task_id, since)
    VALUES (${executionId}, 1, ${`${kind}#1`}, 'acme', ${kind}, ${kind === 'timer' ? [] : ['Paid']}, ${taskId}, ${noon})`;
}

interface NewTask {
  readonly executionId: string;
  readonly tenant?: string;
  readonly status?: 'pending' | 'claimed' | 'completed';
  readonly assignee?: string;
  readonly endedBy?: string;
  readonly excluded?: readonly string[];
  readonly roles?: readonly string[];
  readonly dueAt?: Date;
  readonly createdAt?: Date;
  readonly fingerprint?: string;
  readonly subject?: string;
  readonly title?: string;
  readonly priority?: string;
  readonly context?: object;
}

async function addTask(task: NewTask): Promise<string> {
  const id = randomUUID();
  const { status = 'pending', tenant = 'acme', roles = ['manager'], excluded = [] } = task;
  await sql`
    INSERT INTO workflow_tasks (task_id, tenant_id, execution_id, partition_id, command_id, task_type,
      task_definition_type, system_task_definition_task_type, form_type, form_id, form_version, title, status, priority,
      candidate_roles, candidate_users, excluded_users, assignee, context_data, warnings, completion_event, ended_by,
      due_at, created_at, ended_at, fingerprint, subject)
    VALUES (${id}, ${tenant}, ${task.executionId}, 1, ${id}, 'review', 'system', 'review', 'system', ${formId}, 1,
      ${task.title ?? 'Review'}, ${status}, ${task.priority ?? 'normal'}, ${[...roles]}, '{}', ${[...excluded]}, ${task.assignee ?? null},
      ${JSON.stringify(task.context ?? {})}::text::json, '[]',
      ${`Task:${id}:Complete`}, ${task.endedBy ?? null}, ${task.dueAt ?? null}, ${task.createdAt ?? noon},
      ${status === 'completed' ? noon : null}, ${task.fingerprint ?? null}, ${task.subject ?? null})`;
  return id;
}

describe('the list of executions', () => {
  it('pages through all of them, newest first, also where several began at the same moment', async () => {
    const ids = [];
    for (let index = 0; index < executionPageSize + 5; index += 1) {
      ids.push(await addExecution({ workflow: 'Paged', createdAt: new Date(noon.getTime() + Math.floor(index / 4)) }));
    }
    const filter = { ...everything, workflow: 'Paged' };
    const first = await listExecutions({ tenant: 'acme', filter, cursor: null });
    const second = await listExecutions({ tenant: 'acme', filter, cursor: first.nextCursor });
    const seen = [...first.rows, ...second.rows];
    expect(first.rows).toHaveLength(executionPageSize);
    expect(second.nextCursor).toBeNull();
    expect(new Set(seen.map((row) => row.executionId))).toEqual(new Set(ids));
    expect(seen.map((row) => row.createdAt)).toEqual(
      seen
        .map((row) => row.createdAt)
        .sort()
        .reverse(),
    );
  });

  it('starts at the newest for a cursor that is none', async () => {
    for (const cursor of ['', 'x', '1_x', "1'; --_0"]) {
      const page = await listExecutions({ tenant: 'acme', filter: { ...everything, workflow: 'Paged' }, cursor });
      expect(page.rows).toHaveLength(executionPageSize);
    }
  });

  it('tells waits for a person, an event and a time apart, in rows, filters and counts', async () => {
    const [person, event, time] = [
      await addExecution({ workflow: 'Waits' }),
      await addExecution({ workflow: 'Waits' }),
      await addExecution({ workflow: 'Waits' }),
    ];
    const taskId = await addTask({ executionId: person, status: 'claimed', assignee: 'mia' });
    await addWait(person, 'task', taskId);
    await addWait(person, 'event');
    await addWait(event, 'event');
    await addWait(event, 'timer');
    await addWait(time, 'timer');
    for (const [waitingFor, id] of [
      ['person', person],
      ['event', event],
      ['time', time],
    ] as const) {
      const { rows } = await listExecutions({
        tenant: 'acme',
        filter: { ...everything, waitingFor, workflow: 'Waits' },
        cursor: null,
      });
      expect(rows.map((row) => row.executionId)).toEqual([id]);
      if (waitingFor === 'person')
        expect(rows[0]?.waits.find((wait) => wait.task)?.task).toMatchObject({ taskId, assigneeName: 'Mia Rossi' });
    }
    const counts = await countExecutions({ tenant: 'acme', workflow: 'Waits' });
    expect(counts).toMatchObject({ all: 3, byStatus: { waiting: 3 }, byWait: { person: 1, event: 1, time: 1 } });
  });

  it('finds and counts those that make no progress, and says why', async () => {
    const [stuck, other] = [
      await addExecution({ workflow: 'Sticks', status: 'running' }),
      await addExecution({ workflow: 'Sticks', status: 'running' }),
    ];
    await sql`UPDATE workflow_executions SET updated_at = now() - interval '1 hour' WHERE execution_id = ${stuck}`;
    const filter = { ...everything, workflow: 'Sticks', isStuck: true };
    const { rows } = await listExecutions({ tenant: 'acme', filter, cursor: null });
    expect(rows.map((row) => [row.executionId, row.stuck?.reason])).toEqual([[stuck, 'no_worker']]);
    expect(await countExecutions({ tenant: 'acme', workflow: 'Sticks' })).toMatchObject({ all: 2, stuck: 1 });
    expect((await getExecution({ tenant: 'acme', executionId: stuck }))?.stuck?.why).toContain('Start a worker');
    expect((await getExecution({ tenant: 'acme', executionId: other }))?.stuck).toBeNull();
    expect((await listExecutions({ tenant: 'globex', filter, cursor: null })).rows).toEqual([]);
  });

  it('finds those whose dispatched action no worker takes, and says so', async () => {
    const id = await addExecution({ workflow: 'Dispatches', status: 'waiting' });
    const workerId = randomUUID();
    await sql`INSERT INTO workflow_workers (worker_id, host, pid, code_version) VALUES (${workerId}, 'here', 8, '1')`;
    await sql`
      INSERT INTO workflow_worker_leases (worker_id, lease_until, heartbeat_at)
      VALUES (${workerId}, now() + interval '1 hour', now())`;
    await sql`
      UPDATE workflow_partitions p SET worker_id = ${workerId} FROM workflow_executions e
      WHERE e.execution_id = ${id} AND p.partition_id = e.partition_id`;
    await sql`
      INSERT INTO workflow_jobs (job_id, execution_id, partition_id, tenant_id, command_id, n, args_hash, correlation_id,
        action_name, args, status, attempts, run_at, heartbeat_timeout_ms)
      SELECT gen_random_uuid(), execution_id, partition_id, tenant_id, 'render#1', 1, 'h', 'c', 'render', '{}', 'queued',
        0, now() - interval '1 hour', 30000
      FROM workflow_executions WHERE execution_id = ${id}`;
    const filter = { ...everything, workflow: 'Dispatches', isStuck: true };
    const { rows } = await listExecutions({ tenant: 'acme', filter, cursor: null });
    expect(rows.map((row) => [row.executionId, row.stuck?.reason])).toEqual([[id, 'job_not_taken']]);
    expect((await getExecution({ tenant: 'acme', executionId: id }))?.stuck?.why).toContain('no worker takes it');
    await sql`UPDATE workflow_partitions SET worker_id = NULL WHERE worker_id = ${workerId}`;
    await sql`DELETE FROM workflow_worker_leases WHERE worker_id = ${workerId}`;
    await sql`DELETE FROM workflow_workers WHERE worker_id = ${workerId}`;
  });

  it('shows a tenant its own alone', async () => {
    const id = await addExecution({ tenant: 'globex' });
    const page = await listExecutions({ tenant: 'globex', filter: everything, cursor: null });
    expect(page.rows.map((row) => row.executionId)).toEqual([id]);
    expect(await getExecution({ tenant: 'acme', executionId: id })).toBeNull();
    expect(await getExecution({ tenant: 'globex', executionId: id })).toMatchObject({ header: { executionId: id } });
    expect(await getExecution({ tenant: 'globex', executionId: 'none' })).toBeNull();
  });

  it('says of an execution that has not ended that it waits for code, to its own tenant', async () => {
    const [open, ended] = [await addExecution({ workflow: 'NoCode' }), await addExecution({ workflow: 'NoCode' })];
    await sql`UPDATE workflow_executions SET status = 'terminated', ended_at = now() WHERE execution_id = ${ended}`;
    for (const id of [open, ended]) {
      await sql`
        INSERT INTO workflow_event_processing (execution_id, partition_id, tenant_id, status, attempts, first_at, next_at)
        VALUES (${id}, 1, 'acme', 'deferred', 3, ${noon}, ${noon})`;
    }
    const deferral = { since: noon.toISOString(), attempts: 3, nextAt: noon.toISOString() };
    const { rows } = await listExecutions({
      tenant: 'acme',
      filter: { ...everything, workflow: 'NoCode' },
      cursor: null,
    });
    expect(new Map(rows.map((row) => [row.executionId, row.deferral]))).toEqual(
      new Map([
        [open, deferral],
        [ended, null],
      ]),
    );
    expect((await getExecution({ tenant: 'acme', executionId: open }))?.deferral).toEqual(deferral);
    expect((await getExecution({ tenant: 'acme', executionId: ended }))?.deferral).toBeNull();
    await sql`UPDATE workflow_event_processing SET status = 'resolved' WHERE execution_id = ${open}`;
    expect((await getExecution({ tenant: 'acme', executionId: open }))?.deferral).toBeNull();
  });
});

describe('the inbox', () => {
  const mia = { tenant: 'acme', userId: 'mia', roles: ['manager'] };
  const idsOf = async (view: InboxView, reader = mia, filter: Partial<TaskFilter> = {}) => {
    const query = { ...reader, view, filter: { ...noFilter, ...filter }, nowMs: noon.getTime() };
    return (await listInbox(query)).rows.map((row) => row.taskId);
  };

  it('holds what one may take or has taken, due first, and leaves out what is for others', async () => {
    await sql`DELETE FROM workflow_tasks`;
    const executionId = await addExecution({ workflow: 'Inbox' });
    const later = await addTask({ executionId, dueAt: new Date('2026-11-30T12:00:00Z') });
    const undated = await addTask({ executionId });
    const mine = await addTask({ executionId, status: 'claimed', assignee: 'mia', dueAt: noon });
    const taken = await addTask({ executionId, status: 'claimed', assignee: 'max' });
    const others = await addTask({ executionId, roles: ['finance'] });
    const fourEyes = await addTask({ executionId, excluded: ['mia'] });
    await addTask({ executionId, tenant: 'globex' });
    const done = await addTask({ executionId, status: 'completed', assignee: 'mia', endedBy: 'mia' });

    expect(await idsOf('for-me')).toEqual([mine, later, undated]);
    expect(await idsOf('taken')).toEqual([mine]);
    expect(await idsOf('done')).toEqual([done]);
    expect(await countInbox(mia)).toEqual({ 'for-me': 3, groups: 4, unassigned: 2, taken: 1 });
    expect(await idsOf('for-me', { ...mia, roles: [] })).toEqual([mine]);

    // Of one's groups, whoever has it; of what nobody has, what one may take, and for whoever assigns all of it.
    const undatedOnes = [undated, taken, others, fourEyes];
    expect((await idsOf('groups')).slice(0, 2)).toEqual([mine, later]);
    expect(new Set(await idsOf('groups'))).toEqual(new Set([mine, later, undated, taken]));
    expect(await idsOf('groups', { ...mia, roles: [] })).toEqual([]);
    expect(await idsOf('unassigned')).toEqual([later, undated]);
    const omar = { tenant: 'acme', userId: 'omar', roles: ['administrator'], readsAll: true };
    const free = undatedOnes.filter((taskId) => taskId !== taken);
    expect(new Set(await idsOf('unassigned', omar))).toEqual(new Set([later, ...free]));
  });

  it('shows whoever is asked a question who asks, and does not count the task as taken by them', async () => {
    await sql`DELETE FROM workflow_tasks`;
    const executionId = await addExecution({ workflow: 'Asked' });
    const asked = await addTask({ executionId, status: 'claimed', assignee: 'max' });
    await sql`UPDATE workflow_tasks SET question_to = 'mia', question_by = 'max', question = 'Which wing?'
      WHERE task_id = ${asked}`;
    const askedOf = async (userId: string) => {
      const { rows } = await listInbox({ ...mia, userId, view: 'for-me', filter: noFilter });
      return rows.map((row) => [row.taskId, row.askedByName, row.isMine]);
    };
    expect(await askedOf('mia')).toEqual([[asked, expect.any(String), false]]);
    expect(await idsOf('taken')).toEqual([]);
    expect(await countInbox(mia)).toMatchObject({ 'for-me': 1, taken: 0 });
    // Whoever asks has it as before, and is asked nothing.
    expect(await askedOf('max')).toEqual([[asked, null, true]]);
    expect(await idsOf('taken', { ...mia, userId: 'max' })).toEqual([asked]);
  });

  it('is narrowed by the workflow that asks, which every task knows from its execution', async () => {
    await sql`DELETE FROM workflow_tasks`;
    const [reviews, others] = [await addExecution({ workflow: 'Reviews' }), await addExecution({ workflow: 'Others' })];
    const review = await addTask({ executionId: reviews });
    await addTask({ executionId: others });
    expect(await idsOf('for-me', mia, { workflow: 'Reviews' })).toEqual([review]);
    expect(await idsOf('for-me', mia, { workflow: 'Nothing' })).toEqual([]);
    expect(filterOf({ workflow: 'Reviews' })).toEqual({ ...noFilter, workflow: 'Reviews' });
  });

  it('shows tasks of one fingerprint as one, the oldest that the reader sees, and says how many wait', async () => {
    await sql`DELETE FROM workflow_tasks`;
    const executionId = await addExecution({ workflow: 'Alike' });
    const add = (minute: number, more: Partial<NewTask> = {}) =>
      addTask({
        executionId,
        fingerprint: 'mapping 4711',
        createdAt: new Date(noon.getTime() + minute * 60_000),
        subject: `INV-${minute}`,
        ...more,
      });
    await add(0, { roles: ['finance'] });
    const first = await add(1);
    for (const minute of [2, 3, 4, 5, 6, 7, 8]) await add(minute);
    await add(9, { status: 'claimed', assignee: 'max' });
    await add(10, { status: 'completed', endedBy: 'max' });
    await add(11, { tenant: 'globex' });
    const alone = await add(12, { fingerprint: 'mapping 4712' });

    const { rows } = await listInbox({ ...mia, view: 'for-me', filter: noFilter, nowMs: noon.getTime() });
    // The one for finance ends along with it: nobody is at it.
    expect(rows.map(({ taskId, count }) => [taskId, count])).toEqual([
      [first, 9],
      [alone, 1],
    ]);
    // What Max holds is not ended by her answer, so it stands by itself among the groups'.
    expect(await countInbox(mia)).toEqual({ 'for-me': 2, groups: 3, unassigned: 2, taken: 0 });
    const reader = { userId: 'mia', roles: ['manager'], readsAll: false, assigns: false };
    expect(await getTask({ tenant: 'acme', taskId: first, reader })).toMatchObject({
      alike: { count: 8, subjects: ['INV-0', 'INV-2', 'INV-3', 'INV-4', 'INV-5'] },
    });
    expect(await getTask({ tenant: 'acme', taskId: alone, reader })).toMatchObject({ alike: null });

    // What a colleague holds stands for what nobody is at: it is asked of nobody else, and is found among the groups'.
    await sql`UPDATE workflow_tasks SET status = 'claimed', assignee = 'max' WHERE task_id = ${first}`;
    expect(await idsOf('for-me', mia)).toEqual([alone]);
    expect(await idsOf('unassigned', mia)).toEqual([alone]);
    expect(new Set(await idsOf('groups', mia))).toEqual(new Set([first, alone]));
    // It does not stand for what she holds herself, which that colleague's answer leaves open.
    const hers = await add(13, { status: 'claimed', assignee: 'mia' });
    expect(new Set(await idsOf('for-me', mia))).toEqual(new Set([hers, alone]));
    expect(await idsOf('taken', mia)).toEqual([hers]);
    // An ended one ends no others any more.
    await sql`UPDATE workflow_tasks SET status = 'completed', ended_by = 'max' WHERE task_id = ${first}`;
    expect(await getTask({ tenant: 'acme', taskId: first, reader })).toMatchObject({ alike: null });
  });

  it('is narrowed by words, type, priority and due date, alone and together', async () => {
    await sql`DELETE FROM workflow_tasks`;
    const executionId = await addExecution({ workflow: 'Filtered' });
    const hours = (count: number) => new Date(noon.getTime() + count * 3_600_000);
    const late = await addTask({ executionId, dueAt: hours(-1), title: 'Approve invoice INV-0042', priority: 'high' });
    const soon = await addTask({ executionId, dueAt: hours(5), context: { customer: 'Nordwind Logistik', n: 0 } });
    const week = await addTask({ executionId, dueAt: hours(100), subject: 'Order 17/4', priority: 'high' });
    const later = await addTask({ executionId, dueAt: hours(1_000), title: "It's müller & co: 50%" });
    const undated = await addTask({ executionId });
    const found = (filter: Partial<TaskFilter>) => idsOf('for-me', mia, filter);

    expect(await found({ due: 'overdue' })).toEqual([late]);
    expect(await found({ due: 'soon' })).toEqual([soon]);
    expect(await found({ due: 'week' })).toEqual([soon, week]);
    expect(await found({ due: 'none' })).toEqual([undated]);
    expect(await found({ priority: 'high' })).toEqual([late, week]);
    expect(await found({ priority: 'high', due: 'week' })).toEqual([week]);
    expect(await found({ taskType: 'review' })).toEqual([late, soon, week, later, undated]);
    expect(await found({ taskType: 'other' })).toEqual([]);
    const words: readonly (readonly [string, readonly string[]])[] = [
      ['inv-0042', [late]],
      ['0042 approve', [late]],
      ['NORDW', [soon]],
      ['nordwind, logistik', [soon]],
      // The names of members are not searched.
      ['customer', []],
      ['17/4', [week]],
      ['MÜLL 50%', [later]],
      ["it's", [later]],
      ['nordwind müller', []],
      ["' | & ! :* ( \\ <->", [late, soon, week, later, undated]],
    ];
    for (const [typed, expected] of words) expect(await found({ words: typed }), typed).toEqual(expected);
    const done = await addTask({ executionId, status: 'completed', endedBy: 'mia', title: 'Approve invoice INV-0043' });
    expect(await idsOf('done', mia, { words: 'inv' })).toEqual([done]);
    expect(await idsOf('done', mia, { words: 'nordwind' })).toEqual([]);
  });

  it('reads its filter from an address, and leaves out what it does not understand', () => {
    const asked = { q: ' 42 ', type: 'review', priority: 'high', due: 'week' };
    expect(filterOf(asked)).toEqual({
      ...noFilter,
      words: ' 42 ',
      taskType: 'review',
      priority: 'high',
      due: 'week',
    });
    expect(filterOf({ q: ' ', type: ['a'], priority: 'huge', due: undefined })).toEqual(noFilter);
  });

  it('opens a task for its tenant alone', async () => {
    const taskId = await addTask({ executionId: await addExecution() });
    const reader = { userId: 'mia', roles: ['manager'], readsAll: false, assigns: false };
    expect(await getTask({ tenant: 'acme', taskId, reader })).toMatchObject({
      taskId,
      access: { mayRead: true, mayClaim: true },
      form: { outcomes: [{ value: 'approve' }] },
    });
    expect(await getTask({ tenant: 'globex', taskId, reader })).toBeNull();
    expect(await getTask({ tenant: 'acme', taskId: 'none', reader })).toBeNull();
  });
});

describe('invoices', () => {
  it('say what they wait for', async () => {
    const add = async (number: number) => {
      const id = randomUUID();
      const eventId = randomUUID();
      await sql`
        INSERT INTO invoices (id, tenant_id, number, customer, amount_cents, status, created_by, created_at)
        VALUES (${id}, 'acme', ${number}, 'Nordwind', 200000, 'submitted', 'alice', ${noon})`;
      await sql`
        INSERT INTO workflow_bus_events (event_id, tenant_id, event_type, event_name, payload, correlation_id, created_at)
        VALUES (${eventId}, 'acme', 'INVOICE_SUBMITTED', 'INVOICE_SUBMITTED', ${sql.json({ invoiceId: id })}, ${eventId},
          ${noon})`;
      return { id, eventId };
    };
    const [waiting, claimed, stopped, unhandled] = [await add(1), await add(2), await add(3), await add(4)];
    await addTask({ executionId: await addExecution({ eventId: waiting.eventId }) });
    await addTask({
      executionId: await addExecution({ eventId: claimed.eventId }),
      status: 'claimed',
      assignee: 'mia',
    });
    await addExecution({ eventId: stopped.eventId, status: 'failed' });

    const { rows } = await listInvoices({ tenant: 'acme', reader: 'alice' });
    expect(Object.fromEntries(rows.map((row) => [row.id, row.stage]))).toEqual({
      [waiting.id]: { kind: 'waiting', whom: 'a manager' },
      [claimed.id]: { kind: 'waiting', whom: 'Mia' },
      [stopped.id]: { kind: 'stopped' },
      [unhandled.id]: { kind: 'unhandled' },
    });
    const detail = await getInvoice({ tenant: 'acme', invoiceId: unhandled.id, reader: 'alice' });
    expect(detail?.steps.at(-1)?.title).toBe('Nobody handles invoices here yet');
    expect(await getInvoice({ tenant: 'globex', invoiceId: waiting.id, reader: 'gus' })).toBeNull();
  });
});

describe('attachments and health', () => {
  it('offer a tenant the events of a system workflow that others have attached', async () => {
    await sql`
      INSERT INTO workflow_event_attachments (attachment_id, tenant_id, event_type, workflow_id)
      VALUES (${randomUUID()}, 'acme', 'INVOICE_SUBMITTED', ${registrationId})`;
    expect((await attachmentMatrix('acme')).rows).toMatchObject([
      { eventType: 'INVOICE_SUBMITTED', links: [{ isActive: true }] },
    ]);
    expect((await attachmentMatrix('globex')).rows).toMatchObject([
      { eventType: 'INVOICE_SUBMITTED', seen: 0, links: [{ isActive: false, since: null }] },
    ]);
  });

  it('count a tenant its own, and show the platform its workers', async () => {
    const workerId = randomUUID();
    await sql`INSERT INTO workflow_workers (worker_id, host, pid, code_version) VALUES (${workerId}, 'here', 7, '1')`;
    await sql`
      INSERT INTO workflow_worker_leases (worker_id, lease_until, heartbeat_at)
      VALUES (${workerId}, ${new Date(noon.getTime() + 8000)}, ${noon})`;
    await sql`UPDATE workflow_partitions SET worker_id = ${workerId} WHERE partition_id = 1`;
    expect(await tenantHealth({ tenant: 'globex', now: noon })).toMatchObject({ failed: 0, waiting: 1 });
    expect(await tenantHealth({ tenant: 'acme', now: noon })).toMatchObject({ failed: 1 });
    const health = await platformHealth({ now: noon });
    expect(health.workers).toMatchObject([{ workerId, isAlive: true, partitions: 1 }]);
    expect(health.partitions).toMatchObject({ owned: 1 });
    const afterwards = await platformHealth({ now: new Date(noon.getTime() + 9000) });
    expect(afterwards.workers).toMatchObject([{ isAlive: false }]);
  });
});

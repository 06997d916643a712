/**
 * No statement of the engine reads rows of executions that it is not about, however its plan was made: on empty tables
 * and kept while they filled, or on full ones that no statistics were gathered of, or some.
 */
import { randomUUID } from 'node:crypto';
import type { Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRawClient } from '@/lib/db/rawClient';
import { createTestDatabase, type TestDatabase } from '@/lib/db/testing/testDatabase';
import { bareFlush } from '../core/engine/bareFlush';
import type { ExecutionFlush, ExecutionStore } from '../model/ports/store';
import { startedBody } from '../testing/contract/startedBody';
import { createBusStore } from './bus/busStore';
import { insertSignals } from './inbox';
import { createPostgresStore } from './executions/postgresStore';

const crowd = 1_500;
/** Rows of one execution that a statement may read, some of them more than once; the crowd has thousands. */
const fewRows = 60;
const tenant = 'acme';
const workerId = randomUUID();

/** Execution `n` of the crowd; its partition is the same for all of them. */
const idOf = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const taskOf = (n: number): string => `00000000-0000-4000-9000-${String(n).padStart(12, '0')}`;
const keyOf = (n: number) => ({ executionId: idOf(n), partitionId: 7 });
const takeOf = (n: number) => ({ ...keyOf(n), headSeq: 3, atMs: 1_000 });

function flushOf(n: number, changes: Partial<ExecutionFlush> = {}): ExecutionFlush {
  return bareFlush({ ...keyOf(n), tenant }, { expectedHead: 3, status: 'running', atMs: 1_000, ...changes });
}

/** Of ten executions of the crowd that follow each other, which one has this status. */
const places = { completed: 0, failed: 1, waiting: 2 };

const startOf = (n: number) => startedBody(idOf(n));

type Statement = (store: ExecutionStore, n: number, sql: Sql) => Promise<unknown>;
const statements: readonly [name: string, run: Statement, about?: keyof typeof places][] = [
  ['a load', (store, n) => store.load({ executions: [keyOf(n)] })],
  ['a take of events and of timers that close tasks', (store, n) => store.take({ workerId, items: [takeOf(n)] })],
  ['a take of events alone', (store, n) => store.take({ workerId, items: [{ ...takeOf(n), isWithoutTimers: true }] })],
  [
    'a take of decisions',
    (store, n) => store.takeDecisions({ workerId, items: [{ ...takeOf(n), failuresUndone: ['step#1'] }] }),
  ],
  [
    'a take of a retry',
    (store, n) => store.takeDecisions({ workerId, items: [{ ...takeOf(n), failuresUndone: ['step#1'] }] }),
    'failed',
  ],
  ['a flush of a head', (store, n) => store.flush({ workerId, executions: [flushOf(n)] })],
  [
    'a flush that ends a wait and a timer',
    (store, n) =>
      store.flush({ workerId, executions: [flushOf(n, { waitsEnded: ['wait#1'], timersDropped: ['wait#1'] })] }),
  ],
  [
    'a flush that ends a wait and a timer and changes a task',
    (store, n) =>
      store.flush({
        workerId,
        executions: [
          flushOf(n, {
            waitsEnded: ['wait#1'],
            timersDropped: ['wait#1'],
            tasksChanged: [{ taskId: taskOf(n), end: null, roles: ['boss'], users: [], activities: [] }],
          }),
        ],
      }),
  ],
  [
    'a flush that cancels the open tasks',
    (store, n) =>
      store.flush({
        workerId,
        executions: [
          flushOf(n, {
            status: 'completed',
            end: { status: 'completed', result: null, error: null },
            cancelOpenTasks: true,
          }),
        ],
      }),
  ],
  [
    'a flush that starts a child, tells a parent and closes a child',
    (store, n) =>
      store.flush({
        workerId,
        executions: [
          flushOf(n, {
            relations: {
              childrenStarted: [
                {
                  ...{ commandId: 'child#1', executionId: randomUUID(), partitionId: 7, workflow: 'W', version: null },
                  ...{ workflowKey: null, started: startOf(n) },
                },
              ],
              parentTold: {
                parent: { ...keyOf(n + 5), commandId: 'child#1' },
                end: { commandId: 'child#1', childExecutionId: idOf(n), status: 'canceled', result: null, error: null },
              },
              childrenClosed: [{ ...keyOf(n + 6), policy: 'cancel' }],
              successor: null,
            },
          }),
        ],
      }),
  ],
  [
    'a flush that continues as new',
    (store, n) =>
      store.flush({
        workerId,
        executions: [
          flushOf(n, {
            status: 'continued_as_new',
            end: { status: 'continued_as_new', result: null, error: null },
            relations: {
              childrenStarted: [],
              parentTold: null,
              childrenClosed: [],
              successor: { executionId: randomUUID(), started: startOf(n), mail: [] },
            },
          }),
        ],
      }),
  ],
  ['opening tasks again', (store, n) => store.reopenTasks({ workerId, execution: keyOf(n), taskIds: [taskOf(n)] })],
  [
    'looking for those who wait for an event of the bus',
    (_, n, sql) => createBusStore({ sql }).waitsFor({ probes: [`acme/Go/${n}`], after: null, limit: 100 }),
  ],
  [
    'a delivery of the bus',
    (_, n, sql) =>
      createBusStore({ sql }).deliver({
        deliveries: [{ ...keyOf(n), eventId: idOf(n) }],
        fannedOut: [idOf(n)],
        lookedFor: [{ ...keyOf(n), commandId: 'wait#1', tenant, names: ['Go'], match: {} }],
      }),
  ],
  [
    'a signal',
    (_, n, sql) => {
      const event = { name: 'Go', type: 'Go', payload: {}, user_id: null, event_id: 'e', timestamp: '' };
      return insertSignals(sql, [{ tenant, executionId: idOf(n), event }]);
    },
  ],
  ['closing what came too late', (store, n) => store.closeLate({ workerId, executions: [keyOf(n)] }), 'completed'],
];

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => database.drop());

/** One connection, so that its plans are kept from statement to statement. */
function connect() {
  const sql = createRawClient({ url: database.url, name: 'keyed reads', max: 1, patienceMs: 20_000 });
  return { sql, store: createPostgresStore({ sql }) };
}

/** Rows that a statement reads of the tables that have a crowd; what it changes is undone. */
async function rowsRead({ sql, store }: ReturnType<typeof connect>, run: Statement, n: number): Promise<number> {
  await sql.unsafe('BEGIN');
  await sql.unsafe('SELECT 1');
  const before = await countReads(sql);
  await run(store, n, sql);
  const after = await countReads(sql);
  await sql.unsafe('ROLLBACK');
  return after - before;
}

async function countReads(sql: Sql): Promise<number> {
  const [row] = await sql.unsafe<{ rows: number }[]>(`
    SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int AS rows FROM pg_stat_xact_user_tables
    WHERE relname IN ('workflow_executions', 'workflow_events', 'workflow_timers', 'workflow_waits', 'workflow_tasks',
                      'workflow_action_results', 'workflow_dead_letters', 'workflow_bus_events')`);
  return row?.rows ?? 0;
}

async function addCrowd(): Promise<void> {
  const sql = createRawClient({ url: database.url, name: 'crowd', max: 1, patienceMs: 60_000 });
  const ids = `FROM (SELECT i, ('00000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid AS id,
                            ('00000000-0000-4000-9000-' || lpad(i::text, 12, '0'))::uuid AS task
                     FROM generate_series(1, ${crowd}) i) c`;
  // What the rows refer to does not matter here.
  await sql.unsafe(`SET session_replication_role = replica`);
  await sql.unsafe(
    `INSERT INTO workflow_workers (worker_id, host, pid, code_version) VALUES ('${workerId}', 'h', 1, 'c')`,
  );
  await sql.unsafe(`
    INSERT INTO workflow_executions (execution_id, partition_id, tenant_id, workflow_name, workflow_version,
                                     registration_id, status, head_seq, correlation_id)
    SELECT id, 7, '${tenant}', 'W', '1', id, CASE i % 10 WHEN 0 THEN 'completed' WHEN 1 THEN 'failed' ELSE 'waiting' END, 3, 'c' ${ids}`);
  await sql.unsafe(`
    INSERT INTO workflow_events (execution_id, partition_id, seq, tenant_id, kind, name, command_id, payload)
    SELECT id, 7, s, '${tenant}', CASE s WHEN 1 THEN 'execution_started' ELSE 'state_set' END, 'n', 'c#' || s, '{}'
    ${ids}, generate_series(1, 3) s`);
  await sql.unsafe(`
    INSERT INTO workflow_events (execution_id, partition_id, tenant_id, kind, name, payload)
    SELECT id, 7, '${tenant}', k, 'Go', '{}' ${ids}, unnest(ARRAY['event_received', 'execution_paused', 'execution_retried']) k`);
  await sql.unsafe(`
    INSERT INTO workflow_bus_events (event_id, tenant_id, event_name, event_type, payload, correlation_id)
    SELECT id, '${tenant}', 'Go', 'Go', '{}', 'c' ${ids}`);
  await sql.unsafe(`
    INSERT INTO workflow_dead_letters (tenant_id, execution_id, partition_id, kind, reason, event_row_id, head_seq)
    SELECT '${tenant}', id, 7, 'undeliverable', 'late', i, 3 ${ids}`);
  await sql.unsafe(`
    INSERT INTO workflow_timers (execution_id, partition_id, command_id, tenant_id, fire_at, task_id)
    SELECT id, 7, k, '${tenant}', now() - interval '1 hour', CASE k WHEN 'task#1' THEN task END
    ${ids}, unnest(ARRAY['wait#1', 'task#1']) k`);
  await sql.unsafe(`
    INSERT INTO workflow_waits (execution_id, partition_id, command_id, tenant_id, kind, names, since, match, match_probes)
    SELECT id, 7, 'wait#1', '${tenant}', 'event', ARRAY['Go'], now(), '{}', ARRAY['acme/Go/' || i] ${ids}`);
  await sql.unsafe(`
    INSERT INTO workflow_action_results (execution_id, partition_id, command_id, tenant_id, action_name, status, params,
                                         error, attempts, started_at)
    SELECT id, 7, 'step#1', '${tenant}', 'step', 'failed', '{}', '{}', 1, now() ${ids}`);
  await sql.unsafe(`
    INSERT INTO workflow_tasks (task_id, tenant_id, execution_id, partition_id, command_id, task_type,
      task_definition_type, form_type, form_id, form_version, title, status, priority, candidate_roles, candidate_users,
      excluded_users, context_data, warnings, completion_event, created_at)
    SELECT task, '${tenant}', id, 7, 'task#1', 't', 'system', 'system', id, 1, 'Title', 'pending', 'medium', '{}', '{}',
           '{}', '{}', '[]', 'e', now() ${ids}`);
  await sql.end();
}

describe('What statements read', () => {
  const plannedBefore: ReturnType<typeof connect>[] = [];
  beforeAll(async () => {
    const early = connect();
    plannedBefore.push(early);
    for (const [, run] of statements) await run(early.store, 0, early.sql).catch(() => undefined);
    await addCrowd();
  });
  afterAll(() => Promise.all(plannedBefore.map(({ sql }) => sql.end())));

  it.each([
    ['planned on empty tables', false, false],
    ['planned without statistics', true, false],
    ['planned with statistics', true, true],
  ])('is of their executions alone, %s', async (_, isFresh, isAnalyzed) => {
    const connection = isFresh ? connect() : plannedBefore[0];
    if (!connection) throw new Error('The early connection is gone.');
    if (isAnalyzed) await connection.sql.unsafe('ANALYZE');
    const reads: Record<string, number> = {};
    for (const [index, [name, run, about = 'waiting']] of statements.entries()) {
      reads[name] = await rowsRead(connection, run, 10 * (index + 1) + places[about]);
    }
    if (isFresh) await connection.sql.end();
    const tooMany = Object.entries(reads).filter(([, rows]) => rows > fewRows || rows === 0);
    expect(tooMany).toEqual([]);
  });
});

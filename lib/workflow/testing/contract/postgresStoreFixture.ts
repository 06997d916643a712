import { randomUUID } from 'node:crypto';
import { v7 as newId } from 'uuid';
import postgres, { type Sql } from 'postgres';
import { createTestDatabase } from '../../../db/testing/testDatabase';
import type { EngineDeps } from '../../core/engineDeps';
import { submitEvent } from '../../core/submitEvent';
import { planFork } from '../../model/forks';
import type { DeadLetterKind } from '../../model/ports/failures';
import { isEnded, type ExecutionStatus, type TaskStatus } from '../../model/status';
import { createActionResultStore } from '../../persistence/actions/actionResults';
import { createBusStore } from '../../persistence/bus/busStore';
import { storeBusEvent } from '../../persistence/busEvents';
import { insertFork, readForkSource } from '../../persistence/forks';
import { createPostgresMembership } from '../../persistence/membership';
import { createPostgresStore } from '../../persistence/executions/postgresStore';
import { publishRegistrations } from '../../persistence/registrations';
import { insertExecutions } from '../../persistence/startExecutions';
import { createTaskStore } from '../../persistence/tasks/taskStore';
import { createTransactions } from '../../persistence/transactions';
import { absentHintPublisher } from '../../streams/absentHints';
import { silentLogger } from '../../telemetry/silentLogger';
import { silentMetrics } from '../../telemetry/silentMetrics';
import { startedBody } from './startedBody';
import type { StoreFixture } from './storeFixture';

/** @param patch changes the client that the store is made over: for showing that the contract notices. */
export async function createPostgresStoreFixture(patch: (sql: Sql) => Sql = (sql) => sql): Promise<StoreFixture> {
  const database = await createTestDatabase();
  const sql = postgres(database.url, { max: 8, onnotice: () => undefined });
  const { workflow: name, version } = startedBody('');
  await publishRegistrations(sql, [{ name, version }]);
  let clockOffsetMs = 0;
  const tasks = createTaskStore({ sql });
  const membership = createPostgresMembership(sql);
  const transactions = createTransactions({ sql });
  const deps: EngineDeps = {
    sql,
    hints: absentHintPublisher,
    live: { publish: () => Promise.resolve(), close: () => Promise.resolve() },
    logger: silentLogger,
    metrics: silentMetrics,
  };
  return {
    store: createPostgresStore({ sql: patch(sql), clockOffsetMs: () => clockOffsetMs }),
    bus: createBusStore({ sql: patch(sql) }),
    results: (workerId) => createActionResultStore({ sql, transactions, workerId }),
    addWorker: async () => {
      const workerId = randomUUID();
      await membership.register({ workerId, host: 'test', pid: 1, codeVersion: '1' }, 600_000);
      return workerId;
    },
    fence: async (workerId) => {
      await sql`UPDATE workflow_workers SET fenced_at = clock_timestamp() WHERE worker_id = ${workerId}`;
    },
    start: async ({ partitionId = 7, tenant = 'acme', workflowKey = null } = {}) => {
      const executionId = randomUUID();
      const { workflow: workflowName, trigger, initialData, seed, startedBy } = startedBody(executionId);
      const nothing = { subject: null, workflowKey };
      const first = { workflowName, trigger, initialData, seed, startedBy };
      await insertExecutions(sql, [{ ...nothing, ...first, executionId, partitionId, tenant }]);
      return { executionId, partitionId };
    },
    fork: async ({ executionId, partitionId }, atSeq, openChildren = 'refuse') => {
      const point = { tenant: 'acme', executionId, atSeq };
      const source = await readForkSource(sql, point);
      if (!source) throw new Error(`No execution ${executionId}.`);
      const plan = planFork({ ...point, ...source, reason: null, openChildren });
      const forkId = randomUUID();
      await insertFork(sql, { ...point, forkId, partitionId, forkedBy: 'omar', plan });
      return { executionId: forkId, partitionId };
    },
    submit: async ({ tenant = 'acme', name: eventName, payload, starts = false }) => {
      const eventId = newId();
      const event = { name: eventName, type: eventName, payload, user_id: null, event_id: eventId, timestamp: '' };
      const start = { executionId: randomUUID(), partitionId: 7, seed: 'seed' };
      if (starts) {
        await sql`
          INSERT INTO workflow_event_attachments (attachment_id, tenant_id, event_type, workflow_id)
          SELECT ${randomUUID()}, ${tenant}, ${eventName}, registration_id FROM workflow_registrations`;
      }
      const rest = { subject: null, correlationId: eventId, idempotencyKey: null, starts: [start] };
      await storeBusEvent(sql, { tenant, event, ...rest });
      return { event: { eventId, tenant, name: eventName, payload }, started: starts ? start : null };
    },
    submitOnce: async ({ tenant = 'acme', name, type = name, ...event }) => {
      const submitted = await submitEvent(deps, { tenant, userId: null, eventType: type, eventName: name, ...event });
      return submitted.eventId;
    },
    send: async ({ executionId, partitionId }, name) => {
      const event = { name, type: name, payload: {}, user_id: null, event_id: randomUUID(), timestamp: '' };
      await sql`
        INSERT INTO workflow_events (execution_id, partition_id, tenant_id, kind, name, payload, at)
        VALUES (${executionId}, ${partitionId}, 'acme', 'event_received', ${name},
                ${JSON.stringify({ event })}::text::json,
                clock_timestamp() + ${clockOffsetMs}::bigint * interval '1 millisecond')`;
    },
    decide: async ({ executionId, partitionId }, kind) => {
      await sql`
        INSERT INTO workflow_events (execution_id, partition_id, tenant_id, kind, payload, at)
        VALUES (${executionId}, ${partitionId}, 'acme', ${kind}, ${'{"by":"mia","reason":null}'}::text::json,
                clock_timestamp() + ${clockOffsetMs}::bigint * interval '1 millisecond')`;
    },
    unknownWorkflow: 'unknown',
    completeTask: async (taskId, outcome) => {
      const who = { tenant: 'acme', userId: 'mia', roles: ['manager'] };
      const alike = await tasks.alike({ ...who, taskId, except: [] });
      const along = alike.map((task) => ({ taskId: task.taskId, output: null }));
      return (await tasks.complete({ ...who, taskId, outcome, output: null, along })) !== null;
    },
    moveTime: (byMs) => {
      clockOffsetMs += byMs;
    },
    nowMs: async () => {
      const [row] = await sql<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
      return (row?.now.getTime() ?? 0) + clockOffsetMs;
    },
    own: async (workerId, partitionId) => {
      await sql`UPDATE workflow_partitions SET worker_id = ${workerId} WHERE partition_id = ${partitionId}`;
    },
    takeOver: async (workerId) => {
      await membership.fenceExpired({ knownDead: workerId });
    },
    blame: async ({ executionId, partitionId }, commandId) => {
      await sql`
        INSERT INTO workflow_suspects (execution_id, partition_id, tenant_id, strikes, reason, command_id)
        VALUES (${executionId}, ${partitionId}, 'acme', 1, 'It did not yield.', ${commandId})`;
    },
    retire: (workerId) => membership.retire({ workerId }),
    redrive: async ({ executionId }) => {
      await sql`UPDATE workflow_dead_letters SET redriven_at = now() WHERE execution_id = ${executionId}`;
    },
    letters: async ({ executionId }) => [
      ...(await sql<{ kind: DeadLetterKind; strikes: number }[]>`
        SELECT kind, strikes FROM workflow_dead_letters WHERE execution_id = ${executionId} ORDER BY created_at`),
    ],
    setStatus: async ({ executionId }, status) => {
      await sql`
        UPDATE workflow_executions
        SET status = ${status}, ended_at = CASE WHEN ${isEnded(status)} THEN clock_timestamp() END
        WHERE execution_id = ${executionId}`;
    },
    stored: ({ executionId }) => stored(sql, executionId),
    taskStatus: async (taskId) => {
      const [row] = await sql<{ status: TaskStatus }[]>`SELECT status FROM workflow_tasks WHERE task_id = ${taskId}`;
      return row?.status ?? null;
    },
    taskLook: async (taskId) => {
      const [row] = await sql<{ status: TaskStatus; outcome: string | null; roles: string[]; activities: string[] }[]>`
        SELECT status, outcome, candidate_roles AS roles,
               ARRAY(SELECT kind FROM workflow_task_activity a WHERE a.task_id = k.task_id ORDER BY activity_id)
                 AS activities
        FROM workflow_tasks k WHERE task_id = ${taskId}`;
      return row ?? null;
    },
    close: async () => {
      transactions.end();
      await sql.end({ timeout: 5 });
      await database.drop();
    },
  };
}

async function stored(sql: Sql, id: string) {
  const [execution] = await sql<{ status: ExecutionStatus; state: string | null; head_seq: number }[]>`
    SELECT status, state, head_seq FROM workflow_executions WHERE execution_id = ${id}`;
  if (!execution) throw new Error(`No execution ${id}.`);
  const log = await sql<{ seq: number; kind: string }[]>`
    SELECT seq, kind FROM workflow_events WHERE execution_id = ${id} AND seq IS NOT NULL ORDER BY seq`;
  const inbox = await sql<{ disposition: string | null }[]>`
    SELECT disposition FROM workflow_events WHERE execution_id = ${id} AND seq IS NULL ORDER BY row_id`;
  const timers = await sql<{ command_id: string }[]>`
    SELECT command_id FROM workflow_timers WHERE execution_id = ${id} ORDER BY command_id COLLATE "C"`;
  const waits = await sql<{ command_id: string }[]>`
    SELECT command_id FROM workflow_waits WHERE execution_id = ${id} ORDER BY command_id COLLATE "C"`;
  const results = await sql<{ command_id: string; status: string; attempts: number }[]>`
    SELECT command_id, status, attempts FROM workflow_action_results WHERE execution_id = ${id}
    ORDER BY command_id COLLATE "C"`;
  return {
    status: execution.status,
    state: execution.state,
    headSeq: execution.head_seq,
    seqs: log.map((row) => row.seq),
    kinds: log.map((row) => row.kind),
    timers: timers.map((row) => row.command_id),
    waits: waits.map((row) => row.command_id),
    results: results.map((row) => ({ commandId: row.command_id, status: row.status, attempts: row.attempts })),
    inbox: inbox.map((row) => row.disposition),
  };
}

/**
 * What many executions did since their last commit, in one statement. Rows are locked in key order: executions first,
 * then tasks. People who complete tasks lock the task row alone, so the two cannot deadlock.
 */
import type { Sql } from 'postgres';
import type { ExecutionFlush } from '../../model/ports/store';
import { assertNotFenced } from './fence';
import { entryColumns } from './historyRows';

const flushSql = `
WITH fence AS MATERIALIZED (
  SELECT 1 FROM workflow_workers WHERE worker_id = $1::uuid AND fenced_at IS NULL FOR SHARE
), head AS (
  SELECT * FROM unnest($2::uuid[], $3::smallint[], $4::int[], $5::int[], $6::text[], $7::text[], $8::text[], $9::text[])
    AS h(execution_id, partition_id, expected, head_seq, status, state, result, error)
), locked AS MATERIALIZED (
  SELECT e.execution_id, e.partition_id, e.tenant_id FROM workflow_executions e
  JOIN head h ON h.execution_id = e.execution_id AND h.partition_id = e.partition_id AND h.expected = e.head_seq
  WHERE e.status IN ('pending', 'running', 'waiting', 'blocked_on_code') AND EXISTS (SELECT 1 FROM fence)
  ORDER BY e.execution_id FOR UPDATE OF e
), won AS MATERIALIZED (
  SELECT * FROM locked
), heads AS (
  UPDATE workflow_executions e
  SET head_seq = h.head_seq, status = h.status,
      -- What the code said last before it was blocked is not in the log.
      state = CASE WHEN h.status = 'blocked_on_code' THEN e.state ELSE h.state END,
      result = h.result::json, error = h.error::json,
      updated_at = clock_timestamp(),
      ended_at = CASE WHEN h.status IN ('completed', 'failed', 'canceled', 'terminated', 'continued_as_new')
                      THEN clock_timestamp() END
  FROM head h JOIN won w ON w.execution_id = h.execution_id
  WHERE e.execution_id = h.execution_id AND e.partition_id = h.partition_id
), log AS (
  INSERT INTO workflow_events (execution_id, partition_id, seq, tenant_id, kind, name, command_id, payload, at)
  SELECT w.execution_id, w.partition_id, n.seq, w.tenant_id, n.kind, n.name, n.command_id, n.payload::json, n.at
  FROM unnest($10::uuid[], $11::int[], $12::text[], $13::text[], $14::text[], $15::text[], $16::timestamptz[])
    AS n(execution_id, seq, kind, name, command_id, payload, at)
  JOIN won w ON w.execution_id = n.execution_id
), results AS (
  INSERT INTO workflow_action_results (execution_id, partition_id, command_id, tenant_id, action_name, status, params,
                                       result, error, attempts, started_at, completed_at)
  SELECT w.execution_id, w.partition_id, r.command_id, w.tenant_id, r.action_name, r.status, r.params::json,
         r.result::json, r.error::json, r.attempts, r.started_at, r.completed_at
  FROM unnest($17::uuid[], $18::text[], $19::text[], $20::text[], $21::text[], $22::text[], $23::text[],
              $24::smallint[], $25::timestamptz[], $26::timestamptz[])
    AS r(execution_id, command_id, action_name, status, params, result, error, attempts, started_at, completed_at)
  JOIN won w ON w.execution_id = r.execution_id
  ON CONFLICT (execution_id, command_id, partition_id) DO UPDATE
  SET status = excluded.status, params = excluded.params, result = excluded.result, error = excluded.error,
      attempts = excluded.attempts, completed_at = excluded.completed_at, next_attempt_at = NULL
), timers_added AS (
  INSERT INTO workflow_timers (execution_id, partition_id, command_id, tenant_id, fire_at, task_id)
  SELECT w.execution_id, w.partition_id, t.command_id, w.tenant_id, t.fire_at, t.task_id
  FROM json_to_recordset($27::text::json) AS t(execution_id uuid, command_id text, fire_at timestamptz, task_id uuid)
  JOIN won w ON w.execution_id = t.execution_id
), timers_dropped AS (
  DELETE FROM workflow_timers t
  USING json_to_recordset($28::text::json) AS d(execution_id uuid, command_id text), won w
  WHERE w.execution_id = d.execution_id AND t.execution_id = d.execution_id AND t.command_id = d.command_id
), waits_added AS (
  INSERT INTO workflow_waits (execution_id, partition_id, command_id, tenant_id, kind, names, deadline, task_id, since)
  SELECT w.execution_id, w.partition_id, a.command_id, w.tenant_id, a.kind,
         ARRAY(SELECT json_array_elements_text(a.names)), a.deadline, a.task_id, a.since
  FROM json_to_recordset($29::text::json)
    AS a(execution_id uuid, command_id text, kind text, names json, deadline timestamptz, task_id uuid, since timestamptz)
  JOIN won w ON w.execution_id = a.execution_id
), waits_ended AS (
  DELETE FROM workflow_waits a
  USING json_to_recordset($30::text::json) AS d(execution_id uuid, command_id text), won w
  WHERE w.execution_id = d.execution_id AND a.execution_id = d.execution_id AND a.command_id = d.command_id
), tasks_added AS (
  INSERT INTO workflow_tasks (task_id, tenant_id, execution_id, partition_id, command_id, task_type,
    task_definition_type, tenant_task_definition_id, system_task_definition_task_type, form_type, form_id, form_version,
    title, description, status, priority, candidate_roles, candidate_users, excluded_users, requested_by, subject,
    context_data, warnings, completion_event, due_at, expires_at, created_at, ended_at)
  SELECT k.task_id, w.tenant_id, w.execution_id, w.partition_id, k.command_id, k.task_type,
    k.task_definition_type, k.tenant_task_definition_id, k.system_task_definition_task_type, k.form_type, k.form_id,
    k.form_version, k.title, k.description, k.status, k.priority,
    ARRAY(SELECT json_array_elements_text(k.candidate_roles)), ARRAY(SELECT json_array_elements_text(k.candidate_users)),
    ARRAY(SELECT json_array_elements_text(k.excluded_users)), k.requested_by, k.subject, k.context_data, k.warnings,
    k.completion_event, k.due_at, k.expires_at, k.created_at, CASE WHEN k.status <> 'pending' THEN k.created_at END
  FROM json_to_recordset($31::text::json) AS k(execution_id uuid, task_id uuid, command_id text, task_type text,
    task_definition_type text, tenant_task_definition_id uuid, system_task_definition_task_type text, form_type text,
    form_id uuid, form_version int, title text, description text, status text, priority text, candidate_roles json,
    candidate_users json, excluded_users json, requested_by text, subject text, context_data json, warnings json,
    completion_event text, due_at timestamptz, expires_at timestamptz, created_at timestamptz)
  JOIN won w ON w.execution_id = k.execution_id
), tasks_expired AS (
  UPDATE workflow_tasks k SET status = 'expired', ended_at = x.at, updated_at = x.at, version = k.version + 1
  FROM json_to_recordset($32::text::json) AS x(execution_id uuid, task_id uuid, at timestamptz), won w
  WHERE w.execution_id = x.execution_id AND k.task_id = x.task_id AND k.execution_id = x.execution_id
    AND k.status IN ('pending', 'claimed')
  RETURNING k.tenant_id, k.task_id, 'expired' AS kind, x.at
), tasks_canceled AS (
  UPDATE workflow_tasks k SET status = 'canceled', ended_at = c.at, updated_at = c.at, version = k.version + 1
  FROM json_to_recordset($33::text::json) AS c(execution_id uuid, at timestamptz), won w
  WHERE w.execution_id = c.execution_id AND k.execution_id = c.execution_id AND k.status IN ('pending', 'claimed')
    AND NOT EXISTS (SELECT 1 FROM json_to_recordset($32::text::json) AS x(task_id uuid) WHERE x.task_id = k.task_id)
  RETURNING k.tenant_id, k.task_id, 'canceled' AS kind, c.at
), activity AS (
  INSERT INTO workflow_task_activity (tenant_id, task_id, kind, at)
  SELECT w.tenant_id, k.task_id, 'created', k.created_at
  FROM json_to_recordset($31::text::json) AS k(execution_id uuid, task_id uuid, created_at timestamptz)
  JOIN won w ON w.execution_id = k.execution_id
  UNION ALL SELECT tenant_id, task_id, kind, at FROM tasks_expired
  UNION ALL SELECT tenant_id, task_id, kind, at FROM tasks_canceled
)
SELECT execution_id FROM won`;

/** Answers with the ids whose changes are committed. */
export async function flushExecutions(
  sql: Sql,
  workerId: string,
  flushes: readonly ExecutionFlush[],
): Promise<ReadonlySet<string>> {
  if (flushes.length === 0) return new Set();
  const rows = await sql.unsafe<{ execution_id: string }[]>(flushSql, parameters(workerId, flushes), { prepare: true });
  if (rows.length === 0) await assertNotFenced(sql, workerId);
  return new Set(rows.map((row) => row.execution_id));
}

type Parameter = string | (string | number | null)[];

function parameters(workerId: string, flushes: readonly ExecutionFlush[]): Parameter[] {
  return [
    workerId,
    ...headColumns(flushes),
    ...logColumns(flushes),
    ...resultColumns(flushes),
    ...projections(flushes),
  ];
}

function headColumns(flushes: readonly ExecutionFlush[]): Parameter[] {
  return [
    flushes.map((flush) => flush.executionId),
    flushes.map((flush) => flush.partitionId),
    flushes.map((flush) => flush.expectedHead),
    flushes.map((flush) => flush.expectedHead + flush.entries.length),
    flushes.map((flush) => flush.status),
    flushes.map((flush) => flush.state),
    flushes.map((flush) => (flush.end ? text(flush.end.result) : null)),
    flushes.map((flush) => text(flush.end?.error ?? flush.blockedBy)),
  ];
}

function logColumns(flushes: readonly ExecutionFlush[]): Parameter[] {
  const entries = flushes.flatMap(({ executionId, entries }) =>
    entries.map((entry) => ({ executionId, entry, columns: entryColumns(entry) })),
  );
  return [
    entries.map(({ executionId }) => executionId),
    entries.map(({ entry }) => entry.seq),
    entries.map(({ entry }) => entry.kind),
    entries.map(({ columns }) => columns.name),
    entries.map(({ columns }) => columns.commandId),
    entries.map(({ columns }) => text(columns.payload)),
    entries.map(({ entry }) => iso(entry.at)),
  ];
}

function resultColumns(flushes: readonly ExecutionFlush[]): Parameter[] {
  const results = flushes.flatMap(({ executionId, results }) => results.map((result) => ({ executionId, ...result })));
  return [
    results.map((result) => result.executionId),
    results.map((result) => result.commandId),
    results.map((result) => result.actionName),
    results.map(({ outcome }) => outcome.status),
    results.map(({ outcome }) => text(outcome.params)),
    results.map(({ outcome }) => (outcome.status === 'completed' ? JSON.stringify(outcome.result) : null)),
    results.map(({ outcome }) => (outcome.status === 'failed' ? JSON.stringify(outcome.error) : null)),
    results.map(({ outcome }) => outcome.attempts),
    results.map(({ outcome }) => iso(outcome.startedAtMs)),
    results.map(({ outcome }) => iso(outcome.completedAtMs)),
  ];
}

function projections(flushes: readonly ExecutionFlush[]): Parameter[] {
  const list = <T>(rows: (flush: ExecutionFlush) => readonly T[]) =>
    JSON.stringify(flushes.flatMap((flush) => rows(flush).map((row) => ({ execution_id: flush.executionId, ...row }))));
  return [
    list((flush) =>
      flush.timersAdded.map(({ commandId, fireAtMs, taskId }) => {
        return { command_id: commandId, fire_at: iso(fireAtMs), task_id: taskId };
      }),
    ),
    list((flush) => flush.timersDropped.map((commandId) => ({ command_id: commandId }))),
    list((flush) =>
      flush.waitsAdded.map(({ commandId, kind, names, deadlineMs, taskId, sinceMs }) => {
        const deadline = deadlineMs === null ? null : iso(deadlineMs);
        return { command_id: commandId, kind, names, deadline, task_id: taskId, since: iso(sinceMs) };
      }),
    ),
    list((flush) => flush.waitsEnded.map((commandId) => ({ command_id: commandId }))),
    list((flush) => flush.tasksAdded.map(taskColumns)),
    list((flush) => flush.tasksExpired.map((taskId) => ({ task_id: taskId, at: iso(flush.atMs) }))),
    list((flush) => (flush.cancelOpenTasks ? [{ at: iso(flush.atMs) }] : [])),
  ];
}

function taskColumns({ commandId, createdAtMs, status, row }: ExecutionFlush['tasksAdded'][number]) {
  return {
    task_id: row.taskId,
    command_id: commandId,
    task_type: row.taskType,
    task_definition_type: row.taskDefinitionType,
    tenant_task_definition_id: row.tenantTaskDefinitionId,
    system_task_definition_task_type: row.systemTaskDefinitionTaskType,
    form_type: row.formType,
    form_id: row.formId,
    form_version: row.formVersion,
    title: row.title,
    description: row.description,
    status,
    priority: row.priority,
    candidate_roles: row.candidateRoles,
    candidate_users: row.candidateUsers,
    excluded_users: row.excludedUsers,
    requested_by: row.requestedBy,
    subject: row.subject,
    context_data: row.contextData,
    warnings: row.warnings,
    completion_event: row.completionEvent,
    due_at: row.dueAtMs === null ? null : iso(row.dueAtMs),
    expires_at: row.expiresAtMs === null ? null : iso(row.expiresAtMs),
    created_at: iso(createdAtMs),
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** A JSON column: null stays SQL null. */
const text = (value: unknown): string | null => (value === null || value === undefined ? null : JSON.stringify(value));

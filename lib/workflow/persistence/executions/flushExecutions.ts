/**
 * What many executions did since their last commit, in one statement. Rows are locked in key order: executions first,
 * then tasks. People who complete tasks lock the task row alone, so the two cannot deadlock.
 */
import type { Sql } from 'postgres';
import type { HistoryEntry } from '../../model/history';
import { probesOfWait } from '../../model/match';
import type { ExecutionFlush, TaskChangeRow } from '../../model/ports/store';
import { ArrayText } from '../arrayText';
import { assertNotFenced } from './fence';
import { relationColumns, relationParameters, relationsSql } from './flushRelations';
import { entryColumns } from './historyRows';

/**
 * Heads, log and results: all that most flushes write. Rows of log and results name their execution by its place among
 * the heads, and instants travel as milliseconds: both are a third of the work that ids and dates in text would be.
 */
const coreSql = (moreColumns = ''): string => `
WITH fence AS MATERIALIZED (
  SELECT 1 FROM workflow_workers WHERE worker_id = $1::uuid AND fenced_at IS NULL FOR SHARE
), head AS MATERIALIZED (
  SELECT * FROM unnest($2::uuid[], $3::smallint[], $4::int[], $5::int[], $6::text[], $7::text[], $8::text[], $9::text[])
    WITH ORDINALITY AS h(execution_id, partition_id, expected, head_seq, status, state, result, error, place)
), won AS (
  UPDATE workflow_executions e
  SET head_seq = h.head_seq, status = h.status,
      -- What the code said last before it was blocked is not in the log.
      state = CASE WHEN h.status = 'blocked_on_code' THEN e.state ELSE h.state END,
      result = h.result::json, error = h.error::json,
      updated_at = clock_timestamp(),
      ended_at = CASE WHEN h.status IN ('completed', 'failed', 'canceled', 'terminated', 'continued_as_new')
                      THEN clock_timestamp() END${moreColumns}
  FROM head h
  WHERE e.execution_id = h.execution_id AND e.partition_id = h.partition_id AND e.head_seq = h.expected
    AND e.status IN ('pending', 'running', 'waiting', 'paused', 'blocked_on_code') AND EXISTS (SELECT 1 FROM fence)
  RETURNING e.execution_id, e.partition_id, e.tenant_id, h.place::int AS place
), log AS (
  INSERT INTO workflow_events (execution_id, partition_id, seq, tenant_id, kind, name, command_id, payload, at)
  SELECT w.execution_id, w.partition_id, n.seq, w.tenant_id, n.kind, n.name, n.command_id, n.payload::json,
         to_timestamp(n.at / 1000)
  FROM unnest($10::int[], $11::int[], $12::text[], $13::text[], $14::text[], $15::text[], $16::float8[])
    AS n(place, seq, kind, name, command_id, payload, at)
  JOIN won w ON w.place = n.place
), results AS (
  INSERT INTO workflow_action_results (execution_id, partition_id, command_id, tenant_id, action_name, status, params,
                                       result, error, attempts, started_at, completed_at)
  SELECT w.execution_id, w.partition_id, r.command_id, w.tenant_id, r.action_name, r.status, r.params::json,
         r.result::json, r.error::json, r.attempts, to_timestamp(r.started_at / 1000), to_timestamp(r.completed_at / 1000)
  FROM unnest($17::int[], $18::text[], $19::text[], $20::text[], $21::text[], $22::text[], $23::text[],
              $24::smallint[], $25::float8[], $26::float8[])
    AS r(place, command_id, action_name, status, params, result, error, attempts, started_at, completed_at)
  JOIN won w ON w.place = r.place`;

const plainCoreSql = coreSql();
const relatedCoreSql = coreSql(relationColumns);

/**
 * A note of an attempt that failed, or that started, may be there already. Asking costs a tenth of the statement, so
 * most do not. An outcome may be there too, of a database action, which leaves the head as it is, or of a job: it
 * stands, and the statement fails as a whole by a division by zero. A condition in the statement would not do: it reads
 * the snapshot, and this the newest version of the row.
 */
const mergeSql = `
  ON CONFLICT (execution_id, command_id, partition_id) DO UPDATE
  SET status = excluded.status, params = excluded.params, result = excluded.result, error = excluded.error,
      attempts = excluded.attempts / CASE WHEN workflow_action_results.status IN ('completed', 'failed') THEN 0 ELSE 1 END,
      completed_at = excluded.completed_at, next_attempt_at = NULL`;

/** Timers and waits, for flushes that touch any, or tasks. */
const waitsSql = `), timers_added AS (
  INSERT INTO workflow_timers (execution_id, partition_id, command_id, tenant_id, fire_at, task_id)
  SELECT w.execution_id, w.partition_id, t.command_id, w.tenant_id, t.fire_at, t.task_id
  FROM json_to_recordset($27::text::json) AS t(execution_id uuid, command_id text, fire_at timestamptz, task_id uuid)
  JOIN won w ON w.execution_id = t.execution_id
), timers_dropped AS (
  DELETE FROM workflow_timers t
  USING json_to_recordset($28::text::json) AS d(execution_id uuid, command_id text), won w
  WHERE w.execution_id = d.execution_id AND t.execution_id = d.execution_id AND t.command_id = d.command_id
), waits_added AS (
  INSERT INTO workflow_waits (execution_id, partition_id, command_id, tenant_id, kind, names, deadline, task_id, since,
                              match, match_probes)
  SELECT w.execution_id, w.partition_id, a.command_id, w.tenant_id, a.kind,
         ARRAY(SELECT json_array_elements_text(a.names)), a.deadline, a.task_id, a.since, a.match, a.match_probes
  FROM json_to_recordset($29::text::json)
    AS a(execution_id uuid, command_id text, kind text, names json, deadline timestamptz, task_id uuid,
         since timestamptz, match json, match_probes text[])
  JOIN won w ON w.execution_id = a.execution_id
), waits_ended AS (
  DELETE FROM workflow_waits a
  USING json_to_recordset($30::text::json) AS d(execution_id uuid, command_id text), won w
  WHERE w.execution_id = d.execution_id AND a.execution_id = d.execution_id AND a.command_id = d.command_id`;

/**
 * Tasks, for flushes that touch any. Apart from the waits: to set up its parts takes the server longer than all the rest
 * of a commit of one execution.
 */
const tasksSql = `), tasks_added AS (
  INSERT INTO workflow_tasks (task_id, tenant_id, execution_id, partition_id, command_id, task_type,
    task_definition_type, tenant_task_definition_id, system_task_definition_task_type, form_type, form_id, form_version,
    title, description, status, priority, candidate_roles, candidate_users, excluded_users, requested_by, subject,
    fingerprint, context_data, warnings, completion_event, due_at, follow_up_at, expires_at, created_at, ended_at)
  SELECT k.task_id, w.tenant_id, w.execution_id, w.partition_id, k.command_id, k.task_type,
    k.task_definition_type, k.tenant_task_definition_id, k.system_task_definition_task_type, k.form_type, k.form_id,
    k.form_version, k.title, k.description, k.status, k.priority,
    ARRAY(SELECT json_array_elements_text(k.candidate_roles)), ARRAY(SELECT json_array_elements_text(k.candidate_users)),
    ARRAY(SELECT json_array_elements_text(k.excluded_users)), k.requested_by, k.subject,
    k.fingerprint, k.context_data, k.warnings, k.completion_event, k.due_at, k.follow_up_at, k.expires_at, k.created_at, CASE WHEN k.status <> 'pending' THEN k.created_at END
  FROM json_to_recordset($31::text::json) AS k(execution_id uuid, task_id uuid, command_id text, task_type text,
    task_definition_type text, tenant_task_definition_id uuid, system_task_definition_task_type text, form_type text,
    form_id uuid, form_version int, title text, description text, status text, priority text, candidate_roles json,
    candidate_users json, excluded_users json, requested_by text, subject text, fingerprint text, context_data json, warnings json,
    completion_event text, due_at timestamptz, follow_up_at timestamptz, expires_at timestamptz, created_at timestamptz)
  JOIN won w ON w.execution_id = k.execution_id
), tasks_changed AS (
  UPDATE workflow_tasks k
  SET status = coalesce(x.status, CASE WHEN x.frees THEN 'pending' END, k.status),
      outcome = coalesce(x.outcome, k.outcome), output = coalesce(x.output, k.output),
      ended_at = CASE WHEN x.status IS NULL THEN k.ended_at ELSE x.at END,
      assignee = CASE WHEN x.frees THEN NULL ELSE k.assignee END, owner = CASE WHEN x.frees THEN NULL ELSE k.owner END,
      claimed_at = CASE WHEN x.frees THEN NULL ELSE k.claimed_at END,
      question_to = CASE WHEN x.frees THEN NULL ELSE k.question_to END,
      question_by = CASE WHEN x.frees THEN NULL ELSE k.question_by END,
      question = CASE WHEN x.frees THEN NULL ELSE k.question END,
      candidate_roles = k.candidate_roles
        || ARRAY(SELECT r FROM json_array_elements_text(x.roles) r WHERE NOT (r = ANY(k.candidate_roles))),
      candidate_users = k.candidate_users
        || ARRAY(SELECT u FROM json_array_elements_text(x.users) u WHERE NOT (u = ANY(k.candidate_users))),
      updated_at = x.at,
      -- A reminder is nothing that an answer under way would be outdated by.
      version = k.version + CASE WHEN x.status IS NULL AND NOT x.frees THEN 0 ELSE 1 END
  FROM json_to_recordset($32::text::json) AS x(execution_id uuid, task_id uuid, status text, outcome text, output json,
    frees bool, roles json, users json, activities json, at timestamptz), won w
  WHERE w.execution_id = x.execution_id AND k.task_id = x.task_id AND k.execution_id = x.execution_id
    AND k.status IN ('pending', 'claimed')
  RETURNING k.tenant_id, k.task_id, x.activities, x.at
), tasks_canceled AS (
  UPDATE workflow_tasks k SET status = 'canceled', ended_at = c.at, updated_at = c.at, version = k.version + 1
  FROM json_to_recordset($33::text::json) AS c(execution_id uuid, at timestamptz), won w
  WHERE w.execution_id = c.execution_id AND k.execution_id = c.execution_id AND k.status IN ('pending', 'claimed')
    AND NOT EXISTS (SELECT 1 FROM json_to_recordset($32::text::json) AS x(task_id uuid) WHERE x.task_id = k.task_id)
  RETURNING k.tenant_id, k.task_id, 'canceled' AS kind, c.at
), activity AS (
  INSERT INTO workflow_task_activity (tenant_id, task_id, kind, detail, at)
  SELECT w.tenant_id, k.task_id, 'created', NULL::json, k.created_at
  FROM json_to_recordset($31::text::json) AS k(execution_id uuid, task_id uuid, created_at timestamptz)
  JOIN won w ON w.execution_id = k.execution_id
  UNION ALL SELECT c.tenant_id, c.task_id, a.kind, a.detail, c.at
  FROM tasks_changed c, json_to_recordset(c.activities) AS a(kind text, detail json)
  UNION ALL SELECT tenant_id, task_id, kind, NULL, at FROM tasks_canceled`;

/** One row whatever was written: the driver takes many times as long for a row as for a number in a list. */
const answerSql = `) SELECT coalesce(string_agg(place::text, ','), '') AS places FROM won`;

/** Answers with the ids whose changes are committed. */
export async function flushExecutions(
  sql: Sql,
  workerId: string,
  flushes: readonly ExecutionFlush[],
): Promise<ReadonlySet<string>> {
  let ordered = flushes.length < 2 ? flushes : [...flushes].sort(byExecutionId);
  let merges = ordered.some(({ results }) => results.some(({ outcome }) => outcome.attempts > 1));
  while (ordered.length > 0) {
    try {
      const won = await write(sql, workerId, ordered, merges);
      if (won.length === 0) await assertNotFenced(sql, workerId);
      return new Set(won.map(({ executionId }) => executionId));
    } catch (error) {
      const isFirst = isTaken(error) && !merges;
      if (!isFirst && !isTaken(error) && !isSettled(error)) throw error;
      const open = await withoutSettled(sql, ordered);
      // Another key than that of a result.
      if (!isFirst && isTaken(error) && open.length === ordered.length) throw error;
      ordered = open;
      merges = true;
    }
  }
  return new Set();
}

/** Answers with those whose changes are committed. */
async function write(
  sql: Sql,
  workerId: string,
  ordered: readonly ExecutionFlush[],
  merges: boolean,
): Promise<readonly ExecutionFlush[]> {
  const related = ordered.some(({ relations }) => relations !== null);
  const hasTasks = related || ordered.some(touchesTasks);
  const hasWaits = hasTasks || ordered.some(touchesWaits);
  const values = [
    workerId,
    ...core(ordered),
    ...(hasWaits ? waitParameters(ordered) : []),
    ...(hasTasks ? taskParameters(ordered) : []),
    ...(related ? relationParameters(ordered) : []),
  ];
  const statement =
    (related ? relatedCoreSql : plainCoreSql) +
    (merges ? mergeSql : '') +
    (hasWaits ? waitsSql : '') +
    (hasTasks ? tasksSql : '') +
    (related ? relationsSql : '') +
    answerSql;
  const [answer] = await sql.unsafe<{ places: string }[]>(statement, values, { prepare: true });
  const places = answer?.places ? answer.places.split(',') : [];
  // All of them, but for those that somebody else has written meanwhile.
  if (places.length === ordered.length) return ordered;
  return places.flatMap((place) => ordered[Number(place) - 1] ?? []);
}

/**
 * Leaves out what brings an outcome where another one stands: a late flush of somebody who could not know of it, or one
 * whose own predecessor came through late. It loses as by its head.
 */
async function withoutSettled(sql: Sql, flushes: readonly ExecutionFlush[]): Promise<readonly ExecutionFlush[]> {
  const keys = flushes.flatMap(({ executionId, results }) =>
    results.map(({ commandId }) => ({ execution_id: executionId, command_id: commandId })),
  );
  const rows = await sql<{ execution_id: string }[]>`
    SELECT DISTINCT r.execution_id
    FROM workflow_action_results r
    JOIN json_to_recordset(${JSON.stringify(keys)}::text::json) AS k(execution_id uuid, command_id text)
      ON r.execution_id = k.execution_id AND r.command_id = k.command_id
    WHERE r.status IN ('completed', 'failed')`;
  const settled = new Set(rows.map((row) => row.execution_id));
  return settled.size === 0 ? flushes : flushes.filter(({ executionId }) => !settled.has(executionId));
}

/** In key order, so that two who lock some of the same rows wait for each other instead of dying. */
const byExecutionId = (a: ExecutionFlush, b: ExecutionFlush): number => (a.executionId < b.executionId ? -1 : 1);

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code;

/** A row of this key is there. The statement was rolled back as a whole. */
const isTaken = (error: unknown): boolean => codeOf(error) === '23505';

/** An outcome stands where another one was to be merged. */
const isSettled = (error: unknown): boolean => codeOf(error) === '22012';

function touchesWaits({ timersAdded, timersDropped, waitsAdded, waitsEnded }: ExecutionFlush): boolean {
  return timersAdded.length + timersDropped.length + waitsAdded.length + waitsEnded.length > 0;
}

function touchesTasks({ tasksAdded, tasksChanged, cancelOpenTasks }: ExecutionFlush): boolean {
  return cancelOpenTasks || tasksAdded.length + tasksChanged.length > 0;
}

function core(flushes: readonly ExecutionFlush[]): string[] {
  const heads = new HeadColumns();
  const log = new LogColumns();
  const results = new ResultColumns();
  let place = 0;
  for (const flush of flushes) {
    place += 1;
    heads.add(flush);
    for (const entry of flush.entries) log.add(place, entry);
    for (const result of flush.results) results.add(place, result);
  }
  return [heads, log, results].flatMap((columns) => Object.values(columns).map(String));
}

/** The columns of each class are in the order of the statement's parameters. */
class HeadColumns {
  readonly executionId = new ArrayText();
  readonly partitionId = new ArrayText();
  readonly expected = new ArrayText();
  readonly headSeq = new ArrayText();
  readonly status = new ArrayText();
  readonly state = new ArrayText();
  readonly result = new ArrayText();
  readonly error = new ArrayText();

  add(flush: ExecutionFlush): void {
    const { end } = flush;
    this.executionId.plain(flush.executionId);
    this.partitionId.plain(flush.partitionId);
    this.expected.plain(flush.expectedHead);
    this.headSeq.plain(flush.expectedHead + flush.entries.length);
    this.status.plain(flush.status);
    this.state.text(flush.state);
    this.result.json(end && text(end.result));
    this.error.json(text(end?.error ?? flush.blockedBy));
  }
}

class LogColumns {
  readonly place = new ArrayText();
  readonly seq = new ArrayText();
  readonly kind = new ArrayText();
  readonly name = new ArrayText();
  readonly commandId = new ArrayText();
  readonly payload = new ArrayText();
  readonly at = new ArrayText();

  add(place: number, entry: HistoryEntry): void {
    const { name, commandId, payload } = entryColumns(entry);
    this.place.plain(place);
    this.seq.plain(entry.seq);
    this.kind.plain(entry.kind);
    this.name.text(name);
    this.commandId.text(commandId);
    this.payload.json(text(payload));
    this.at.plain(entry.at);
  }
}

class ResultColumns {
  readonly place = new ArrayText();
  readonly commandId = new ArrayText();
  readonly actionName = new ArrayText();
  readonly status = new ArrayText();
  readonly params = new ArrayText();
  readonly result = new ArrayText();
  readonly error = new ArrayText();
  readonly attempts = new ArrayText();
  readonly startedAt = new ArrayText();
  readonly completedAt = new ArrayText();

  add(place: number, { commandId, actionName, outcome }: ExecutionFlush['results'][number]): void {
    this.place.plain(place);
    this.commandId.text(commandId);
    this.actionName.text(actionName);
    this.status.plain(outcome.status);
    this.params.json(text(outcome.params));
    this.result.json(outcome.status === 'completed' ? JSON.stringify(outcome.result) : null);
    this.error.json(outcome.status === 'failed' ? JSON.stringify(outcome.error) : null);
    this.attempts.plain(outcome.attempts);
    this.startedAt.plain(outcome.startedAtMs);
    this.completedAt.plain(outcome.completedAtMs);
  }
}

function waitParameters(flushes: readonly ExecutionFlush[]): string[] {
  return [
    rowsOf(flushes, (flush) =>
      flush.timersAdded.map(({ commandId, fireAtMs, taskId }) => {
        return { command_id: commandId, fire_at: iso(fireAtMs), task_id: taskId };
      }),
    ),
    rowsOf(flushes, (flush) => flush.timersDropped.map((commandId) => ({ command_id: commandId }))),
    rowsOf(flushes, (flush) =>
      flush.waitsAdded.map(({ commandId, kind, names, match, deadlineMs, taskId, sinceMs }) => {
        const deadline = deadlineMs === null ? null : iso(deadlineMs);
        const row = { command_id: commandId, kind, names, deadline, task_id: taskId, since: iso(sinceMs) };
        if (match === null) return row;
        return { ...row, match, match_probes: probesOfWait({ tenant: flush.tenant, names, match }) };
      }),
    ),
    rowsOf(flushes, (flush) => flush.waitsEnded.map((commandId) => ({ command_id: commandId }))),
  ];
}

function taskParameters(flushes: readonly ExecutionFlush[]): string[] {
  return [
    rowsOf(flushes, (flush) => flush.tasksAdded.map(taskColumns)),
    rowsOf(flushes, (flush) => flush.tasksChanged.map((task) => changedTaskColumns(task, flush.atMs))),
    rowsOf(flushes, (flush) => (flush.cancelOpenTasks ? [{ at: iso(flush.atMs) }] : [])),
  ];
}

/** Rows of all of them, each with the id of its execution. */
function rowsOf(flushes: readonly ExecutionFlush[], rows: (flush: ExecutionFlush) => readonly object[]): string {
  return JSON.stringify(
    flushes.flatMap((flush) => rows(flush).map((row) => ({ execution_id: flush.executionId, ...row }))),
  );
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
    fingerprint: row.fingerprint,
    context_data: row.contextData,
    warnings: row.warnings,
    completion_event: row.completionEvent,
    due_at: row.dueAtMs === null ? null : iso(row.dueAtMs),
    follow_up_at: row.followUpAtMs === null ? null : iso(row.followUpAtMs),
    expires_at: row.expiresAtMs === null ? null : iso(row.expiresAtMs),
    created_at: iso(createdAtMs),
  };
}

function changedTaskColumns({ taskId, end, roles, users, activities }: TaskChangeRow, atMs: number) {
  const answer = end?.status === 'completed' ? { outcome: end.outcome, output: end.output } : {};
  const frees = end === null && roles.length + users.length > 0;
  return { task_id: taskId, status: end?.status, ...answer, frees, roles, users, activities, at: iso(atMs) };
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** A JSON column: null stays SQL null. */
const text = (value: unknown): string | null => (value === null || value === undefined ? null : JSON.stringify(value));

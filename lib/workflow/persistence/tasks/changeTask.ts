/**
 * The shape that all changes of a task share: one statement that updates the row where it is as expected, writes the
 * activity that tells of it, and, where the change ends the task, the event for the workflow. The task's row is the
 * first that it locks; the engine, which locks executions before tasks, never waits for a row that this holds while
 * this waits for one of the engine's. The event names the task as the log of its execution does.
 */
import type { Fragment, Sql } from 'postgres';
import { encodeJson, type JsonObject, type JsonValue } from '../../model/json';
import type { EndedAlong, EndedTasks, GuardedChange } from '../../model/ports/taskStore';
import { isSecondPerson } from './fourEyes';

interface ChangedRow {
  task_id: string;
  version: number;
  execution_id: string;
  partition_id: number;
}

export interface TaskChange extends GuardedChange {
  /** Assignments of the UPDATE; `k` is the task, `l.now` the time of the change. */
  readonly set: Fragment;
  /** What the row must be like; otherwise nothing changes. */
  readonly expects: Fragment;
  /** What it was like, for activities: columns of `k` before the change. */
  readonly activities: readonly {
    readonly kind: string;
    readonly detail?: JsonObject;
    /** Written only where the row was like this before; absent: always. */
    readonly when?: 'was_pending';
  }[];
  /** Whoever makes the change may take it back; `newCandidate` is who becomes a candidate by it. */
  readonly undo?: { readonly newCandidate?: string };
  /** The change ends the task with this: the workflow is told in the same commit. `l.output` in `set`. */
  readonly ends?: { readonly output: JsonValue; readonly along?: readonly EndedAlong[] | undefined };
}

/** @returns null when the task was not as expected. */
export async function changeTask(sql: Sql, change: TaskChange): Promise<EndedTasks | null> {
  const { tenant, taskId, userId, expectedVersion = null, set, expects, activities, undo, ends } = change;
  const kinds = activities.map(({ kind }) => kind);
  const details = activities.map(({ detail }) => (detail === undefined ? null : JSON.stringify(detail)));
  const whens = activities.map(({ when = 'always' }) => when);
  const output = ends ? encodeJson(ends.output, 'The answers') : null;
  const rows = await sql<ChangedRow[]>`
    WITH first AS MATERIALIZED (
      SELECT task_id, status AS status_before, fingerprint, ${output}::text AS output, clock_timestamp() AS now,
        ${undo ? before(sql, undo) : sql`NULL::json`} AS before
      FROM workflow_tasks k
      WHERE tenant_id = ${tenant} AND task_id = ${taskId} AND status IN ('pending', 'claimed')
        AND closing_at IS NULL AND (${expectedVersion}::int IS NULL OR version = ${expectedVersion}::int)
        AND ${expects}
      FOR UPDATE
    ), ${locked(sql, change)}, changed AS (
      UPDATE workflow_tasks k SET ${set}, updated_at = l.now, version = k.version + 1
      FROM locked l WHERE k.task_id = l.task_id
      RETURNING k.*, l.status_before, l.now, l.before
    ), activity AS (
      INSERT INTO workflow_task_activity (tenant_id, task_id, kind, actor, detail, at, version, before)
      SELECT c.tenant_id, c.task_id, a.kind, ${userId}::text,
        CASE WHEN ${ends !== undefined}::bool AND a.kind <> 'claimed' AND n.together > 1
          THEN (coalesce(a.detail::jsonb, '{}') || jsonb_build_object('together', n.together))::json
          ELSE a.detail::json END, c.now, c.version, c.before
      FROM changed c, (SELECT count(*)::int AS together FROM changed) n, unnest(${kinds}::text[], ${details}::text[], ${whens}::text[])
        WITH ORDINALITY AS a(kind, detail, only_when, place)
      WHERE a.only_when = 'always' OR c.status_before = 'pending'
      ORDER BY a.place
    ), inbox AS (
      INSERT INTO workflow_events (execution_id, partition_id, tenant_id, kind, name, payload, at)
      SELECT execution_id, partition_id, tenant_id, 'task_ended', completion_event, json_build_object(
        'taskId', coalesce(logged_task_id, task_id), 'status', status, 'outcome', outcome, 'output', output, 'by', ended_by,
        'formVersion', form_version, 'eventName', completion_event,
        'endedAt', to_char(ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')), now
      FROM changed WHERE ${ends !== undefined}::bool
    )
    SELECT task_id, version, execution_id, partition_id FROM changed`;
  const tasks = rows.map((row) => ({
    taskId: row.task_id,
    version: row.version,
    executionId: row.execution_id,
    partitionId: row.partition_id,
  }));
  const [changed, along] = [
    tasks.find((task) => task.taskId === taskId),
    tasks.filter((task) => task.taskId !== taskId),
  ];
  return changed ? { ...changed, along } : null;
}

/**
 * The rows that change: the task, and behind its lock those that end along with it. Of these nobody's lock is waited
 * for: who holds several rows and waits for one more could wait for somebody who waits for them.
 */
function locked(sql: Sql, { tenant, userId, ends }: TaskChange): Fragment {
  const along = ends?.along ?? [];
  if (along.length === 0) return sql`locked AS (SELECT * FROM first)`;
  const ids = along.map(({ taskId }) => taskId);
  const outputs = along.map(({ output }) => encodeJson(output, 'The answers'));
  return sql`alike AS MATERIALIZED (
      SELECT k.task_id, k.status AS status_before, k.fingerprint, g.output, f.now, f.before
      FROM first f
      JOIN workflow_tasks k ON k.tenant_id = ${tenant} AND k.fingerprint = f.fingerprint AND k.task_id <> f.task_id
      JOIN unnest(${ids}::uuid[], ${outputs}::text[]) AS g(task_id, output) ON g.task_id = k.task_id
      WHERE k.closing_at IS NULL AND ${mayEndAlong(sql, userId)}
      FOR UPDATE OF k SKIP LOCKED
    ), locked AS (SELECT * FROM first UNION ALL SELECT * FROM alike)`;
}

/** What there is to go back to, as `TaskBefore`. */
const before = (sql: Sql, { newCandidate = null }: { readonly newCandidate?: string | null }): Fragment => sql`
  json_build_object('status', status, 'assignee', assignee, 'owner', owner, 'claimedAt', claimed_at,
    'questionTo', question_to, 'questionBy', question_by, 'question', question, 'priority', priority,
    'dueAt', due_at, 'followUpAt', follow_up_at,
    'newCandidate', CASE WHEN NOT (${newCandidate}::text = ANY(candidate_users)) THEN ${newCandidate}::text END)`;

/** A task that nobody else is at: who may end the first of its kind may end it too. */
export const mayEndAlong = (sql: Sql, userId: string) => sql`
  (k.status = 'pending' OR (k.status = 'claimed' AND k.assignee = ${userId} AND k.owner IS NULL))
  AND ${isSecondPerson(sql, userId)}`;

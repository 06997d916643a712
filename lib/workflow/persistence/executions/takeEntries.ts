/**
 * Reading the inbox is taking it: one statement gives inbox rows and due timers their places in the log.
 *
 * - `fence` share-locks the worker's own row. A takeover waits for this commit; after a takeover the row does not
 *   qualify any more and nothing is taken. `FOR SHARE` reads the newest version, whatever the snapshot.
 * - `locked` compares the head with what the worker believes, again on the newest version of the row.
 * - A due timer that guards a task closes the task here, under the task's row lock. Where somebody completed the task
 *   first, the timer goes without an entry: the completion is in the inbox. Afterwards nobody can complete it.
 * - Such a timer waits for a later take while something of the execution comes before it: the code that this makes go on
 *   may withdraw the timer, and a task once closed could be neither completed nor expired.
 * - Inbox rows keep their order of arrival; timers stand where their time puts them among those.
 * - However the tables are filled, only rows of these executions are read: lateral joins fix the way in, rows found are
 *   changed by their place (`ctid`), and the status of a task is no condition by which an index would be chosen. The lock
 *   on the execution keeps its inbox and timers as they were found; tasks, which others change, are found by their key.
 */
import type { Sql } from 'postgres';
import type { StoredActionResult, TakeItem, TakenEntries } from '../../model/ports/store';
import { assertNotFenced } from './fence';
import { storedResult, type ResultRow } from './loadExecutions';
import { expectedHeads, takenFrom, type TakenRow } from './takenRows';

const resultsSql = `
SELECT execution_id, command_id, action_name, status, params, result, error, attempts, started_at,
       next_attempt_at, completed_at, via_inbox
FROM workflow_action_results WHERE execution_id = ANY($1::uuid[])`;

const lockedSql = `
WITH fence AS MATERIALIZED (
  SELECT 1 FROM workflow_workers WHERE worker_id = $1::uuid AND fenced_at IS NULL FOR SHARE
), wanted AS (
  SELECT w.execution_id, w.partition_id, w.head_seq, to_timestamp(w.at / 1000) AS at
  FROM unnest($2::uuid[], $3::smallint[], $4::int[], $5::float8[]) AS w(execution_id, partition_id, head_seq, at)
), locked AS MATERIALIZED (
  SELECT e.execution_id, e.partition_id, e.tenant_id, e.head_seq, w.at
  FROM workflow_executions e
  JOIN wanted w ON w.execution_id = e.execution_id AND w.partition_id = e.partition_id AND w.head_seq = e.head_seq
  WHERE e.status IN ('pending', 'running', 'waiting') AND EXISTS (SELECT 1 FROM fence)
  ORDER BY e.execution_id FOR UPDATE OF e
)`;

const placedSql = `, moved AS (
  UPDATE workflow_events i SET seq = n.seq, at = n.at
  FROM numbered n
  WHERE i.ctid = n.place AND i.seq IS NULL
), heads AS (
  UPDATE workflow_executions e
  SET head_seq = c.head_seq, status = 'running', updated_at = clock_timestamp()
  FROM (SELECT execution_id, partition_id, max(seq) AS head_seq FROM numbered GROUP BY 1, 2) c
  WHERE e.execution_id = c.execution_id AND e.partition_id = c.partition_id
)`;

const answerSql = `
SELECT execution_id, seq, at, kind, name, command_id, payload FROM numbered
UNION ALL
SELECT execution_id, NULL, NULL, NULL, NULL, NULL, NULL FROM locked
ORDER BY execution_id, seq`;

/** Of executions without timers, which most are: a quarter of the parts to set up. */
const inboxSql = `${lockedSql}, numbered AS MATERIALIZED (
  SELECT l.execution_id, l.partition_id, i.kind, i.name, i.command_id, i.payload, i.place, l.at,
         l.head_seq + (row_number() OVER (PARTITION BY l.execution_id ORDER BY i.row_id))::int AS seq
  FROM locked l CROSS JOIN LATERAL (
    SELECT i.*, i.ctid AS place FROM workflow_events i
    WHERE i.execution_id = l.execution_id AND i.partition_id = l.partition_id
      AND i.seq IS NULL AND i.disposition IS NULL
    OFFSET 0) i
)${placedSql}${answerSql}`;

const takeSql = `${lockedSql}, due AS MATERIALIZED (
  SELECT t.*, l.head_seq, l.at
  FROM locked l CROSS JOIN LATERAL (
    SELECT t.execution_id, t.partition_id, t.tenant_id, t.command_id, t.fire_at, t.task_id, t.ctid AS place
    FROM workflow_timers t
    WHERE t.execution_id = l.execution_id AND t.partition_id = l.partition_id
      AND t.fire_at <= clock_timestamp() + $6::bigint * interval '1 millisecond'
      AND NOT (
        t.task_id IS NOT NULL
        AND coalesce((SELECT k.status IN ('pending', 'claimed') FROM workflow_tasks k WHERE k.task_id = t.task_id), false)
        AND (
          EXISTS (SELECT 1 FROM workflow_events i
                  WHERE i.partition_id = l.partition_id AND i.execution_id = l.execution_id
                    AND i.seq IS NULL AND i.disposition IS NULL AND i.at <= t.fire_at)
          OR EXISTS (SELECT 1 FROM workflow_timers o
                     WHERE o.execution_id = l.execution_id
                       AND (o.fire_at, o.command_id) < (t.fire_at, t.command_id))
        )
      )
    OFFSET 0) t
), closing AS (
  UPDATE workflow_tasks k SET closing_at = clock_timestamp() + $6::bigint * interval '1 millisecond'
  FROM due d WHERE d.task_id = k.task_id AND (k.status IN ('pending', 'claimed')) IS TRUE RETURNING k.task_id
), gone AS (
  DELETE FROM workflow_timers t USING due d WHERE t.ctid = d.place
), arrived AS (
  SELECT i.execution_id, i.partition_id, i.tenant_id, i.row_id, i.kind, i.name, i.command_id, i.payload, i.place,
         max(i.at) OVER (PARTITION BY i.execution_id ORDER BY i.row_id) AS due_at, l.head_seq, l.at AS taken_at
  FROM locked l CROSS JOIN LATERAL (
    SELECT i.*, i.ctid AS place FROM workflow_events i
    WHERE i.execution_id = l.execution_id AND i.partition_id = l.partition_id
      AND i.seq IS NULL AND i.disposition IS NULL
    OFFSET 0) i
  UNION ALL
  SELECT d.execution_id, d.partition_id, d.tenant_id, NULL, 'timer_fired', NULL, d.command_id, NULL, NULL, d.fire_at,
         d.head_seq, d.at
  FROM due d WHERE d.task_id IS NULL OR d.task_id IN (SELECT task_id FROM closing)
), numbered AS MATERIALIZED (
  SELECT a.*,
         a.head_seq + (row_number() OVER place)::int AS seq,
         greatest(a.taken_at, max(CASE WHEN a.row_id IS NULL THEN a.due_at END) OVER place) AS at
  FROM arrived a
  WINDOW place AS (PARTITION BY a.execution_id ORDER BY a.due_at, a.row_id NULLS LAST, a.command_id)
)${placedSql}, fired AS (
  INSERT INTO workflow_events (execution_id, partition_id, seq, tenant_id, kind, command_id, at)
  SELECT execution_id, partition_id, seq, tenant_id, kind, command_id, at FROM numbered WHERE row_id IS NULL
)${answerSql}`;

/** @param clockOffsetMs added to the database's clock; tests move time with it. */
export async function takeEntries(
  sql: Sql,
  workerId: string,
  items: readonly TakeItem[],
  clockOffsetMs: number,
): Promise<TakenEntries[]> {
  if (items.length === 0) return [];
  const values = [workerId, ...expectedHeads(items), items.map((item) => item.atMs)];
  const isWithoutTimers = items.every((item) => item.isWithoutTimers);
  const rows = await sql.unsafe<TakenRow[]>(
    isWithoutTimers ? inboxSql : takeSql,
    isWithoutTimers ? values : [...values, clockOffsetMs],
    { prepare: true },
  );
  if (rows.length === 0) await assertNotFenced(sql, workerId);
  const resultOf = await resultsOfJobs(sql, rows);
  return takenFrom(rows, (executionId, commandId) => resultOf.get(`${executionId}:${commandId}`));
}

/** Outcomes of jobs come through the inbox, and lie where those of all actions do. Hardly any take has one. */
async function resultsOfJobs(sql: Sql, rows: readonly TakenRow[]): Promise<ReadonlyMap<string, StoredActionResult>> {
  const ids = new Set(rows.flatMap((row) => (row.seq !== null && isOutcome(row.kind) ? [row.execution_id] : [])));
  if (ids.size === 0) return new Map();
  const results = await sql.unsafe<ResultRow[]>(resultsSql, [[...ids]], { prepare: true });
  return new Map(results.map((row) => [`${row.execution_id}:${row.command_id}`, storedResult(row)]));
}

const isOutcome = (kind: string): boolean => kind === 'action_completed' || kind === 'action_failed';

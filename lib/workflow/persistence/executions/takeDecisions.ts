/**
 * Gives decisions about executions their places in the log where nothing else may be taken: paused, blocked on code,
 * failed, or of code that this worker does not have. Everything else stays in the inbox. Like a take it is fenced and
 * compares the head. Rare, so that the take itself stays as lean as it is.
 *
 * - A request to cancel is for the code and waits until that runs.
 * - A failed execution takes a retry alone; with it the failed results named are set back, in the same commit, and what
 *   came too late for the failed run (an answered task, the end of a child, an event) is in the inbox again.
 * - A child that failed, was retried and ended another way told its parent of the failure alone. The retry of a failed
 *   parent puts that later end into its log, before itself, also where word of the failure is still in its inbox.
 * - A retry is closed as too late where another execution that has not ended holds the workflow key by now.
 * - Whatever is to be done next, `running` lets a successor find it if this worker dies now.
 */
import type { Sql } from 'postgres';
import type { TakenEntries, TakeDecisionsItem } from '../../model/ports/store';
import { assertNotFenced } from './fence';
import { expectedHeads, takenFrom, type TakenRow } from './takenRows';

const takeDecisionsSql = `
WITH fence AS MATERIALIZED (
  SELECT 1 FROM workflow_workers WHERE worker_id = $1::uuid AND fenced_at IS NULL FOR SHARE
), wanted AS (
  SELECT * FROM unnest($2::uuid[], $3::smallint[], $4::int[], $5::timestamptz[])
    AS w(execution_id, partition_id, head_seq, at)
), locked AS MATERIALIZED (
  SELECT e.execution_id, e.partition_id, e.tenant_id, e.head_seq, e.status, w.at,
         e.status = 'failed' AND e.workflow_key IS NOT NULL AND EXISTS (
           SELECT 1 FROM workflow_executions o
           WHERE o.tenant_id = e.tenant_id AND o.workflow_name = e.workflow_name AND o.workflow_key = e.workflow_key
             AND o.ended_at IS NULL) AS is_barred
  FROM workflow_executions e
  JOIN wanted w ON w.execution_id = e.execution_id AND w.partition_id = e.partition_id AND w.head_seq = e.head_seq
  WHERE e.status IN ('pending', 'running', 'waiting', 'paused', 'blocked_on_code', 'failed')
    AND EXISTS (SELECT 1 FROM fence)
  ORDER BY e.execution_id FOR UPDATE OF e
), asked AS MATERIALIZED (
  SELECT i.*, l.status, l.is_barred
  FROM locked l CROSS JOIN LATERAL (
    SELECT i.execution_id, i.row_id, i.kind, i.name, i.payload, i.ctid AS place FROM workflow_events i
    WHERE i.execution_id = l.execution_id AND i.partition_id = l.partition_id
      AND i.seq IS NULL AND i.disposition IS NULL
      AND i.kind IN ('terminate_requested', 'execution_paused', 'execution_resumed', 'execution_retried')
    OFFSET 0) i
), barred AS (
  UPDATE workflow_events i SET disposition = 'too_late'
  FROM asked a
  WHERE a.is_barred AND a.kind = 'execution_retried' AND i.ctid = a.place AND i.seq IS NULL AND i.disposition IS NULL
), decided AS MATERIALIZED (
  SELECT execution_id, row_id, kind, name, payload, place, status = 'failed' AS revives
  FROM asked WHERE (status <> 'failed' OR kind = 'execution_retried') AND NOT is_barred
), children AS MATERIALIZED (
  SELECT p.execution_id AS parent_id, p.partition_id AS parent_partition, c.execution_id, c.status, c.result, c.error,
         s.payload -> 'parent' ->> 'commandId' AS command_id
  FROM (SELECT DISTINCT d.execution_id, l.partition_id FROM decided d JOIN locked l USING (execution_id)
        WHERE d.revives) p
  JOIN workflow_executions c ON c.parent_execution_id = p.execution_id
  JOIN workflow_events s ON s.execution_id = c.execution_id AND s.partition_id = c.partition_id AND s.seq = 1
  WHERE c.status IN ('completed', 'canceled', 'terminated')
), arrived AS (
  SELECT execution_id, row_id, kind, name, NULL AS command_id, payload, place FROM decided
  UNION ALL
  SELECT c.parent_id, NULL, 'child_ended', c.status, c.command_id, json_build_object(
    'childExecutionId', c.execution_id, 'status', c.status, 'result', c.result, 'error', c.error), NULL
  FROM children c JOIN LATERAL (
    SELECT bool_and(h.name = 'failed') AS as_failed FROM (
      SELECT name FROM workflow_events
      WHERE execution_id = c.parent_id AND seq IS NOT NULL AND kind = 'child_ended' AND command_id = c.command_id
      UNION ALL
      SELECT name FROM workflow_events
      WHERE execution_id = c.parent_id AND seq IS NULL AND disposition = 'too_late' AND kind = 'child_ended'
        AND command_id = c.command_id
      UNION ALL
      SELECT name FROM workflow_events
      WHERE partition_id = c.parent_partition AND execution_id = c.parent_id AND seq IS NULL AND disposition IS NULL
        AND kind = 'child_ended' AND command_id = c.command_id) h) heard ON heard.as_failed
), numbered AS MATERIALIZED (
  SELECT a.*, l.partition_id, l.tenant_id, l.at, l.head_seq + (row_number() OVER (
           PARTITION BY a.execution_id ORDER BY a.row_id NULLS FIRST, a.command_id))::int AS seq
  FROM arrived a JOIN locked l ON l.execution_id = a.execution_id
), added AS (
  INSERT INTO workflow_events (execution_id, partition_id, seq, tenant_id, kind, name, command_id, payload, at)
  SELECT execution_id, partition_id, seq, tenant_id, kind, name, command_id, payload, at
  FROM numbered WHERE row_id IS NULL
), moved AS (
  UPDATE workflow_events i SET seq = n.seq, at = n.at
  FROM numbered n
  WHERE i.ctid = n.place AND i.seq IS NULL
), changed AS (
  SELECT execution_id, partition_id, max(seq) AS head_seq,
         bool_or(kind IN ('terminate_requested', 'execution_retried')) AS to_be_run,
         (array_agg(kind ORDER BY seq DESC) FILTER (WHERE kind IN ('execution_paused', 'execution_resumed')))[1] AS hold
  FROM numbered GROUP BY 1, 2
), heads AS (
  UPDATE workflow_executions e
  SET head_seq = c.head_seq,
      status = CASE WHEN c.to_be_run OR c.hold = 'execution_resumed' THEN 'running' ELSE 'paused' END,
      result = CASE WHEN l.status = 'failed' THEN NULL ELSE e.result END,
      error = NULL, ended_at = NULL, updated_at = clock_timestamp()
  FROM changed c JOIN locked l ON l.execution_id = c.execution_id
  WHERE e.execution_id = c.execution_id AND e.partition_id = c.partition_id
), set_back AS (
  UPDATE workflow_action_results r SET status = 'retrying', attempts = 0, next_attempt_at = NULL, completed_at = NULL
  FROM json_to_recordset($6::text::json) AS u(execution_id uuid, command_id text), locked l, changed c
  WHERE l.execution_id = u.execution_id AND l.status = 'failed' AND c.execution_id = l.execution_id
    AND r.execution_id = u.execution_id AND r.partition_id = l.partition_id AND r.command_id = u.command_id
    AND r.status = 'failed'
), late AS (
  SELECT i.place
  FROM changed c JOIN locked l ON l.execution_id = c.execution_id CROSS JOIN LATERAL (
    SELECT i.ctid AS place FROM workflow_events i
    WHERE i.execution_id = c.execution_id AND i.partition_id = c.partition_id
      AND i.disposition = 'too_late' AND i.kind IN ('event_received', 'task_ended', 'child_ended')
    OFFSET 0) i
  WHERE l.status = 'failed'
), reopened AS (
  UPDATE workflow_events i SET disposition = NULL
  FROM late WHERE i.ctid = late.place AND i.seq IS NULL AND i.disposition = 'too_late'
  RETURNING i.execution_id, i.row_id
), delivered AS (
  UPDATE workflow_dead_letters d SET settled_at = clock_timestamp()
  FROM reopened r
  WHERE d.execution_id = r.execution_id AND d.event_row_id = r.row_id AND d.kind = 'undeliverable'
    AND d.settled_at IS NULL
)
SELECT l.execution_id, n.seq, n.at, n.kind, n.name, n.command_id, n.payload
FROM locked l LEFT JOIN numbered n ON n.execution_id = l.execution_id
ORDER BY l.execution_id, n.seq`;

/** Somebody may take a workflow key in the same moment: looked at anew, each by itself, the key is seen to be taken. */
export async function takeDecisions(
  sql: Sql,
  workerId: string,
  items: readonly TakeDecisionsItem[],
): Promise<TakenEntries[]> {
  try {
    return await takeAll(sql, workerId, items);
  } catch (error) {
    if ((error as { readonly code?: unknown } | null)?.code !== uniqueViolation) throw error;
    const taken: TakenEntries[] = [];
    for (const item of items) taken.push(...(await takeAll(sql, workerId, [item])));
    return taken;
  }
}

const uniqueViolation = '23505';

async function takeAll(sql: Sql, workerId: string, items: readonly TakeDecisionsItem[]): Promise<TakenEntries[]> {
  if (items.length === 0) return [];
  const undone = items.flatMap(({ executionId, failuresUndone }) =>
    failuresUndone.map((commandId) => ({ execution_id: executionId, command_id: commandId })),
  );
  const rows = await sql.unsafe<TakenRow[]>(
    takeDecisionsSql,
    [workerId, ...expectedHeads(items), items.map((item) => new Date(item.atMs).toISOString()), JSON.stringify(undone)],
    { prepare: true },
  );
  if (rows.length === 0) await assertNotFenced(sql, workerId);
  return takenFrom(rows);
}

/**
 * What reached an execution after its end leaves its inbox. A run that goes on as another one hands it on, in the order
 * of arrival; else it stays visible, marked as too late, and an event is a dead letter, so that somebody learns of it.
 */
import type { Sql } from 'postgres';
import type { ExecutionKey, LateRows } from '../../model/ports/store';

export async function closeLate(sql: Sql, workerId: string, executions: readonly ExecutionKey[]): Promise<LateRows> {
  const rows = await sql<{ handed_to: string | null; partition_id: number; rows: number }[]>`
    WITH fence AS MATERIALIZED (
      SELECT 1 FROM workflow_workers WHERE worker_id = ${workerId} AND fenced_at IS NULL FOR SHARE
    ), late AS MATERIALIZED (
      SELECT i.place, e.status, e.head_seq, CASE WHEN i.kind <> 'child_ended' THEN e.continued_to END AS handed_to
      FROM workflow_executions e
      CROSS JOIN LATERAL (
        SELECT i.kind, i.ctid AS place FROM workflow_events i
        WHERE i.execution_id = e.execution_id AND i.partition_id = e.partition_id
          AND i.seq IS NULL AND i.disposition IS NULL
        OFFSET 0) i
      WHERE e.execution_id = ANY(${executions.map((key) => key.executionId)}::uuid[])
        AND e.partition_id = ANY(${executions.map((key) => key.partitionId)}::smallint[])
        AND e.status IN ('completed', 'failed', 'canceled', 'terminated', 'continued_as_new')
        AND NOT (e.status = 'failed' AND i.kind = 'execution_retried')
        AND EXISTS (SELECT 1 FROM fence)
    ), moved AS (
      UPDATE workflow_events i
      SET execution_id = coalesce(l.handed_to, i.execution_id),
          disposition = CASE WHEN l.handed_to IS NULL THEN 'too_late' END
      FROM late l
      WHERE i.ctid = l.place AND i.seq IS NULL AND i.disposition IS NULL
      RETURNING l.handed_to, i.partition_id, i.tenant_id, i.execution_id, i.row_id, i.kind, i.name, l.status, l.head_seq
    ), letters AS (
      INSERT INTO workflow_dead_letters (tenant_id, execution_id, partition_id, kind, reason, event_row_id, head_seq, worker_id)
      SELECT tenant_id, execution_id, partition_id, 'undeliverable',
             'Event ' || coalesce(name, '') || ' came after the execution had ended (' || status || ').',
             row_id, head_seq, ${workerId}
      FROM moved WHERE handed_to IS NULL AND kind IN ('event_received', 'task_ended')
    )
    SELECT handed_to, partition_id, count(*)::int AS rows FROM moved GROUP BY 1, 2`;
  return {
    closed: rows.reduce((sum, row) => sum + (row.handed_to === null ? row.rows : 0), 0),
    handedTo: rows.flatMap(({ handed_to: executionId, partition_id: partitionId }) =>
      executionId === null ? [] : [{ executionId, partitionId }],
    ),
  };
}

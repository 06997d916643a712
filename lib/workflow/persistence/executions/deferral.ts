/** Executions that wait for code: who looked, how often, when it looks again, and why. */
import type { Sql } from 'postgres';
import type { DeferralStore, DeferredExecution } from '../../model/ports/deferrals';
import type { ExecutionKey } from '../../model/ports/store';

interface DeferredRow {
  readonly execution_id: string;
  readonly partition_id: number;
  readonly workflow_name: string;
  readonly workflow_version: string;
  readonly is_ended: boolean;
}

export async function noteDeferrals(
  sql: Sql,
  { workerId, deferrals }: Parameters<DeferralStore['defer']>[0],
): Promise<void> {
  if (deferrals.length === 0) return;
  await sql`
    INSERT INTO workflow_event_processing AS p
      (execution_id, partition_id, tenant_id, status, attempts, worker_id, error, next_at)
    SELECT e.execution_id, e.partition_id, e.tenant_id, 'deferred', 1, ${workerId}::uuid, d.error::json,
           clock_timestamp() + d.retry_after_ms * interval '1 millisecond'
    FROM unnest(${deferrals.map((each) => each.executionId)}::uuid[],
                ${deferrals.map((each) => each.partitionId)}::smallint[],
                ${deferrals.map((each) => JSON.stringify(each.error))}::text[],
                ${deferrals.map((each) => Math.round(each.retryAfterMs))}::int[])
           AS d(execution_id, partition_id, error, retry_after_ms)
    JOIN workflow_executions e ON e.execution_id = d.execution_id AND e.partition_id = d.partition_id
    WHERE EXISTS (SELECT 1 FROM workflow_workers WHERE worker_id = ${workerId} AND fenced_at IS NULL FOR SHARE)
    ORDER BY e.execution_id
    ON CONFLICT (execution_id, partition_id) DO UPDATE
    SET status = 'deferred', worker_id = excluded.worker_id, error = excluded.error, next_at = excluded.next_at,
        attempts = CASE WHEN p.status = 'deferred' THEN p.attempts + 1 ELSE 1 END,
        first_at = CASE WHEN p.status = 'deferred' THEN p.first_at ELSE now() END,
        last_at = now()`;
}

export async function findDeferred(
  sql: Sql,
  { partitions }: Parameters<DeferralStore['findDeferred']>[0],
): Promise<DeferredExecution[]> {
  const rows = await sql<DeferredRow[]>`
    SELECT p.execution_id, p.partition_id, e.workflow_name, e.workflow_version, 
           e.status IN ('completed', 'failed', 'canceled', 'terminated', 'continued_as_new') AS is_ended
    FROM workflow_event_processing p
    JOIN workflow_executions e ON e.execution_id = p.execution_id AND e.partition_id = p.partition_id
    WHERE p.partition_id = ANY(${[...partitions]}::smallint[]) AND p.status = 'deferred'`;
  return rows.map((row) => ({
    executionId: row.execution_id,
    partitionId: row.partition_id,
    workflowName: row.workflow_name,
    workflowVersion: row.workflow_version,
    isEnded: row.is_ended,
  }));
}

export async function resolveDeferrals(sql: Sql, workerId: string, executions: readonly ExecutionKey[]): Promise<void> {
  if (executions.length === 0) return;
  await sql`
    UPDATE workflow_event_processing p SET status = 'resolved', worker_id = ${workerId}, next_at = NULL, last_at = now()
    FROM (
      SELECT q.execution_id, q.partition_id FROM workflow_event_processing q
      JOIN unnest(${executions.map((key) => key.executionId)}::uuid[],
                  ${executions.map((key) => key.partitionId)}::smallint[]) AS d(execution_id, partition_id)
        ON q.execution_id = d.execution_id AND q.partition_id = d.partition_id
      WHERE q.status = 'deferred'
        AND EXISTS (SELECT 1 FROM workflow_workers WHERE worker_id = ${workerId} AND fenced_at IS NULL FOR SHARE)
      ORDER BY q.execution_id FOR UPDATE OF q
    ) known
    WHERE p.execution_id = known.execution_id AND p.partition_id = known.partition_id`;
}

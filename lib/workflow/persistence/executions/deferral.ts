/** Delivery trouble, kept for operators: which execution could not go on, who tried, how often and why. */
import type { Sql } from 'postgres';
import type { RecordedError } from '../../model/errors';
import type { ExecutionKey } from '../../model/ports/store';

export async function noteDeferral(
  sql: Sql,
  note: { readonly workerId: string; readonly execution: ExecutionKey; readonly error: RecordedError },
): Promise<void> {
  const { executionId, partitionId } = note.execution;
  await sql`
    INSERT INTO workflow_event_processing AS p (execution_id, partition_id, tenant_id, status, attempts, worker_id, error)
    SELECT e.execution_id, e.partition_id, e.tenant_id, 'deferred', 1, ${note.workerId}, ${JSON.stringify(note.error)}::text::json
    FROM workflow_executions e WHERE e.execution_id = ${executionId} AND e.partition_id = ${partitionId}
    ON CONFLICT (execution_id, partition_id) DO UPDATE
    SET attempts = p.attempts + 1, worker_id = excluded.worker_id, error = excluded.error, last_at = now()`;
}

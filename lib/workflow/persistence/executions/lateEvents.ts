/** Events that reached an execution after its end: they stay visible, marked as too late, and leave the inbox. */
import type { Sql } from 'postgres';
import type { ExecutionKey } from '../../model/ports/store';

export async function closeLate(sql: Sql, workerId: string, executions: readonly ExecutionKey[]): Promise<number> {
  const closed = await sql`
    UPDATE workflow_events i SET disposition = 'too_late'
    FROM workflow_executions e
    WHERE i.execution_id = ANY(${executions.map((key) => key.executionId)}::uuid[])
      AND i.partition_id = ANY(${executions.map((key) => key.partitionId)}::smallint[])
      AND i.seq IS NULL AND i.disposition IS NULL
      AND e.execution_id = i.execution_id AND e.partition_id = i.partition_id
      AND e.status IN ('completed', 'failed', 'canceled', 'terminated', 'continued_as_new')
      AND EXISTS (SELECT 1 FROM workflow_workers WHERE worker_id = ${workerId} AND fenced_at IS NULL FOR SHARE)`;
  return closed.count;
}

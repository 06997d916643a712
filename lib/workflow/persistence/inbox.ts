/** Puts events into the inbox of an execution. Only its owner gives them a place in the log. */
import type { Sql, TransactionSql } from 'postgres';
import type { WorkflowEvent } from '../model/events';
import { ExecutionEndedError, ExecutionNotFoundError } from '../model/errors';
import { isEnded, type ExecutionStatus } from '../model/status';

/**
 * Answers with the partition to wake.
 * @throws ExecutionNotFoundError for an id that this tenant does not have, whatever it looks like.
 * @throws ExecutionEndedError when the execution takes no more events.
 */
export async function insertSignal(
  sql: Sql | TransactionSql,
  signal: { readonly tenant: string; readonly executionId: string; readonly event: WorkflowEvent },
): Promise<{ readonly partitionId: number }> {
  const { tenant, executionId, event } = signal;
  if (!isUuid(executionId)) throw new ExecutionNotFoundError(executionId);
  const [row] = await sql<{ partition_id: number; status: ExecutionStatus }[]>`
    WITH target AS (
      SELECT execution_id, partition_id, tenant_id, status FROM workflow_executions
      WHERE execution_id = ${executionId} AND tenant_id = ${tenant}
    ), sent AS (
      INSERT INTO workflow_events (execution_id, partition_id, tenant_id, kind, name, payload)
      SELECT execution_id, partition_id, tenant_id, 'event_received', ${event.name},
             ${JSON.stringify({ event })}::text::json
      FROM target
      WHERE status NOT IN ('completed', 'failed', 'canceled', 'terminated', 'continued_as_new')
    )
    SELECT partition_id, status FROM target`;
  if (!row) throw new ExecutionNotFoundError(executionId);
  if (isEnded(row.status)) throw new ExecutionEndedError(executionId, row.status);
  return { partitionId: row.partition_id };
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
}

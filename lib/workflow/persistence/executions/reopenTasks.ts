/** Tasks that the failure of an execution canceled are open again once it is retried. */
import type { Sql } from 'postgres';
import type { ExecutionKey } from '../../model/ports/store';

export async function reopenTasks(
  sql: Sql,
  request: { readonly workerId: string; readonly execution: ExecutionKey; readonly taskIds: readonly string[] },
): Promise<void> {
  const { workerId, execution, taskIds } = request;
  await sql`
    WITH reopened AS (
      UPDATE workflow_tasks
      SET status = 'pending', assignee = NULL, owner = NULL, claimed_at = NULL, question_to = NULL, question_by = NULL,
          question = NULL, ended_at = NULL, closing_at = NULL, updated_at = clock_timestamp(), version = version + 1
      WHERE execution_id = ${execution.executionId} AND partition_id = ${execution.partitionId}
        AND task_id = ANY(${[...taskIds]}::uuid[]) AND status = 'canceled'
        AND EXISTS (SELECT 1 FROM workflow_workers WHERE worker_id = ${workerId} AND fenced_at IS NULL FOR SHARE)
      RETURNING tenant_id, task_id
    )
    INSERT INTO workflow_task_activity (tenant_id, task_id, kind, at)
    SELECT tenant_id, task_id, 'reopened', clock_timestamp() FROM reopened`;
}

/**
 * Tasks that were open where a fork was taken are opened for the fork, for whom they were open there: unclaimed, with the
 * same form, context and deadlines. May be asked again: a task that the fork has already is left as it is.
 */
import type { Sql } from 'postgres';
import type { ExecutionKey, ForkedTask } from '../../model/ports/store';

export async function openForkedTasks(
  sql: Sql,
  request: { readonly workerId: string; readonly execution: ExecutionKey; readonly tasks: readonly ForkedTask[] },
): Promise<void> {
  const { workerId, execution, tasks } = request;
  await sql`
    WITH fence AS MATERIALIZED (
      SELECT 1 FROM workflow_workers WHERE worker_id = ${workerId} AND fenced_at IS NULL FOR SHARE
    ), opened AS (
      INSERT INTO workflow_tasks (task_id, logged_task_id, tenant_id, execution_id, partition_id, command_id, task_type,
        task_definition_type, tenant_task_definition_id, system_task_definition_task_type, form_type, form_id,
        form_version, title, description, status, priority, candidate_roles, candidate_users, excluded_users,
        requested_by, subject, fingerprint, context_data, warnings, completion_event, due_at, follow_up_at, expires_at,
        created_at)
      SELECT f.task_id, f.logged_task_id, e.tenant_id, e.execution_id, e.partition_id, k.command_id, k.task_type,
        k.task_definition_type, k.tenant_task_definition_id, k.system_task_definition_task_type, k.form_type, k.form_id,
        k.form_version, k.title, k.description, 'pending', k.priority,
        ARRAY(SELECT json_array_elements_text(f.candidate_roles)),
        ARRAY(SELECT json_array_elements_text(f.candidate_users)), k.excluded_users, k.requested_by, k.subject,
        k.fingerprint, k.context_data, k.warnings, k.completion_event, k.due_at,
        k.follow_up_at, k.expires_at, clock_timestamp()
      FROM json_to_recordset(${JSON.stringify(tasks.map(columnsOf))}::text::json)
        AS f(task_id uuid, logged_task_id uuid, candidate_roles json, candidate_users json)
      JOIN workflow_executions e
        ON e.execution_id = ${execution.executionId} AND e.partition_id = ${execution.partitionId}
        AND e.ended_at IS NULL
      JOIN workflow_tasks k ON k.task_id = f.logged_task_id AND k.tenant_id = e.tenant_id
      WHERE EXISTS (SELECT 1 FROM fence)
      ON CONFLICT DO NOTHING
      RETURNING tenant_id, task_id, created_at
    )
    INSERT INTO workflow_task_activity (tenant_id, task_id, kind, at)
    SELECT tenant_id, task_id, 'created', created_at FROM opened`;
}

const columnsOf = ({ taskId, loggedTaskId, candidateRoles, candidateUsers }: ForkedTask) => ({
  task_id: taskId,
  logged_task_id: loggedTaskId,
  candidate_roles: candidateRoles,
  candidate_users: candidateUsers,
});

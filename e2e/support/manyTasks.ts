// More tasks than a page of the inbox holds, for a tenant that a journey founded for itself.
import type { Database } from './database';

/** Adds tasks called "Paper 1" and so on, for managers, each due an hour after the one before. */
export async function addManyTasks(
  { sql }: Database,
  { tenant, count }: { readonly tenant: string; readonly count: number },
) {
  await sql`
    INSERT INTO workflow_tasks (task_id, tenant_id, execution_id, partition_id, command_id, task_type,
      task_definition_type, system_task_definition_task_type, form_type, form_id, form_version, title, status, priority,
      candidate_roles, candidate_users, excluded_users, context_data, warnings, completion_event, due_at, created_at)
    SELECT gen_random_uuid(), ${tenant}, gen_random_uuid(), 0, 'c', d.task_type, 'system', d.task_type, 'system',
      f.form_id, f.version, 'Paper ' || n, 'pending', 'normal', '{manager}', '{}', '{}', '{}', '[]', 'Done',
      now() + interval '2 days' + n * interval '1 hour', now()
    FROM generate_series(1, ${count}::int) n,
      (SELECT d.task_type, d.form_name FROM system_workflow_task_definitions d WHERE d.task_type = 'invoice_review') d
      JOIN LATERAL (SELECT f.form_id, f.version FROM system_workflow_form_definitions f
        WHERE f.name = d.form_name ORDER BY f.version DESC LIMIT 1) f ON true`;
}

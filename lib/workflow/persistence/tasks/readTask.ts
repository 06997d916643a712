import type { Sql } from 'postgres';
import type { JsonObject, JsonValue } from '../../model/json';
import type { TaskPriority, TaskSnapshot } from '../../model/ports/taskStore';
import type { TaskStatus } from '../../model/status';

interface TaskRow {
  task_id: string;
  execution_id: string;
  partition_id: number;
  status: TaskStatus;
  version: number;
  candidate_roles: string[];
  candidate_users: string[];
  excluded_users: string[];
  assignee: string | null;
  assignee_name: string | null;
  owner: string | null;
  owner_name: string | null;
  question_to: string | null;
  question_to_name: string | null;
  question_by: string | null;
  question: string | null;
  priority: TaskPriority;
  due_at: Date | null;
  follow_up_at: Date | null;
  claimed_at: Date | null;
  outcome: string | null;
  output: JsonValue;
  ended_by: string | null;
  ended_by_name: string | null;
  ended_at: Date | null;
  expires_at: Date | null;
  is_closing: boolean;
  context_data: JsonObject;
  fingerprint: string | null;
  json_schema: JsonObject;
  ui_schema: JsonObject;
  form_id: string;
  form_version: number;
}

/** One task of the tenant with its pinned form, or null. Another tenant's task does not exist here. */
export async function readTask(
  sql: Sql,
  { tenant, taskId }: { readonly tenant: string; readonly taskId: string },
): Promise<TaskSnapshot | null> {
  const [row] = await sql<TaskRow[]>`
    SELECT k.task_id, k.execution_id, k.partition_id, k.status, k.version, k.candidate_roles, k.candidate_users,
           k.excluded_users, k.assignee, coalesce(a.name, k.assignee) AS assignee_name, k.owner, coalesce(o.name, k.owner) AS owner_name, k.question_to,
           coalesce(q.name, k.question_to) AS question_to_name, k.question_by, k.question, k.priority, k.due_at,
           k.follow_up_at, k.claimed_at, k.outcome, k.output,
           k.ended_by, coalesce(e.name, k.ended_by) AS ended_by_name, k.ended_at, k.expires_at,
           k.closing_at IS NOT NULL AS is_closing, k.context_data, k.fingerprint, k.form_id, k.form_version,
           coalesce(sf.json_schema, tf.json_schema) AS json_schema, coalesce(sf.ui_schema, tf.ui_schema) AS ui_schema
    FROM workflow_tasks k
    LEFT JOIN users a ON a.user_id = k.assignee
    LEFT JOIN users o ON o.user_id = k.owner
    LEFT JOIN users q ON q.user_id = k.question_to
    LEFT JOIN users e ON e.user_id = k.ended_by
    LEFT JOIN system_workflow_form_definitions sf ON k.form_type = 'system' AND sf.form_id = k.form_id
    LEFT JOIN workflow_form_definitions tf
      ON k.form_type = 'tenant' AND tf.form_id = k.form_id AND tf.tenant_id = k.tenant_id
    WHERE k.tenant_id = ${tenant} AND k.task_id = ${taskId}`;
  if (!row) return null;
  return {
    taskId: row.task_id,
    executionId: row.execution_id,
    partitionId: row.partition_id,
    status: row.status,
    version: row.version,
    candidateRoles: row.candidate_roles,
    candidateUsers: row.candidate_users,
    excludedUsers: row.excluded_users,
    assignee: row.assignee,
    assigneeName: row.assignee_name,
    owner: row.owner,
    ownerName: row.owner_name,
    question: questionOf(row),
    priority: row.priority,
    dueAtMs: row.due_at?.getTime() ?? null,
    followUpAtMs: row.follow_up_at?.getTime() ?? null,
    claimedAtMs: row.claimed_at?.getTime() ?? null,
    outcome: row.outcome,
    output: row.output,
    endedBy: row.ended_by,
    endedByName: row.ended_by_name,
    endedAtMs: row.ended_at?.getTime() ?? null,
    expiresAtMs: row.expires_at?.getTime() ?? null,
    isClosing: row.is_closing,
    contextData: row.context_data,
    fingerprint: row.fingerprint,
    form: {
      formId: row.form_id,
      jsonSchema: row.json_schema,
      uiSchema: row.ui_schema,
      version: row.form_version,
    },
  };
}

function questionOf(row: TaskRow): TaskSnapshot['question'] {
  const { question_to: to, question_to_name: toName, question_by: by, question: text } = row;
  return to === null || toName === null || by === null || text === null ? null : { to, toName, by, text };
}

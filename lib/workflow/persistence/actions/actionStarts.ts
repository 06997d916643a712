/** Starts of actions that must not be started twice, and the tasks that ask what became of them. */
import type { Sql } from 'postgres';
import { encodeJson, type JsonValue } from '../../model/json';
import type { ActionStartStore } from '../../model/ports/actionStores';

interface TaskRow {
  task_id: string;
  status: string;
  outcome: string | null;
  output: JsonValue;
}

/** @param options.workerId the worker whose fence, and whose ownership of the partition, guard every write. */
export function createActionStartStore({
  sql,
  workerId,
}: {
  readonly sql: Sql;
  readonly workerId: string;
}): ActionStartStore {
  const owns = (partitionId: number) => sql`
    SELECT 1 FROM workflow_workers w JOIN workflow_partitions p ON p.worker_id = w.worker_id
    WHERE w.worker_id = ${workerId} AND w.fenced_at IS NULL AND p.partition_id = ${partitionId} FOR SHARE`;
  return {
    start: async ({ call, actionName, params, startedAtMs, confirmed }) => {
      // A failure that a retry of the execution set back is begun anew, behind the last start that a person was asked about.
      const [row] = await sql<{ owned: boolean; started: number | null; known: number | null }[]>`
        WITH fence AS MATERIALIZED (${owns(call.partitionId)}), started AS (
          INSERT INTO workflow_action_results AS r (execution_id, partition_id, command_id, tenant_id, action_name,
            status, params, attempts, started_at, n, args_hash)
          SELECT ${call.executionId}::uuid, ${call.partitionId}::smallint, ${call.commandId}, ${call.tenant},
            ${actionName}, 'started', ${encodeJson(params, 'Parameters')}::text::json, ${confirmed + 1}::smallint,
            ${new Date(startedAtMs).toISOString()}::text::timestamptz, ${call.n}::int, ${call.argsHash}
          FROM fence
          ON CONFLICT (execution_id, command_id, partition_id) DO UPDATE
          SET status = 'started', started_at = excluded.started_at, error = NULL, attempts = excluded.attempts + CASE
            WHEN r.status = 'started' THEN 0
            ELSE (SELECT count(*) FROM workflow_tasks k
                  WHERE k.execution_id = r.execution_id AND starts_with(k.command_id, r.command_id || '?')) END
          WHERE (r.status = 'started' AND r.attempts = ${confirmed}::smallint)
            OR (r.status = 'retrying' AND ${confirmed}::smallint = 0)
          RETURNING r.attempts
        )
        SELECT EXISTS (SELECT 1 FROM fence) AS owned, (SELECT attempts::int FROM started) AS started,
               (SELECT attempts::int FROM workflow_action_results
                WHERE execution_id = ${call.executionId} AND command_id = ${call.commandId}
                  AND partition_id = ${call.partitionId}) AS known`;
      if (!row?.owned) return { kind: 'ownership_lost' };
      if (row.started !== null) return { kind: 'started', attempt: row.started };
      return { kind: 'known', attempt: row.known ?? confirmed + 1 };
    },

    findAnswer: async ({ call, attempt }) => {
      const [row] = await sql<TaskRow[]>`
        SELECT task_id, status, outcome, output FROM workflow_tasks
        WHERE execution_id = ${call.executionId} AND command_id = ${questionOf(call.commandId, attempt)}`;
      if (!row) return { kind: 'nobody_asked' };
      if (row.status === 'pending' || row.status === 'claimed') return { kind: 'open', taskId: row.task_id };
      return { kind: 'ended', outcome: row.status === 'completed' ? row.outcome : null, output: row.output };
    },

    closeQuestion: async ({ call, atMs }) => {
      const at = new Date(atMs).toISOString();
      const [row] = await sql<{ owned: boolean; attempts: number | null }[]>`
        WITH fence AS MATERIALIZED (${owns(call.partitionId)}), known AS MATERIALIZED (
          SELECT attempts FROM workflow_action_results
          WHERE execution_id = ${call.executionId} AND command_id = ${call.commandId}
            AND partition_id = ${call.partitionId}
        ), closed AS (
          UPDATE workflow_tasks k
          SET status = 'canceled', ended_at = ${at}::text::timestamptz, updated_at = ${at}::text::timestamptz,
              version = k.version + 1
          FROM known, fence
          WHERE k.execution_id = ${call.executionId} AND k.status IN ('pending', 'claimed')
            AND k.command_id = ${call.commandId} || '?' || known.attempts
          RETURNING k.tenant_id, k.task_id
        ), activity AS (
          INSERT INTO workflow_task_activity (tenant_id, task_id, kind, at)
          SELECT tenant_id, task_id, 'canceled', ${at}::text::timestamptz FROM closed
        )
        SELECT EXISTS (SELECT 1 FROM fence) AS owned, (SELECT attempts::int FROM known) AS attempts`;
      return row?.owned ? { attempt: row.attempts ?? 0 } : 'ownership_lost';
    },

    ask: async ({ call, attempt, task, atMs }) => {
      const row = { ...task, at: new Date(atMs).toISOString(), dueAt: isoOrNull(task.dueAtMs) };
      const [asked] = await sql<{ owned: boolean; task_id: string | null }[]>`
        WITH fence AS MATERIALIZED (${owns(call.partitionId)}), added AS (
          INSERT INTO workflow_tasks (task_id, tenant_id, execution_id, partition_id, command_id, task_type,
            task_definition_type, tenant_task_definition_id, system_task_definition_task_type, form_type, form_id,
            form_version, title, description, status, priority, candidate_roles, candidate_users, excluded_users,
            requested_by, subject, context_data, warnings, completion_event, due_at, created_at)
          SELECT ${row.taskId}::uuid, ${call.tenant}, ${call.executionId}::uuid, ${call.partitionId}::smallint,
            ${questionOf(call.commandId, attempt)}, ${row.taskType}, ${row.taskDefinitionType},
            ${row.tenantTaskDefinitionId}::uuid, ${row.systemTaskDefinitionTaskType}, ${row.formType},
            ${row.formId}::uuid, ${row.formVersion}::int, ${row.title}, ${row.description}, 'pending', ${row.priority},
            ${[...row.candidateRoles]}::text[], ${[...row.candidateUsers]}::text[], ${[...row.excludedUsers]}::text[],
            ${row.requestedBy}, ${row.subject}, ${encodeJson(row.contextData, 'Context')}::text::json,
            ${encodeJson(row.warnings, 'Warnings')}::text::json, ${row.completionEvent},
            ${row.dueAt}::text::timestamptz, ${row.at}::text::timestamptz
          FROM fence
          ON CONFLICT (execution_id, command_id) DO NOTHING
          RETURNING task_id, tenant_id, created_at
        ), activity AS (
          INSERT INTO workflow_task_activity (tenant_id, task_id, kind, at)
          SELECT tenant_id, task_id, 'created', created_at FROM added
        )
        SELECT EXISTS (SELECT 1 FROM fence) AS owned, (SELECT task_id FROM added) AS task_id`;
      if (!asked?.owned) return 'ownership_lost';
      return { taskId: asked.task_id ?? row.taskId };
    },
  };
}

/** Each start is asked about by a task of its own. */
const questionOf = (commandId: string, attempt: number): string => `${commandId}?${attempt}`;

const isoOrNull = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/**
 * Changes of human tasks, one statement each. The task's row is the first that any of them locks; the engine, which
 * locks executions before tasks, never waits for a row that these hold while they wait for one of its own.
 */
import type { Sql } from 'postgres';
import { encodeJson } from '../../model/json';
import type { ChangedTask, TaskStore } from '../../model/ports/taskStore';
import { readTask } from './readTask';

interface ChangedRow {
  version: number;
  execution_id: string;
  partition_id: number;
}

export function createTaskStore(options: { readonly sql: Sql }): TaskStore {
  const { sql } = options;
  return {
    read: (query) => readTask(sql, query),

    claim: async ({ tenant, taskId, userId, roles, expectedVersion = null }) => {
      const rows = await sql<ChangedRow[]>`
        WITH changed AS (
          UPDATE workflow_tasks
          SET status = 'claimed', assignee = ${userId}, claimed_at = clock_timestamp(),
              updated_at = clock_timestamp(), version = version + 1
          WHERE tenant_id = ${tenant} AND task_id = ${taskId} AND status = 'pending'
            AND ${mayDecide(sql, userId, roles)} AND ${isVersion(sql, expectedVersion)}
          RETURNING tenant_id, task_id, version, execution_id, partition_id
        ), activity AS (
          INSERT INTO workflow_task_activity (tenant_id, task_id, kind, actor, at)
          SELECT tenant_id, task_id, 'claimed', ${userId}::text, clock_timestamp() FROM changed
        )
        SELECT version, execution_id, partition_id FROM changed`;
      return changed(rows);
    },

    release: async ({ tenant, taskId, userId, holder, expectedVersion = null }) => {
      const rows = await sql<ChangedRow[]>`
        WITH changed AS (
          UPDATE workflow_tasks
          SET status = 'pending', assignee = NULL, claimed_at = NULL, updated_at = clock_timestamp(),
              version = version + 1
          WHERE tenant_id = ${tenant} AND task_id = ${taskId} AND status = 'claimed' AND assignee = ${holder}
            AND closing_at IS NULL AND ${isVersion(sql, expectedVersion)}
          RETURNING tenant_id, task_id, version, execution_id, partition_id
        ), activity AS (
          INSERT INTO workflow_task_activity (tenant_id, task_id, kind, actor, detail, at)
          SELECT tenant_id, task_id, 'released', ${userId}::text, json_build_object('from', ${holder}::text),
            clock_timestamp() FROM changed
        )
        SELECT version, execution_id, partition_id FROM changed`;
      return changed(rows);
    },

    complete: async ({ tenant, taskId, userId, roles, outcome, output, expectedVersion = null }) => {
      const rows = await sql<ChangedRow[]>`
        WITH locked AS MATERIALIZED (
          SELECT task_id, status, clock_timestamp() AS now FROM workflow_tasks
          WHERE tenant_id = ${tenant} AND task_id = ${taskId}
            AND (status = 'pending' OR (status = 'claimed' AND assignee = ${userId}))
            AND ${mayDecide(sql, userId, roles)} AND ${isVersion(sql, expectedVersion)}
          FOR UPDATE
        ), changed AS (
          UPDATE workflow_tasks k
          SET status = 'completed', outcome = ${outcome}, output = ${encodeJson(output, 'The answers')}::text::json,
              assignee = ${userId}, claimed_at = coalesce(k.claimed_at, l.now), ended_by = ${userId},
              ended_at = l.now, updated_at = l.now, version = k.version + 1
          FROM locked l WHERE k.task_id = l.task_id
          RETURNING k.*, l.status AS status_before, l.now
        ), activity AS (
          INSERT INTO workflow_task_activity (tenant_id, task_id, kind, actor, detail, at)
          SELECT tenant_id, task_id, 'claimed', ${userId}::text, NULL, now FROM changed WHERE status_before = 'pending'
          UNION ALL
          SELECT tenant_id, task_id, 'completed', ${userId}::text, json_build_object('outcome', outcome), now
          FROM changed
        ), inbox AS (
          INSERT INTO workflow_events (execution_id, partition_id, tenant_id, kind, name, payload, at)
          SELECT execution_id, partition_id, tenant_id, 'task_ended', completion_event, json_build_object(
            'taskId', task_id, 'status', status, 'outcome', outcome, 'output', output, 'by', ended_by,
            'formVersion', form_version, 'eventName', completion_event,
            'endedAt', to_char(ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')), now
          FROM changed
        )
        SELECT version, execution_id, partition_id FROM changed`;
      return changed(rows);
    },
  };
}

function changed(rows: readonly ChangedRow[]): ChangedTask | null {
  const [row] = rows;
  return row ? { version: row.version, executionId: row.execution_id, partitionId: row.partition_id } : null;
}

/** A candidate who is not excluded, while there is time. The use-cases say the same in words. */
function mayDecide(sql: Sql, userId: string, roles: readonly string[]) {
  return sql`closing_at IS NULL AND NOT (${userId} = ANY(excluded_users))
    AND (${userId} = ANY(candidate_users) OR candidate_roles && ${[...roles]}::text[])`;
}

function isVersion(sql: Sql, expected: number | null) {
  return sql`(${expected}::int IS NULL OR version = ${expected}::int)`;
}

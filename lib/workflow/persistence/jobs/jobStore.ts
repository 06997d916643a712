/** Jobs in `workflow_jobs`. Only the database's clock counts. */
import type { Sql } from 'postgres';
import { v7 as newId } from 'uuid';
import { encodeJson, type JsonValue } from '../../model/json';
import type { ClaimedJob, JobEnd, JobStore } from '../../model/ports/jobs';

interface ClaimRow {
  job_id: string;
  claim_token: string;
  tenant_id: string;
  execution_id: string;
  command_id: string;
  correlation_id: string;
  action_name: string;
  args: JsonValue;
  attempts: number;
  created_at: Date;
  heartbeat_timeout_ms: number;
}

export function createJobStore({ sql }: { readonly sql: Sql }): JobStore {
  const claimed = sql`job_id, claim_token, tenant_id, execution_id, command_id, correlation_id, action_name, args,
    attempts, created_at, heartbeat_timeout_ms`;
  return {
    claim: async ({ jobId, claimedBy }) => {
      const [row] = await sql<ClaimRow[]>`
        UPDATE workflow_jobs
        SET status = 'running', attempts = attempts + 1, claimed_by = ${claimedBy}, claim_token = ${newId()}::uuid,
            heartbeat_at = clock_timestamp(), started_at = coalesce(started_at, clock_timestamp())
        WHERE job_id = (
          SELECT job_id FROM workflow_jobs
          WHERE status = 'queued' AND run_at <= clock_timestamp() AND ${jobId === null ? sql`true` : sql`job_id = ${jobId}`}
          ORDER BY run_at LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING ${claimed}`;
      return row ? jobOf(row) : null;
    },

    takeLost: async ({ claimedBy }) => {
      const [row] = await sql<ClaimRow[]>`
        UPDATE workflow_jobs
        SET claimed_by = ${claimedBy}, claim_token = ${newId()}::uuid, heartbeat_at = clock_timestamp()
        WHERE job_id = (
          SELECT job_id FROM workflow_jobs
          WHERE status = 'running'
            AND heartbeat_at < clock_timestamp() - heartbeat_timeout_ms * interval '1 millisecond'
          ORDER BY run_at LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING ${claimed}`;
      return row ? jobOf(row) : null;
    },

    heartbeat: async ({ jobId, token, progress }) => {
      const text = progress === undefined ? null : encodeJson(progress, 'Progress');
      const rows = await sql`
        UPDATE workflow_jobs
        SET heartbeat_at = clock_timestamp(), progress = coalesce(${text}::text::json, progress)
        WHERE job_id = ${jobId} AND claim_token = ${token} AND status = 'running' RETURNING 1`;
      return rows.length === 1;
    },

    giveBack: async ({ jobId, token, delayMs, counts, error }) => {
      const text = error === null ? null : encodeJson(error, 'An error');
      const rows = await sql`
        UPDATE workflow_jobs
        SET status = 'queued', claim_token = NULL, claimed_by = NULL, attempts = attempts - ${counts ? 0 : 1}::smallint,
            run_at = clock_timestamp() + ${delayMs} * interval '1 millisecond',
            error = coalesce(${text}::text::json, error)
        WHERE job_id = ${jobId} AND claim_token = ${token} AND status = 'running' RETURNING 1`;
      return rows.length === 1;
    },

    finish: async ({ jobId, token, params, ...end }) => {
      const error = end.status === 'failed' ? encodeJson(end.error, 'An error') : null;
      const [done] = await endJobs(sql, {
        which: sql`job_id = ${jobId} AND claim_token = ${token} AND status = 'running'`,
        status: end.status,
        params: encodeJson(params, 'Parameters'),
        result: end.status === 'completed' ? end.resultText : null,
        error,
      });
      return done ?? null;
    },
  };
}

/**
 * Ends jobs, records their results and puts the outcomes into the inboxes of their executions, in one commit. The name
 * of the call is in its id, between the branch and the count. An error goes along: a retry of the execution writes
 * another result over this one.
 */
export async function endJobs(
  sql: Sql,
  end: {
    readonly which: ReturnType<Sql>;
    readonly status: 'completed' | 'failed' | 'canceled';
    /** null: as they were passed. */
    readonly params: string | null;
    readonly result: string | null;
    readonly error: string | null;
  },
): Promise<JobEnd[]> {
  const outcome = end.status === 'completed' ? 'completed' : 'failed';
  const rows = await sql<{ tenant_id: string; execution_id: string; partition_id: number }[]>`
    WITH done AS (
      UPDATE workflow_jobs
      SET status = ${end.status}, claim_token = NULL, error = ${end.error}::text::json, ended_at = clock_timestamp()
      WHERE ${end.which} RETURNING *
    ), result AS (
      INSERT INTO workflow_action_results AS r (execution_id, partition_id, command_id, tenant_id, action_name, status,
        params, result, error, attempts, started_at, completed_at, via_inbox)
      SELECT execution_id, partition_id, command_id, tenant_id, action_name, ${outcome},
        coalesce(${end.params}::text::json, args), ${end.result}::text::json, error, attempts,
        coalesce(started_at, created_at), ended_at, true
      FROM done
      ON CONFLICT (execution_id, command_id, partition_id) DO UPDATE
      SET status = excluded.status, params = excluded.params, result = excluded.result, error = excluded.error,
          attempts = excluded.attempts, started_at = excluded.started_at, completed_at = excluded.completed_at,
          via_inbox = true
      WHERE r.status = 'retrying'
    ), inbox AS (
      INSERT INTO workflow_events (execution_id, partition_id, tenant_id, kind, name, command_id, payload)
      SELECT execution_id, partition_id, tenant_id, ${`action_${outcome}`},
        regexp_replace(command_id, '^.*/|#[0-9]+(~[0-9]+)?$', '', 'g'), command_id,
        CASE WHEN error IS NULL THEN json_build_object('n', n, 'argsHash', args_hash)
             ELSE json_build_object('n', n, 'argsHash', args_hash, 'error', error) END
      FROM done
    )
    SELECT tenant_id, execution_id, partition_id FROM done`;
  return rows.map((row) => ({
    tenant: row.tenant_id,
    executionId: row.execution_id,
    partitionId: row.partition_id,
  }));
}

function jobOf(row: ClaimRow): ClaimedJob {
  return {
    jobId: row.job_id,
    token: row.claim_token,
    tenant: row.tenant_id,
    executionId: row.execution_id,
    commandId: row.command_id,
    correlationId: row.correlation_id,
    actionName: row.action_name,
    args: row.args,
    attempt: row.attempts,
    createdAtMs: row.created_at.getTime(),
    heartbeatTimeoutMs: row.heartbeat_timeout_ms,
  };
}

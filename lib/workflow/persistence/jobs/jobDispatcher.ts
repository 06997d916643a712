/** The owner's side of jobs: commits them, and ends them with their execution. */
import type { Sql } from 'postgres';
import { v7 as newId } from 'uuid';
import { encodeJson } from '../../model/json';
import type { HintPublisher } from '../../model/ports/hints';
import type { JobDispatcher, JobTransport } from '../../model/ports/jobs';
import { endJobs } from './jobStore';

/** @param options.workerId the worker whose fence, and whose ownership of the partition, guard every job. */
export function createJobDispatcher({
  sql,
  workerId,
  transport,
  hints,
}: {
  readonly sql: Sql;
  readonly workerId: string;
  readonly transport: Pick<JobTransport, 'announce'>;
  readonly hints: HintPublisher;
}): JobDispatcher {
  return {
    dispatch: async ({ call, actionName, heartbeatTimeoutMs }) => {
      const jobId = newId();
      const [row] = await sql<{ owned: boolean; job_id: string | null }[]>`
        WITH fence AS MATERIALIZED (
          SELECT 1 FROM workflow_workers w JOIN workflow_partitions p ON p.worker_id = w.worker_id
          WHERE w.worker_id = ${workerId} AND w.fenced_at IS NULL AND p.partition_id = ${call.partitionId} FOR SHARE
        ), added AS (
          INSERT INTO workflow_jobs AS j (job_id, tenant_id, execution_id, partition_id, command_id, n, args_hash,
            correlation_id, action_name, args, status, attempts, run_at, heartbeat_timeout_ms)
          SELECT ${jobId}::uuid, ${call.tenant}, ${call.executionId}::uuid, ${call.partitionId}::smallint,
            ${call.commandId}, ${call.n}::int, ${call.argsHash}, ${call.correlationId}, ${actionName},
            ${encodeJson(call.args, 'Parameters')}::text::json, 'queued', 0, clock_timestamp(),
            ${heartbeatTimeoutMs}::int
          FROM fence
          ON CONFLICT (execution_id, command_id, partition_id) DO UPDATE
          SET job_id = excluded.job_id, n = excluded.n, args_hash = excluded.args_hash, args = excluded.args,
              status = 'queued', attempts = 0, run_at = excluded.run_at, claimed_by = NULL, heartbeat_at = NULL,
              progress = NULL, error = NULL, created_at = clock_timestamp(), started_at = NULL, ended_at = NULL
          WHERE j.status IN ('failed', 'canceled') AND EXISTS (
            SELECT 1 FROM workflow_action_results r
            WHERE r.execution_id = j.execution_id AND r.command_id = j.command_id AND r.partition_id = j.partition_id
              AND r.status = 'retrying')
          RETURNING job_id
        )
        SELECT EXISTS (SELECT 1 FROM fence) AS owned, (SELECT job_id FROM added) AS job_id`;
      if (!row?.owned) return 'ownership_lost';
      if (row.job_id !== null) await transport.announce({ jobId, delayMs: 0 });
      return 'dispatched';
    },

    cancel: async ({ executionId, commandId, except = [], error }) => {
      const ofCommand = commandId === undefined ? sql`true` : sql`command_id = ${commandId}`;
      const ended = await endJobs(sql, {
        which: sql`execution_id = ${executionId} AND ${ofCommand} AND command_id <> ALL(${[...except]}::text[])
          AND status IN ('queued', 'running')`,
        status: 'canceled',
        params: null,
        result: null,
        error: encodeJson(error, 'An error'),
      });
      if (ended.length > 0) await hints.publish({ hints: ended });
    },
  };
}

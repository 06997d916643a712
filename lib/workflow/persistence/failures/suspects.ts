/** Executions that may be why a worker ended. Rows exist from an unclean end of a worker until its executions ran again. */
import type { Sql } from 'postgres';
import { poisonCode, type Examination, type Suspect } from '../../model/ports/failures';
import type { ExecutionKey } from '../../model/ports/store';

type Examined =
  | { what: 'condemned'; execution_id: string; partition_id: number; tenant_id: string; strikes: number }
  | {
      what: 'suspect';
      execution_id: string;
      partition_id: number;
      strikes: number;
      command_id: string | null;
      company: number;
      ran_ms: number;
    }
  | { what: 'unclean'; execution_id: null; partition_id: number };

const examineSql = `
WITH fence AS MATERIALIZED (
  SELECT 1 FROM workflow_workers WHERE worker_id = $1::uuid AND fenced_at IS NULL FOR SHARE
), found AS MATERIALIZED (
  SELECT s.execution_id, s.partition_id, s.tenant_id, s.strikes, s.command_id, s.company, s.ran_ms,
    coalesce(s.reason, 'Its worker ended.') AS reason
  FROM workflow_suspects s WHERE s.partition_id = ANY($2::smallint[])
), condemned AS (
  UPDATE workflow_executions e
  SET status = 'blocked_on_code', updated_at = clock_timestamp(),
      error = json_build_object('name', 'PoisonError', 'code', '${poisonCode}', 'message',
        'Workers ended ' || f.strikes || ' times while they ran this execution. ' || f.reason
          || ' It is put aside until somebody redrives it.',
        'details', json_build_object('strikes', f.strikes))
  FROM found f
  WHERE f.strikes >= $3 AND e.execution_id = f.execution_id AND e.partition_id = f.partition_id
    AND (e.status IN ('pending', 'running', 'waiting')
         OR (e.status = 'blocked_on_code' AND e.error->>'code' IS DISTINCT FROM '${poisonCode}'))
    AND EXISTS (SELECT 1 FROM fence)
  RETURNING e.execution_id, e.partition_id, e.tenant_id, e.head_seq, e.error, f.strikes, f.reason
), letters AS (
  INSERT INTO workflow_dead_letters (tenant_id, execution_id, partition_id, kind, reason, error, head_seq, strikes, worker_id)
  SELECT tenant_id, execution_id, partition_id, 'poison', reason, error, head_seq, strikes, $1::uuid FROM condemned
  ON CONFLICT DO NOTHING
), forgotten AS (
  DELETE FROM workflow_suspects s USING condemned c
  WHERE s.execution_id = c.execution_id AND s.partition_id = c.partition_id
), ended AS (
  DELETE FROM workflow_suspects s USING workflow_executions e
  WHERE s.partition_id = ANY($2::smallint[]) AND e.execution_id = s.execution_id AND e.partition_id = s.partition_id
    AND e.status IN ('completed', 'failed', 'canceled', 'terminated', 'continued_as_new')
)
SELECT 'condemned' AS what, execution_id, partition_id, tenant_id, strikes, NULL AS command_id, 0 AS company, 0::float8 AS ran_ms
FROM condemned
UNION ALL
SELECT 'suspect', f.execution_id, f.partition_id, f.tenant_id, f.strikes, f.command_id, f.company, f.ran_ms::float8
FROM found f
WHERE NOT EXISTS (SELECT 1 FROM condemned c WHERE c.execution_id = f.execution_id)
UNION ALL
SELECT 'unclean', NULL, partition_id, NULL, 0, NULL, 0, 0 FROM workflow_partitions
WHERE partition_id = ANY($2::smallint[]) AND left_unclean`;

export async function examine(
  sql: Sql,
  query: { readonly workerId: string; readonly partitions: readonly number[]; readonly maxStrikes: number },
): Promise<Examination> {
  const parameters = [query.workerId, [...query.partitions], query.maxStrikes];
  const rows = await sql.unsafe<Examined[]>(examineSql, parameters, { prepare: true });
  const condemned: (ExecutionKey & { tenant: string })[] = [];
  const suspects: Suspect[] = [];
  const unclean: number[] = [];
  for (const row of rows) {
    if (row.what === 'unclean') unclean.push(row.partition_id);
    else if (row.what === 'condemned')
      condemned.push({ executionId: row.execution_id, partitionId: row.partition_id, tenant: row.tenant_id });
    else {
      const { execution_id: executionId, partition_id: partitionId, strikes, company } = row;
      suspects.push({ executionId, partitionId, strikes, commandId: row.command_id, company, ranMs: row.ran_ms });
    }
  }
  return { condemned, suspects, unclean };
}

export async function noteActivations(sql: Sql, workerId: string, executions: readonly ExecutionKey[]): Promise<void> {
  await sql`
    INSERT INTO workflow_suspects AS s (execution_id, partition_id, tenant_id, worker_id, reason)
    SELECT e.execution_id, e.partition_id, e.tenant_id, ${workerId}, 'Its worker ended while it ran.'
    FROM unnest(${executions.map((key) => key.executionId)}::uuid[],
                ${executions.map((key) => key.partitionId)}::smallint[]) AS w(execution_id, partition_id)
    JOIN workflow_executions e ON e.execution_id = w.execution_id AND e.partition_id = w.partition_id
    WHERE EXISTS (SELECT 1 FROM workflow_workers WHERE worker_id = ${workerId} AND fenced_at IS NULL FOR SHARE)
    ORDER BY e.execution_id
    ON CONFLICT (execution_id, partition_id) DO UPDATE
    SET worker_id = excluded.worker_id, last_at = CASE WHEN s.worker_id = excluded.worker_id THEN s.last_at ELSE now() END`;
}

export async function clearActivations(sql: Sql, workerId: string, executions: readonly ExecutionKey[]): Promise<void> {
  await sql`
    DELETE FROM workflow_suspects
    WHERE worker_id = ${workerId} AND execution_id = ANY(${executions.map((key) => key.executionId)}::uuid[])`;
}

export async function handOverActivations(
  sql: Sql,
  workerId: string,
  executions: readonly ExecutionKey[],
): Promise<void> {
  await sql`
    UPDATE workflow_suspects SET worker_id = NULL
    WHERE worker_id = ${workerId} AND execution_id = ANY(${executions.map((key) => key.executionId)}::uuid[])`;
}

/** Work that no hint told of, and work that somebody left unfinished. Reads of the owner's own partitions only. */
import type { Sql } from 'postgres';
import { poisonCode } from '../../model/ports/failures';
import type { ExecutionKey, ExecutionStore, FoundWork } from '../../model/ports/store';

interface FoundRow {
  execution_id: string | null;
  partition_id: number | null;
  fire_at: Date | null;
  kind: 'work' | 'upcoming' | 'redriven' | null;
  now: Date;
}

/** Left alone by the worker that asks, which lacks its code. Costs nothing where it asks for all. */
const isDeferred = `($5::uuid IS NOT NULL AND EXISTS (
       SELECT 1 FROM workflow_event_processing p
       WHERE p.execution_id = e.execution_id AND p.partition_id = e.partition_id AND p.status = 'deferred'
         AND p.worker_id = $5::uuid AND p.next_at > clock_timestamp()))`;

const findSql = `
WITH moment AS MATERIALIZED (SELECT clock_timestamp() + $4::bigint * interval '1 millisecond' AS now)
SELECT f.execution_id, f.partition_id, f.fire_at, f.kind, m.now
FROM moment m LEFT JOIN (
  (SELECT DISTINCT i.execution_id, i.partition_id, NULL::timestamptz AS fire_at, 'work' AS kind
   FROM workflow_events i
   JOIN workflow_executions e ON e.execution_id = i.execution_id AND e.partition_id = i.partition_id
   WHERE i.partition_id = ANY($1::smallint[]) AND i.seq IS NULL AND i.disposition IS NULL
     AND ((e.status NOT IN ('paused', 'blocked_on_code') AND NOT ${isDeferred}) OR i.kind IN
          ('terminate_requested', 'execution_paused', 'execution_resumed', 'execution_retried'))
   LIMIT $2::int)
  UNION ALL
  (SELECT e.execution_id, e.partition_id, NULL, 'work' FROM workflow_executions e
   WHERE e.partition_id = ANY($1::smallint[]) AND e.status = 'pending' AND NOT ${isDeferred} LIMIT $2::int)
  UNION ALL
  (SELECT t.execution_id, t.partition_id, t.fire_at, CASE WHEN t.fire_at > moment.now THEN 'upcoming' ELSE 'work' END
   FROM moment, workflow_timers t
   JOIN workflow_executions e ON e.execution_id = t.execution_id AND e.partition_id = t.partition_id
   WHERE t.partition_id = ANY($1::smallint[]) AND t.fire_at <= moment.now + $3::bigint * interval '1 millisecond'
     AND e.status NOT IN ('paused', 'blocked_on_code') AND NOT ${isDeferred}
   ORDER BY t.fire_at LIMIT $2::int)
  UNION ALL
  (SELECT d.execution_id, d.partition_id, NULL, 'redriven' FROM workflow_dead_letters d
   WHERE d.partition_id = ANY($1::smallint[]) AND d.redriven_at IS NOT NULL AND d.settled_at IS NULL
   LIMIT $2::int)
) f ON true`;

export async function findWork(
  sql: Sql,
  query: Parameters<ExecutionStore['findWork']>[0],
  clockOffsetMs: number,
): Promise<FoundWork> {
  const rows = await sql.unsafe<FoundRow[]>(
    findSql,
    [[...query.partitions], query.limit, query.horizonMs, clockOffsetMs, query.exceptDeferredBy ?? null],
    { prepare: true },
  );
  const executions = new Map<string, ExecutionKey>();
  const upcoming: (ExecutionKey & { fireAtMs: number })[] = [];
  const redriven: ExecutionKey[] = [];
  for (const { execution_id: executionId, partition_id: partitionId, fire_at: fireAt, kind } of rows) {
    if (executionId === null || partitionId === null) continue;
    if (kind === 'redriven') redriven.push({ executionId, partitionId });
    else if (kind === 'upcoming' && fireAt) upcoming.push({ executionId, partitionId, fireAtMs: fireAt.getTime() });
    else executions.set(executionId, { executionId, partitionId });
  }
  return { executions: [...executions.values()], upcoming, redriven, nowMs: rows[0]?.now.getTime() ?? 0 };
}

export async function findUnfinished(
  sql: Sql,
  { partitions, blockedForCode }: { readonly partitions: readonly number[]; readonly blockedForCode: string | null },
): Promise<ExecutionKey[]> {
  const rows = await sql<{ execution_id: string; partition_id: number }[]>`
    SELECT execution_id, partition_id FROM workflow_executions
    WHERE partition_id = ANY(${[...partitions]}::smallint[])
      AND (status IN ('pending', 'running')
           OR (status = 'blocked_on_code' AND ${blockedForCode}::text IS NOT NULL
               AND error->>'code' IS DISTINCT FROM ${poisonCode}
               AND error#>>'{details,codeVersion}' IS DISTINCT FROM ${blockedForCode}::text))`;
  return rows.map((row) => ({ executionId: row.execution_id, partitionId: row.partition_id }));
}

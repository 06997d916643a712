import type { Sql } from 'postgres';
import type { Backlog } from '../model/ports/admission';

/**
 * Reads through partial indexes and stops a little above the bound. Of events in inboxes it looks at four times as many:
 * those of executions that are paused or blocked wait for people, and say nothing about the workers.
 */
export async function readBacklog(sql: Sql, { most }: { readonly most: number }): Promise<Backlog> {
  const [row] = await sql<[Backlog]>`
    SELECT
      (SELECT count(*)::int FROM (
         SELECT 1 FROM (
           SELECT execution_id, partition_id FROM workflow_events
           WHERE seq IS NULL AND disposition IS NULL LIMIT ${most * 4}::bigint
         ) i
         JOIN workflow_executions e ON e.execution_id = i.execution_id AND e.partition_id = i.partition_id
         WHERE e.status IN ('pending', 'running', 'waiting') LIMIT ${most + 1}::bigint) a) AS inbox,
      (SELECT count(*)::int FROM (
         SELECT 1 FROM workflow_executions WHERE status = 'pending' LIMIT ${most + 1}::bigint) b) AS pending,
      (SELECT count(*)::int FROM (
         SELECT 1 FROM workflow_bus_events WHERE fanned_out_at IS NULL LIMIT ${most + 1}::bigint) c) AS events`;
  return row;
}

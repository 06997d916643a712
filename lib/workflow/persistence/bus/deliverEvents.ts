/**
 * Events of the bus enter inboxes, as any sender's do: without `seq`. The unique key of execution and bus event makes
 * it happen once, whoever found that they belong together, and however often.
 */
import type { Sql } from 'postgres';
import type { BusStore } from '../../model/ports/bus';
import type { ExecutionKey } from '../../model/ports/store';

export async function deliverEvents(
  sql: Sql,
  { deliveries, fannedOut, lookedFor }: Parameters<BusStore['deliver']>[0],
): Promise<readonly ExecutionKey[]> {
  const rows = await sql<{ execution_id: string; partition_id: number }[]>`
    WITH delivered AS (
      INSERT INTO workflow_events (execution_id, partition_id, tenant_id, kind, name, payload, bus_event_id)
      SELECT e.execution_id, e.partition_id, e.tenant_id, 'event_received', b.event_name,
             json_build_object('event', json_build_object('name', b.event_name, 'type', b.event_type,
               'payload', b.payload, 'user_id', b.user_id, 'event_id', b.event_id,
               'timestamp', to_char(b.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')),
               'viaBus', true),
             b.event_id
      FROM unnest(${deliveries.map((each) => each.executionId)}::uuid[],
                  ${deliveries.map((each) => each.partitionId)}::smallint[],
                  ${deliveries.map((each) => each.eventId)}::uuid[]) AS d(execution_id, partition_id, event_id)
      CROSS JOIN LATERAL (SELECT b.* FROM workflow_bus_events b WHERE b.event_id = d.event_id OFFSET 0) b
      CROSS JOIN LATERAL (
        SELECT e.* FROM workflow_executions e
        WHERE e.execution_id = d.execution_id AND e.partition_id = d.partition_id OFFSET 0) e
      WHERE e.tenant_id = b.tenant_id
        AND e.status NOT IN ('completed', 'failed', 'canceled', 'terminated', 'continued_as_new')
        AND e.started_by_event_id IS DISTINCT FROM b.event_id
      ORDER BY b.created_at, b.event_id
      ON CONFLICT (execution_id, bus_event_id, partition_id) WHERE bus_event_id IS NOT NULL DO NOTHING
      RETURNING execution_id, partition_id
    ), fanned_out AS (
      UPDATE workflow_bus_events SET fanned_out_at = clock_timestamp()
      -- In words that the index of all such events does not know.
      WHERE event_id = ANY(${[...fannedOut]}::uuid[]) AND (fanned_out_at IS NULL) IS TRUE
    ), looked_for AS (
      UPDATE workflow_waits w SET checked_at = clock_timestamp()
      FROM unnest(${lookedFor.map((wait) => wait.executionId)}::uuid[],
                  ${lookedFor.map((wait) => wait.partitionId)}::smallint[],
                  ${lookedFor.map((wait) => wait.commandId)}::text[]) AS l(execution_id, partition_id, command_id)
      WHERE w.execution_id = l.execution_id AND w.partition_id = l.partition_id AND w.command_id = l.command_id
        AND w.checked_at IS NULL
    )
    SELECT DISTINCT execution_id, partition_id FROM delivered`;
  return rows.map((row) => ({ executionId: row.execution_id, partitionId: row.partition_id }));
}

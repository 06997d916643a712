/** Who waits for which events of the bus, in Postgres. */
import type { Sql } from 'postgres';
import type { JsonValue } from '../../model/json';
import type { Match } from '../../model/match';
import type { BusEvent, BusStore, MatchWait } from '../../model/ports/bus';
import { deliverEvents } from './deliverEvents';

interface WaitRow {
  readonly execution_id: string;
  readonly partition_id: number;
  readonly command_id: string;
  readonly tenant_id: string;
  readonly names: string[];
  readonly match: Match;
}

interface EventRow {
  readonly event_id: string;
  readonly tenant_id: string;
  readonly event_name: string;
  readonly payload: JsonValue;
}

const nobody = '00000000-0000-0000-0000-000000000000';

export function createBusStore({ sql }: { readonly sql: Sql }): BusStore {
  return {
    waitsFor: async ({ probes, after, limit }) => {
      const rows = await sql<WaitRow[]>`
        WITH found AS MATERIALIZED (
          -- Apart from the order, in which a plan would read the waits of everybody.
          SELECT execution_id, partition_id, command_id, tenant_id, names, match FROM workflow_waits
          WHERE match_probes IS NOT NULL AND match_probes && ${[...probes]}::text[]
        )
        SELECT * FROM found
        WHERE (execution_id, command_id) > (${after?.executionId ?? nobody}::uuid, ${after?.commandId ?? ''})
        ORDER BY execution_id, command_id LIMIT ${limit}`;
      return rows.map(waitOf);
    },

    eventsFor: async ({ looks, limit }) => {
      const rows = await sql<(EventRow & { n: number })[]>`
        SELECT l.n, b.event_id, b.tenant_id, b.event_name, b.payload
        FROM json_to_recordset(${JSON.stringify(looks.map(lookOf))}::text::json)
          AS l(n int, execution_id uuid, partition_id smallint, names text[], key text, value text, after uuid)
        JOIN workflow_executions e ON e.execution_id = l.execution_id AND e.partition_id = l.partition_id
        CROSS JOIN LATERAL (
          SELECT b.* FROM workflow_bus_events b
          WHERE b.tenant_id = e.tenant_id AND b.event_name = ANY(l.names) AND b.created_at >= e.created_at
            AND (l.key IS NULL OR b.payload ->> l.key = l.value)
            AND NOT EXISTS (
              SELECT 1 FROM workflow_events d
              WHERE d.execution_id = e.execution_id AND d.partition_id = e.partition_id AND d.bus_event_id = b.event_id)
            AND (l.after IS NULL OR (b.created_at, b.event_id)
                   > (SELECT p.created_at, p.event_id FROM workflow_bus_events p WHERE p.event_id = l.after))
          ORDER BY b.created_at, b.event_id LIMIT ${limit}
        ) b
        ORDER BY l.n, b.created_at, b.event_id`;
      const pages: BusEvent[][] = looks.map(() => []);
      for (const row of rows) pages[row.n]?.push(eventOf(row));
      return pages;
    },

    deliver: (batch) => deliverEvents(sql, batch),

    findNotLookedFor: async ({ partitions, limit }) => {
      const rows = await sql<WaitRow[]>`
        SELECT execution_id, partition_id, command_id, tenant_id, names, match FROM workflow_waits
        WHERE partition_id = ANY(${[...partitions]}::smallint[]) AND match_probes IS NOT NULL AND checked_at IS NULL
        LIMIT ${limit}`;
      return rows.map(waitOf);
    },

    findNotFannedOut: async ({ minAgeMs, limit }) => {
      const rows = await sql<EventRow[]>`
        SELECT event_id, tenant_id, event_name, payload FROM workflow_bus_events
        WHERE fanned_out_at IS NULL
          AND created_at <= clock_timestamp() - ${minAgeMs}::bigint * interval '1 millisecond'
        ORDER BY created_at LIMIT ${limit}`;
      return rows.map(eventOf);
    },
  };
}

/** The value of a whole key can be compared as text by the database; what stands at a path is compared afterwards. */
function lookOf({ wait, after }: { readonly wait: MatchWait; readonly after: string | null }, n: number) {
  const { executionId: execution_id, partitionId: partition_id, names, match } = wait;
  const plain = Object.entries(match).find(([key, value]) => !key.includes('.') && value !== null);
  const [key, value] = plain ?? [null, null];
  return { n, execution_id, partition_id, names, key, value: value === null ? null : String(value), after };
}

function waitOf(row: WaitRow): MatchWait {
  return {
    executionId: row.execution_id,
    partitionId: row.partition_id,
    commandId: row.command_id,
    tenant: row.tenant_id,
    names: row.names,
    match: row.match,
  };
}

function eventOf(row: EventRow): BusEvent {
  return { eventId: row.event_id, tenant: row.tenant_id, name: row.event_name, payload: row.payload };
}

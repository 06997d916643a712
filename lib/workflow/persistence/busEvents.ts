/**
 * Events of the bus. Storing one and starting the workflows that are attached to it is one statement: nobody can see
 * the event without its executions.
 */
import type { Sql, TransactionSql } from 'postgres';
import type { WorkflowEvent } from '../model/events';
import type { JsonValue } from '../model/json';

/** An execution that may be started: how many there are is known to the statement only. */
export interface PreparedStart {
  readonly executionId: string;
  readonly partitionId: number;
  readonly seed: string;
}

export interface Submission {
  readonly tenant: string;
  readonly event: WorkflowEvent<JsonValue>;
  readonly subject: string | null;
  readonly correlationId: string;
  readonly idempotencyKey: string | null;
  readonly starts: readonly PreparedStart[];
}

export type StoredBusEvent =
  | { readonly outcome: 'stored'; readonly started: readonly Pick<PreparedStart, 'executionId' | 'partitionId'>[] }
  /** An event with this idempotency key is there already. */
  | { readonly outcome: 'repeated' }
  /** Nothing was stored: prepare so many starts. */
  | { readonly outcome: 'more_attachments'; readonly attachments: number };

interface StoredRow {
  readonly stored: boolean;
  readonly attachments: number;
  readonly execution_id: string | null;
  readonly partition_id: number | null;
}

export async function storeBusEvent(sql: Sql | TransactionSql, submission: Submission): Promise<StoredBusEvent> {
  const { tenant, event, subject, correlationId, idempotencyKey, starts } = submission;
  const rows = await sql<StoredRow[]>`
    WITH attached AS MATERIALIZED (
      SELECT r.registration_id, r.name, r.current_version,
             row_number() OVER (ORDER BY a.created_at, a.attachment_id) AS n
      FROM workflow_event_attachments a JOIN workflow_registrations r ON r.registration_id = a.workflow_id
      WHERE a.tenant_id = ${tenant} AND a.event_type = ${event.type} AND a.is_active
        AND (r.tenant_id IS NULL OR r.tenant_id = a.tenant_id)
    ), stored AS (
      INSERT INTO workflow_bus_events (event_id, tenant_id, event_type, event_name, payload, user_id, correlation_id,
                                       subject, idempotency_key, created_at)
      SELECT ${event.event_id}::uuid, ${tenant}, ${event.type}, ${event.name},
             ${JSON.stringify(event.payload)}::text::json, ${event.user_id}, ${correlationId}, ${subject}, ${idempotencyKey},
             -- Not when a long transaction of the caller began: waits look for events since their execution began.
             clock_timestamp()
      WHERE (SELECT count(*) FROM attached) <= ${starts.length}::int
      ON CONFLICT (tenant_id, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
      RETURNING event_id
    ), starting AS MATERIALIZED (
      SELECT s.execution_id, s.partition_id, s.seed, a.registration_id, a.name, a.current_version
      FROM unnest(${starts.map((start) => start.executionId)}::uuid[],
                  ${starts.map((start) => start.partitionId)}::smallint[],
                  ${starts.map((start) => start.seed)}::text[]) WITH ORDINALITY
             AS s(execution_id, partition_id, seed, n)
      JOIN attached a ON a.n = s.n
      WHERE EXISTS (SELECT 1 FROM stored)
    ), executions AS (
      INSERT INTO workflow_executions (execution_id, partition_id, tenant_id, workflow_name, workflow_version,
        registration_id, status, head_seq, subject, correlation_id, started_by_event_id, started_by)
      SELECT execution_id, partition_id, ${tenant}, name, current_version, registration_id, 'pending', 1, ${subject},
             ${correlationId}, ${event.event_id}::uuid, ${event.user_id}
      FROM starting
    ), log AS (
      INSERT INTO workflow_events (execution_id, partition_id, seq, tenant_id, kind, name, payload)
      SELECT execution_id, partition_id, 1, ${tenant}, 'execution_started', name,
             json_build_object('workflow', name, 'version', current_version,
               'trigger', ${JSON.stringify(event)}::text::json, 'initialData', '{}'::json, 'seed', seed,
               'logicalExecutionId', execution_id, 'startedBy', ${event.user_id}::text)
      FROM starting
    )
    SELECT EXISTS (SELECT 1 FROM stored) AS stored, (SELECT count(*)::int FROM attached) AS attachments,
           s.execution_id, s.partition_id
    FROM (SELECT 1) AS one LEFT JOIN starting s ON true`;
  const [first] = rows;
  if (first && !first.stored && first.attachments > starts.length) {
    return { outcome: 'more_attachments', attachments: first.attachments };
  }
  if (!first?.stored) return { outcome: 'repeated' };
  const started = rows.flatMap(({ execution_id: executionId, partition_id: partitionId }) =>
    executionId === null || partitionId === null ? [] : [{ executionId, partitionId }],
  );
  return { outcome: 'stored', started };
}

interface SubmittedRow {
  readonly event_id: string;
  readonly event_type: string;
  readonly event_name: string;
  readonly subject: string | null;
  /** Of the first row alone: there is a row for each execution. */
  readonly payload: JsonValue;
  readonly execution_id: string | null;
}

/** What the first submit with an idempotency key sent, and what it was answered. */
export async function findSubmitted(
  sql: Sql | TransactionSql,
  query: { readonly tenant: string; readonly idempotencyKey: string | null },
): Promise<{
  readonly eventId: string;
  readonly executionIds: readonly string[];
  readonly content: Pick<SubmittedRow, 'event_type' | 'event_name' | 'subject' | 'payload'> | null;
}> {
  const rows = await sql<SubmittedRow[]>`
    SELECT b.event_id, b.event_type, b.event_name, b.subject, e.execution_id,
           CASE WHEN row_number() OVER (ORDER BY e.execution_id) = 1 THEN b.payload END AS payload
    FROM workflow_bus_events b LEFT JOIN workflow_executions e ON e.started_by_event_id = b.event_id
    WHERE b.tenant_id = ${query.tenant} AND b.idempotency_key = ${query.idempotencyKey}
    ORDER BY e.execution_id`;
  const executionIds = rows.flatMap((row) => (row.execution_id === null ? [] : [row.execution_id]));
  return { eventId: rows[0]?.event_id ?? '', executionIds, content: rows[0] ?? null };
}

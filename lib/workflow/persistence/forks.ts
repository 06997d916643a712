/**
 * Forks: what is read of the source, and the one statement that makes the new execution of it. The source is only read;
 * entries up to the one to fork from never change, so the two need not be of one moment.
 */
import type { Sql } from 'postgres';
import { forkPlanKinds, type ForkPlan } from '../model/forks';
import type { EntryKind, HistoryEntry } from '../model/history';
import { entryColumns, entryFromRow, rowOf, type SelectedEntry } from './executions/historyRows';

interface ForkPoint {
  readonly tenant: string;
  /** A UUID. */
  readonly executionId: string;
  readonly atSeq: number;
}

/** What a plan needs; null for an execution that the tenant does not have. */
export async function readForkSource(
  sql: Sql,
  { tenant, executionId, atSeq }: ForkPoint,
): Promise<{ readonly entries: readonly HistoryEntry[]; readonly lastKind: EntryKind | null } | null> {
  const rows = await sql<(SelectedEntry & { readonly last_kind: EntryKind | null })[]>`
    SELECT i.seq, i.at, i.kind, i.name, i.command_id, i.payload, n.kind AS last_kind
    FROM workflow_executions e
    JOIN workflow_events i ON i.execution_id = e.execution_id AND i.partition_id = e.partition_id
    LEFT JOIN workflow_events n
      ON n.execution_id = e.execution_id AND n.partition_id = e.partition_id AND n.seq = ${atSeq}::int
    WHERE e.execution_id = ${executionId} AND e.tenant_id = ${tenant}
      AND i.seq <= ${atSeq}::int AND i.kind = ANY(${[...forkPlanKinds]}::text[])
    ORDER BY i.seq`;
  const [first] = rows;
  return first
    ? { entries: rows.flatMap((row) => entryFromRow(rowOf(row), noResult) ?? []), lastKind: first.last_kind }
    : null;
}

const noResult = () => undefined;

/**
 * - Of the results of actions those come along whose outcome is among the copied entries; failures that a retry among
 *   them undid do not, nor does anything that was under way.
 * - The fork holds no workflow key, has no parent and continues nobody: those belong to its source.
 */
export async function insertFork(
  sql: Sql,
  fork: ForkPoint & {
    readonly forkId: string;
    readonly partitionId: number;
    readonly forkedBy: string | null;
    readonly plan: ForkPlan;
  },
): Promise<void> {
  const { tenant, executionId, atSeq, forkId, partitionId, forkedBy, plan } = fork;
  const detached = plan.detached.map((entry, index) => {
    const { name, commandId, payload } = entryColumns(entry);
    return { seq: atSeq + index + 1, kind: entry.kind, name, command_id: commandId, payload };
  });
  await sql`
    WITH source AS MATERIALIZED (
      SELECT * FROM workflow_executions WHERE execution_id = ${executionId} AND tenant_id = ${tenant}
    ), copied AS MATERIALIZED (
      SELECT i.* FROM source s
      JOIN workflow_events i ON i.execution_id = s.execution_id AND i.partition_id = s.partition_id
      WHERE i.seq <= ${atSeq}::int
    ), forked AS (
      INSERT INTO workflow_executions (execution_id, partition_id, tenant_id, workflow_name, workflow_version,
        registration_id, status, state, head_seq, subject, correlation_id, started_by, forked_from, forked_at_seq,
        forked_by)
      SELECT ${forkId}::uuid, ${partitionId}::smallint, tenant_id, workflow_name, workflow_version, registration_id,
        'pending', (SELECT name FROM copied WHERE kind = 'state_changed' ORDER BY seq DESC LIMIT 1),
        ${atSeq + detached.length}::int, subject, correlation_id, started_by, execution_id, ${atSeq}::int,
        ${forkedBy}::text
      FROM source
    ), log AS (
      INSERT INTO workflow_events (execution_id, partition_id, seq, tenant_id, kind, name, command_id, payload,
        bus_event_id, at)
      SELECT ${forkId}::uuid, ${partitionId}::smallint, seq, tenant_id, kind, name, command_id,
        CASE WHEN seq = 1 THEN ${JSON.stringify(plan.started)}::text::json ELSE payload END, bus_event_id, at
      FROM copied
      UNION ALL
      SELECT ${forkId}::uuid, ${partitionId}::smallint, d.seq, s.tenant_id, d.kind, d.name, d.command_id, d.payload,
        NULL, (SELECT at FROM copied ORDER BY seq DESC LIMIT 1)
      FROM source s, json_to_recordset(${JSON.stringify(detached)}::text::json)
        AS d(seq int, kind text, name text, command_id text, payload json)
    ), outcomes AS (
      SELECT DISTINCT ON (command_id) command_id, kind, payload, at, seq FROM copied
      WHERE kind IN ('action_completed', 'action_failed') ORDER BY command_id, seq DESC
    )
    INSERT INTO workflow_action_results (execution_id, partition_id, command_id, tenant_id, action_name, status, params,
      result, error, attempts, started_at, completed_at, via_inbox)
    SELECT ${forkId}::uuid, ${partitionId}::smallint, r.command_id, r.tenant_id, r.action_name,
      CASE o.kind WHEN 'action_completed' THEN 'completed' ELSE 'failed' END, r.params,
      CASE o.kind WHEN 'action_completed' THEN r.result END,
      CASE o.kind WHEN 'action_failed' THEN coalesce(o.payload -> 'error', r.error) END,
      greatest(r.attempts, 1), r.started_at, coalesce(r.completed_at, o.at), r.via_inbox
    FROM source s
    JOIN workflow_action_results r ON r.execution_id = s.execution_id AND r.partition_id = s.partition_id
    JOIN outcomes o ON o.command_id = r.command_id
    WHERE o.kind = 'action_completed'
      OR NOT EXISTS (SELECT 1 FROM copied c WHERE c.kind = 'execution_retried' AND c.seq > o.seq)`;
}

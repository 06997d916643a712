/** What was put aside for a person, and its way back. */
import type { Sql } from 'postgres';
import type { RecordedError } from '../../model/errors';
import type { DeadLetterKind } from '../../model/ports/failures';
import type { ExecutionKey } from '../../model/ports/store';
import type { ExecutionStatus } from '../../model/status';

export async function putAside(
  sql: Sql,
  letter: {
    readonly workerId: string;
    readonly execution: ExecutionKey;
    readonly kind: Exclude<DeadLetterKind, 'undeliverable'>;
    readonly reason: string;
    readonly error: RecordedError;
  },
): Promise<void> {
  const { workerId, kind, reason, error } = letter;
  const { executionId, partitionId } = letter.execution;
  await sql`
    INSERT INTO workflow_dead_letters (tenant_id, execution_id, partition_id, kind, reason, error, head_seq, worker_id)
    SELECT e.tenant_id, e.execution_id, e.partition_id, ${kind}, ${reason}, ${JSON.stringify(error)}::text::json,
           e.head_seq, ${workerId}
    FROM workflow_executions e
    WHERE e.execution_id = ${executionId} AND e.partition_id = ${partitionId}
      AND EXISTS (SELECT 1 FROM workflow_workers WHERE worker_id = ${workerId} AND fenced_at IS NULL FOR SHARE)
    ON CONFLICT DO NOTHING`;
}

/** The owner's part of a redrive: the execution may run again, without strikes. */
export async function applyRedrives(
  sql: Sql,
  workerId: string,
  executions: readonly ExecutionKey[],
): Promise<ExecutionKey[]> {
  const rows = await sql<{ execution_id: string; partition_id: number }[]>`
    WITH fence AS MATERIALIZED (
      SELECT 1 FROM workflow_workers WHERE worker_id = ${workerId} AND fenced_at IS NULL FOR SHARE
    ), letters AS (
      UPDATE workflow_dead_letters d SET settled_at = clock_timestamp()
      WHERE d.execution_id = ANY(${executions.map((key) => key.executionId)}::uuid[])
        AND d.partition_id = ANY(${executions.map((key) => key.partitionId)}::smallint[])
        AND d.redriven_at IS NOT NULL AND d.settled_at IS NULL AND EXISTS (SELECT 1 FROM fence)
      RETURNING d.execution_id, d.partition_id
    ), freed AS (
      UPDATE workflow_executions e SET status = 'running', error = NULL, updated_at = clock_timestamp()
      FROM letters l
      WHERE e.execution_id = l.execution_id AND e.partition_id = l.partition_id AND e.status = 'blocked_on_code'
      RETURNING e.execution_id, e.partition_id
    ), forgiven AS (
      DELETE FROM workflow_suspects s USING letters l
      WHERE s.execution_id = l.execution_id AND s.partition_id = l.partition_id
    )
    SELECT execution_id, partition_id FROM freed`;
  return rows.map((row) => ({ executionId: row.execution_id, partitionId: row.partition_id }));
}

export interface DeadLetterToRedrive extends ExecutionKey {
  readonly kind: DeadLetterKind;
  readonly eventRowId: number | null;
  readonly redrivenAt: Date | null;
  readonly status: ExecutionStatus;
}

/** Locks a dead letter of the tenant for a redrive; null when the tenant has none such. */
export async function lockDeadLetter(
  tx: Sql,
  { tenant, deadLetterId }: { readonly tenant: string; readonly deadLetterId: string },
): Promise<DeadLetterToRedrive | null> {
  const [row] = await tx<
    {
      execution_id: string;
      partition_id: number;
      kind: DeadLetterKind;
      event_row_id: string | null;
      redriven_at: Date | null;
      status: ExecutionStatus;
    }[]
  >`
    SELECT d.execution_id, d.partition_id, d.kind, d.event_row_id, d.redriven_at, e.status
    FROM workflow_dead_letters d
    JOIN workflow_executions e ON e.execution_id = d.execution_id AND e.partition_id = d.partition_id
    WHERE d.dead_letter_id = ${deadLetterId} AND d.tenant_id = ${tenant} FOR UPDATE OF d`;
  if (!row) return null;
  return {
    executionId: row.execution_id,
    partitionId: row.partition_id,
    kind: row.kind,
    eventRowId: row.event_row_id === null ? null : Number(row.event_row_id),
    redrivenAt: row.redriven_at,
    status: row.status,
  };
}

/** Puts the event into the inbox once more, behind what is there. */
export async function sendAgain(tx: Sql, letter: ExecutionKey & { readonly eventRowId: number }): Promise<void> {
  await tx`
    INSERT INTO workflow_events (execution_id, partition_id, tenant_id, kind, name, command_id, payload)
    SELECT execution_id, partition_id, tenant_id, kind, name, command_id, payload FROM workflow_events
    WHERE execution_id = ${letter.executionId} AND partition_id = ${letter.partitionId}
      AND row_id = ${letter.eventRowId}`;
}

export async function markRedriven(
  tx: Sql,
  request: { readonly deadLetterId: string; readonly userId: string; readonly isSettled: boolean },
): Promise<void> {
  await tx`
    UPDATE workflow_dead_letters
    SET redriven_at = clock_timestamp(), redriven_by = ${request.userId},
        settled_at = CASE WHEN ${request.isSettled}::boolean THEN clock_timestamp() END
    WHERE dead_letter_id = ${request.deadLetterId}`;
}

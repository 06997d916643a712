/** Puts events into the inboxes of executions. Only their owners give them a place in the log. */
import type { Sql, TransactionSql } from 'postgres';
import type { WorkflowEvent } from '../model/events';
import type { ExecutionStatus } from '../model/status';

export interface Signal {
  readonly tenant: string;
  /** A UUID. */
  readonly executionId: string;
  readonly event: WorkflowEvent;
}

/** What the signal met; it was put into the inbox unless the execution has ended or is full. */
export interface SignalledExecution {
  readonly partitionId: number;
  readonly status: ExecutionStatus;
  /** It has more events than it may: this one was not put there. */
  readonly isFull: boolean;
}

/**
 * Many signals in one statement, in the order given. Answers in that order, with null for an execution that the tenant
 * does not have.
 */
export async function insertSignals(
  sql: Sql | TransactionSql,
  signals: readonly Signal[],
): Promise<readonly (SignalledExecution | null)[]> {
  const rows = await sql<{ n: number; partition_id: number; status: ExecutionStatus; is_full: boolean }[]>`
    WITH wanted AS MATERIALIZED (
      SELECT w.n::int, e.execution_id, e.partition_id, e.tenant_id, e.status, w.name, w.payload,
             e.status = 'blocked_on_code' AND coalesce(e.error ->> 'code', '') = 'mailbox_full' AS is_full
      FROM unnest(${signals.map((signal) => signal.executionId)}::uuid[],
                  ${signals.map((signal) => signal.tenant)}::text[],
                  ${signals.map((signal) => signal.event.name)}::text[],
                  ${signals.map(({ event }) => JSON.stringify({ event }))}::text[]) WITH ORDINALITY
             AS w(execution_id, tenant_id, name, payload, n)
      -- Kept apart from the join: by the tenant's index a plan would read all executions of the tenant.
      CROSS JOIN LATERAL (SELECT * FROM workflow_executions x WHERE x.execution_id = w.execution_id OFFSET 0) e
      WHERE e.tenant_id = w.tenant_id
    ), sent AS (
      INSERT INTO workflow_events (execution_id, partition_id, tenant_id, kind, name, payload)
      SELECT execution_id, partition_id, tenant_id, 'event_received', name, payload::json
      FROM wanted
      WHERE status NOT IN ('completed', 'failed', 'canceled', 'terminated', 'continued_as_new') AND NOT is_full
      ORDER BY n
    )
    SELECT n, partition_id, status, is_full FROM wanted`;
  const found = new Map(
    rows.map((row) => [row.n, { partitionId: row.partition_id, status: row.status, isFull: row.is_full }]),
  );
  return signals.map((_, index) => found.get(index + 1) ?? null);
}

/** The last run of a chain of runs that continued as new. */
export async function findLastRun(
  sql: Sql | TransactionSql,
  query: { readonly tenant: string; readonly executionId: string },
): Promise<string | null> {
  const [row] = await sql<{ execution_id: string }[]>`
    WITH RECURSIVE run AS (
      SELECT e.execution_id, e.continued_to FROM workflow_executions e
      WHERE e.execution_id = ${query.executionId} AND e.tenant_id = ${query.tenant}
      UNION ALL
      SELECT e.execution_id, e.continued_to FROM run r JOIN workflow_executions e ON e.execution_id = r.continued_to
    )
    SELECT execution_id FROM run WHERE continued_to IS NULL`;
  return row?.execution_id ?? null;
}

/** Whether the tenant has this task, open or ended. */
export async function hasTask(
  sql: Sql | TransactionSql,
  { tenant, taskId }: { readonly tenant: string; readonly taskId: string },
): Promise<boolean> {
  const rows = await sql`SELECT 1 FROM workflow_tasks WHERE task_id = ${taskId} AND tenant_id = ${tenant}`;
  return rows.length > 0;
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
}

/** Puts what people decide about an execution into its inbox. Only its owner acts on it. */
import type { Sql } from 'postgres';
import type { Decision, DecisionKind } from '../model/history';
import type { ExecutionStatus } from '../model/status';

export interface DecidedExecution {
  /** The run that was reached: the last one of those that continued as new, for all but a retry. */
  readonly receiverId: string;
  readonly partitionId: number;
  /** As the statement found it: the decision was put into the inbox unless this or the key speaks against it. */
  readonly status: ExecutionStatus;
  /** Set where another execution, which has not ended, holds the workflow key of one that failed. */
  readonly taken: { readonly workflow: string; readonly workflowKey: string; readonly holder: string } | null;
}

const decidable: readonly ExecutionStatus[] = ['pending', 'running', 'waiting', 'paused', 'blocked_on_code'];
const retryable: readonly ExecutionStatus[] = ['failed', 'blocked_on_code'];

/** The statuses in which a decision is taken. */
export const statusesFor = (kind: DecisionKind): readonly ExecutionStatus[] =>
  kind === 'execution_retried' ? retryable : decidable;

/**
 * One statement: the run that it finds to be the last one had not gone on when it looked. Where that run goes on before
 * it takes the decision, the next one inherits it with the rest of the inbox. A retry is for the run that is named.
 * The same decision right behind itself is not stored twice. Answers null for an execution that the
 * tenant does not have.
 */
export async function insertDecision(
  sql: Sql,
  request: {
    readonly tenant: string;
    /** A UUID. */
    readonly executionId: string;
    readonly kind: DecisionKind;
    readonly decision: Decision;
  },
): Promise<DecidedExecution | null> {
  const { tenant, executionId, kind, decision } = request;
  const [row] = await sql<
    {
      receiver_id: string;
      partition_id: number;
      status: ExecutionStatus;
      workflow: string;
      workflow_key: string;
      holder: string | null;
    }[]
  >`
    WITH RECURSIVE run AS (
      SELECT e.execution_id, e.continued_to FROM workflow_executions e
      WHERE e.execution_id = ${executionId} AND e.tenant_id = ${tenant}
      UNION ALL
      SELECT e.execution_id, e.continued_to FROM run r
      JOIN workflow_executions e ON e.execution_id = r.continued_to AND e.tenant_id = ${tenant}
      WHERE ${kind !== 'execution_retried'}::boolean
    ), receiver AS MATERIALIZED (
      SELECT execution_id FROM run WHERE continued_to IS NULL OR ${kind === 'execution_retried'}::boolean
    ), target AS MATERIALIZED (
      SELECT e.execution_id, e.partition_id, e.tenant_id, e.status, e.workflow_name, e.workflow_key,
             CASE WHEN e.status = 'failed' AND e.workflow_key IS NOT NULL THEN (
               SELECT o.execution_id FROM workflow_executions o
               WHERE o.tenant_id = e.tenant_id AND o.workflow_name = e.workflow_name
                 AND o.workflow_key = e.workflow_key AND o.ended_at IS NULL LIMIT 1) END AS holder
      FROM receiver r
      CROSS JOIN LATERAL (SELECT * FROM workflow_executions x WHERE x.execution_id = r.execution_id OFFSET 0) e
    ), newest AS (
      SELECT i.kind FROM workflow_events i
      JOIN target t ON t.execution_id = i.execution_id AND t.partition_id = i.partition_id
      WHERE i.seq IS NULL AND i.disposition IS NULL
      ORDER BY i.row_id DESC LIMIT 1
    ), sent AS (
      INSERT INTO workflow_events (execution_id, partition_id, tenant_id, kind, payload)
      SELECT execution_id, partition_id, tenant_id, ${kind}, ${JSON.stringify(decision)}::text::json FROM target
      WHERE status = ANY(${[...statusesFor(kind)]}::text[]) AND holder IS NULL
        AND NOT EXISTS (SELECT 1 FROM newest WHERE kind = ${kind})
    )
    SELECT execution_id AS receiver_id, partition_id, status, workflow_name AS workflow, workflow_key, holder FROM target`;
  if (!row) return null;
  const {
    receiver_id: receiverId,
    partition_id: partitionId,
    status,
    workflow,
    workflow_key: workflowKey,
    holder,
  } = row;
  return { receiverId, partitionId, status, taken: holder === null ? null : { workflow, workflowKey, holder } };
}

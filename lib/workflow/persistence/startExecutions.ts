/**
 * Starts executions by name: the row and the first entry of the log, written by whoever starts. Owners take it from
 * there. Many starts share one statement; each is pinned to the version that is current in that statement.
 */
import type { Sql, TransactionSql } from 'postgres';
import type { WorkflowEvent } from '../model/events';
import type { JsonObject } from '../model/json';

export interface NewExecution {
  readonly executionId: string;
  readonly partitionId: number;
  readonly tenant: string;
  readonly workflowName: string;
  readonly subject: string | null;
  readonly workflowKey: string | null;
  readonly startedBy: string | null;
  readonly trigger: WorkflowEvent;
  readonly initialData: JsonObject;
  readonly seed: string;
  /** Lies in the inbox when the execution begins. */
  readonly signal?: WorkflowEvent | null;
}

/**
 * `key_taken`: an execution of the workflow that has not ended has this key. `repeated`: the execution is there already,
 * started by an earlier call with the same idempotency key.
 */
export type StartOutcome = 'started' | 'key_taken' | 'repeated' | 'unknown_workflow';

/** Answers in the order of the executions. */
export async function insertExecutions(
  sql: Sql | TransactionSql,
  executions: readonly NewExecution[],
): Promise<readonly StartOutcome[]> {
  if (executions.length === 0) return [];
  const rows = executions.map((execution) => ({
    execution_id: execution.executionId,
    partition_id: execution.partitionId,
    tenant_id: execution.tenant,
    workflow_name: execution.workflowName,
    subject: execution.subject,
    workflow_key: execution.workflowKey,
    started_by: execution.startedBy,
    trigger: execution.trigger,
    initial_data: execution.initialData,
    seed: execution.seed,
    signal: execution.signal ?? null,
  }));
  const known = await sql<{ execution_id: string; outcome: StartOutcome }[]>`
    WITH known AS MATERIALIZED (
      SELECT w.*, r.registration_id, r.current_version
      FROM json_to_recordset(${JSON.stringify(rows)}::text::json)
        AS w(execution_id uuid, partition_id smallint, tenant_id text, workflow_name text, subject text,
             workflow_key text, started_by text, trigger json, initial_data json, seed text, signal json)
      JOIN workflow_registrations r ON r.name = w.workflow_name AND r.tenant_id IS NULL
    ), started AS (
      INSERT INTO workflow_executions (execution_id, partition_id, tenant_id, workflow_name, workflow_version,
        registration_id, status, head_seq, subject, correlation_id, started_by, workflow_key)
      SELECT execution_id, partition_id, tenant_id, workflow_name, current_version, registration_id, 'pending', 1,
             subject, execution_id, started_by, workflow_key
      FROM known
      ON CONFLICT DO NOTHING
      RETURNING execution_id
    ), log AS (
      INSERT INTO workflow_events (execution_id, partition_id, seq, tenant_id, kind, name, payload)
      SELECT k.execution_id, k.partition_id, 1, k.tenant_id, 'execution_started', k.workflow_name,
             json_build_object('workflow', k.workflow_name, 'version', k.current_version, 'trigger', k.trigger,
               'initialData', k.initial_data, 'seed', k.seed, 'logicalExecutionId', k.execution_id,
               'startedBy', k.started_by)
      FROM known k JOIN started s ON s.execution_id = k.execution_id
      UNION ALL
      SELECT k.execution_id, k.partition_id, NULL, k.tenant_id, 'event_received', k.signal ->> 'name',
             json_build_object('event', k.signal)
      FROM known k JOIN started s ON s.execution_id = k.execution_id
      WHERE k.signal ->> 'name' IS NOT NULL
    )
    SELECT k.execution_id, CASE WHEN s.execution_id IS NOT NULL THEN 'started'
      WHEN EXISTS (SELECT 1 FROM workflow_executions e
                   WHERE e.execution_id = k.execution_id AND e.partition_id = k.partition_id) THEN 'repeated'
      ELSE 'key_taken' END AS outcome
    FROM known k LEFT JOIN started s ON s.execution_id = k.execution_id`;
  const outcomes = new Map(known.map((row) => [row.execution_id, row.outcome]));
  return executions.map(({ executionId }) => outcomes.get(executionId) ?? 'unknown_workflow');
}

/** The execution that holds a workflow key. */
export async function findByWorkflowKey(
  sql: Sql | TransactionSql,
  query: { readonly tenant: string; readonly workflowName: string; readonly workflowKey: string },
): Promise<string | null> {
  const [row] = await sql<{ execution_id: string }[]>`
    SELECT execution_id FROM workflow_executions
    WHERE tenant_id = ${query.tenant} AND workflow_name = ${query.workflowName} AND workflow_key = ${query.workflowKey}
      AND ended_at IS NULL`;
  return row?.execution_id ?? null;
}

/** What an execution was started with, by the call that started it. */
export async function findFirstStart(
  sql: Sql | TransactionSql,
  { executionId, partitionId }: Pick<NewExecution, 'executionId' | 'partitionId'>,
): Promise<Pick<NewExecution, 'initialData' | 'subject'> | null> {
  const [row] = await sql<{ initialData: JsonObject; subject: string | null }[]>`
    SELECT l.payload -> 'initialData' AS "initialData", e.subject
    FROM workflow_executions e
    JOIN workflow_events l ON l.execution_id = e.execution_id AND l.partition_id = e.partition_id AND l.seq = 1
    WHERE e.execution_id = ${executionId} AND e.partition_id = ${partitionId}`;
  return row ?? null;
}

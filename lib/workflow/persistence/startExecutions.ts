/** Starts executions: the row and the first entry of the log, written by whoever starts. Owners take it from there. */
import type { Sql, TransactionSql } from 'postgres';
import type { EntryBody } from '../model/history';
import { entryColumns } from './executions/historyRows';

export interface NewExecution {
  readonly executionId: string;
  readonly partitionId: number;
  readonly tenant: string;
  readonly registrationId: string;
  readonly subject: string | null;
  readonly correlationId: string;
  readonly startedByEventId: string | null;
  readonly workflowKey: string | null;
  readonly started: EntryBody<'execution_started'>;
}

/** Answers with the ids that were started; one whose workflow key is taken already is left out. */
export async function insertExecutions(
  sql: Sql | TransactionSql,
  executions: readonly NewExecution[],
): Promise<ReadonlySet<string>> {
  if (executions.length === 0) return new Set();
  const rows = executions.map((execution) => ({
    execution_id: execution.executionId,
    partition_id: execution.partitionId,
    tenant_id: execution.tenant,
    workflow_name: execution.started.workflow,
    workflow_version: execution.started.version,
    registration_id: execution.registrationId,
    subject: execution.subject,
    correlation_id: execution.correlationId,
    started_by_event_id: execution.startedByEventId,
    started_by: execution.started.startedBy,
    workflow_key: execution.workflowKey,
    entry: entryColumns({ kind: 'execution_started', body: execution.started }).payload,
  }));
  const inserted = await sql<{ execution_id: string }[]>`
    WITH wanted AS (
      SELECT * FROM json_to_recordset(${JSON.stringify(rows)}::text::json)
        AS x(execution_id uuid, partition_id smallint, tenant_id text, workflow_name text, workflow_version text,
             registration_id uuid, subject text, correlation_id text, started_by_event_id uuid, started_by text,
             workflow_key text, entry json)
    ), started AS (
      INSERT INTO workflow_executions (execution_id, partition_id, tenant_id, workflow_name, workflow_version,
        registration_id, status, head_seq, subject, correlation_id, started_by_event_id, started_by, workflow_key)
      SELECT execution_id, partition_id, tenant_id, workflow_name, workflow_version, registration_id, 'pending', 1,
             subject, correlation_id, started_by_event_id, started_by, workflow_key
      FROM wanted
      ON CONFLICT DO NOTHING
      RETURNING execution_id
    ), log AS (
      INSERT INTO workflow_events (execution_id, partition_id, seq, tenant_id, kind, name, payload)
      SELECT w.execution_id, w.partition_id, 1, w.tenant_id, 'execution_started', w.workflow_name, w.entry
      FROM wanted w JOIN started s ON s.execution_id = w.execution_id
    )
    SELECT execution_id FROM started`;
  return new Set(inserted.map((row) => row.execution_id));
}

/** The execution that holds a workflow key. */
export async function findByWorkflowKey(
  sql: Sql | TransactionSql,
  query: { readonly tenant: string; readonly workflowName: string; readonly workflowKey: string },
): Promise<string | null> {
  const [row] = await sql<{ execution_id: string }[]>`
    SELECT execution_id FROM workflow_executions
    WHERE tenant_id = ${query.tenant} AND workflow_name = ${query.workflowName} AND workflow_key = ${query.workflowKey}`;
  return row?.execution_id ?? null;
}

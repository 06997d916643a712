/** Whole executions for a cold start: their rows, logs and action results in one query for all of them. */
import type { Sql } from 'postgres';
import type { RecordedError } from '../../model/errors';
import { isDecision, type HistoryEntry } from '../../model/history';
import type { JsonValue } from '../../model/json';
import type { ExecutionKey, LoadedExecution, StoredActionResult } from '../../model/ports/store';
import type { ExecutionStatus } from '../../model/status';
import type { CallUnderWay } from '../../model/underWay';
import { entryFromRow } from './historyRows';
import {
  entriesOf,
  logSql,
  resultsOf,
  resultsSql,
  type LogColumns,
  type ResultColumns,
  type WholeResult,
} from './wholeLogs';

interface ExecutionRow extends LogColumns, ResultColumns {
  execution_id: string;
  partition_id: number;
  tenant_id: string;
  workflow_name: string;
  workflow_version: string;
  status: ExecutionStatus;
  head_seq: number;
  correlation_id: string;
  started_by: string | null;
  subject: string | null;
  timers: string[];
  waits: string[];
  closing_tasks: string[];
  inbox_kinds: string[];
  jobs: readonly CallUnderWay[] | null;
  blocked_by: RecordedError | null;
}

export interface ResultRow {
  execution_id: string;
  command_id: string;
  action_name: string;
  status: 'retrying' | 'started' | 'completed' | 'failed';
  params: JsonValue;
  result: JsonValue;
  error: RecordedError | null;
  attempts: number;
  started_at: Date;
  next_attempt_at: Date | null;
  completed_at: Date | null;
  via_inbox: boolean | null;
}

const executionsSql = `
SELECT e.execution_id, e.partition_id, e.tenant_id, e.workflow_name, e.workflow_version, e.status, e.head_seq,
       e.correlation_id, e.started_by, e.subject,
       ARRAY(SELECT t.command_id FROM workflow_timers t
             WHERE t.execution_id = e.execution_id AND t.partition_id = e.partition_id) AS timers,
       ARRAY(SELECT w.command_id FROM workflow_waits w
             WHERE w.execution_id = e.execution_id AND w.partition_id = e.partition_id) AS waits,
       ARRAY(SELECT coalesce(k.logged_task_id, k.task_id)::text FROM workflow_tasks k
             WHERE k.execution_id = e.execution_id AND k.closing_at IS NOT NULL
               AND k.status IN ('pending', 'claimed')) AS closing_tasks,
       ARRAY(SELECT DISTINCT i.kind FROM workflow_events i
             WHERE i.partition_id = e.partition_id AND i.execution_id = e.execution_id
               AND i.seq IS NULL AND i.disposition IS NULL) AS inbox_kinds,
       (SELECT json_agg(json_build_object('commandId', j.command_id, 'n', j.n, 'argsHash', j.args_hash))
        FROM workflow_jobs j
        WHERE j.execution_id = e.execution_id AND j.partition_id = e.partition_id) AS jobs,
       CASE WHEN e.status = 'blocked_on_code' THEN e.error END AS blocked_by, l.*, r.*
FROM workflow_executions e
CROSS JOIN LATERAL (${logSql}) l
CROSS JOIN LATERAL (${resultsSql}) r
WHERE e.execution_id = ANY($1::uuid[])`;

/**
 * Executions as of one moment. Left out are ids that do not exist, and logs with a hole: they must not keep the others
 * of the batch from being read.
 */
export async function loadExecutions(sql: Sql, keys: readonly ExecutionKey[]): Promise<LoadedExecution[]> {
  const wanted = [...new Set(keys.map((key) => key.executionId))];
  const rows = await sql.unsafe<ExecutionRow[]>(executionsSql, [wanted], { prepare: true });
  return rows.flatMap((row) => assemble(row) ?? []);
}

function assemble(row: ExecutionRow): LoadedExecution | null {
  const entries = entriesOf(row);
  if (!entries) return null;
  const rows = resultsOf(row);
  const results = new Map(rows.map((result) => [result.command_id, storedResult(result)]));
  // The inbox brings these.
  const arriving = new Set(rows.filter((result) => result.via_inbox).map((result) => result.command_id));
  const history: HistoryEntry[] = [];
  const logged = new Set<string>();
  let wasRetried = false;
  for (const entryRow of entries.slice(0, row.head_seq)) {
    const entry = entryFromRow(entryRow, (commandId) => results.get(commandId));
    if (!entry) return null;
    if (entry.kind === 'action_completed' || entry.kind === 'action_failed') logged.add(entry.body.commandId);
    wasRetried ||= entry.kind === 'execution_retried';
    history.push(entry);
  }
  if (history.length !== row.head_seq) return null;
  return {
    executionId: row.execution_id,
    partitionId: row.partition_id,
    tenant: row.tenant_id,
    workflowName: row.workflow_name,
    workflowVersion: row.workflow_version,
    status: row.status,
    correlationId: row.correlation_id,
    startedBy: row.started_by,
    subject: row.subject,
    history,
    unlogged: [...results.values()].filter(({ commandId }) =>
      logged.has(commandId) ? wasRetried : !arriving.has(commandId),
    ),
    underWay: underWayOf(rows, row.jobs, logged),
    timers: row.timers,
    waits: row.waits,
    closingTasks: row.closing_tasks,
    hasInbox: row.inbox_kinds.length > 0,
    decisions: row.inbox_kinds.filter(isDecision),
    blockedBy: row.blocked_by,
  };
}

/** What has begun and was never logged. A retry of the execution may begin a logged call anew: that one is not judged. */
function underWayOf(
  results: readonly WholeResult[],
  jobs: readonly CallUnderWay[] | null,
  logged: ReadonlySet<string>,
): CallUnderWay[] {
  const calls: CallUnderWay[] = [];
  for (const { command_id: commandId, n, args_hash: argsHash } of results) {
    if (!logged.has(commandId)) calls.push({ commandId, n, argsHash });
  }
  for (const job of jobs ?? []) if (!logged.has(job.commandId)) calls.push(job);
  return calls;
}

export function storedResult(row: Omit<ResultRow, 'execution_id'>): StoredActionResult {
  const common = {
    attempts: row.attempts,
    startedAtMs: row.started_at.getTime(),
    completedAtMs: (row.completed_at ?? row.started_at).getTime(),
    stored: true,
    params: row.params,
  };
  const { command_id: commandId, action_name: actionName, attempts, status } = row;
  const nextAttemptAtMs = row.next_attempt_at?.getTime() ?? null;
  const facts = { commandId, actionName, attempts, startedAtMs: common.startedAtMs, nextAttemptAtMs };
  if (status === 'completed') return { ...facts, outcome: { ...common, status, result: row.result } };
  if (status === 'failed' && row.error) return { ...facts, outcome: { ...common, status, error: row.error } };
  return { ...facts, outcome: null };
}

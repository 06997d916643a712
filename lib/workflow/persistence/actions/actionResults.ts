/** Results of the actions of executions, in `workflow_action_results`. */
import type { Sql } from 'postgres';
import type { RecordedError } from '../../model/errors';
import { encodeJson, type JsonValue } from '../../model/json';
import type { ActionCall } from '../../model/ports/actions';
import type { ActionResultStore } from '../../model/ports/actionStores';
import { createTransactions, type Transactions } from '../transactions';
import { errorCode, isIntact, runTenantTransaction, type Done, type Verdict } from './tenantTransaction';

interface ResultRow {
  status: 'completed' | 'failed';
  params: JsonValue;
  result: JsonValue;
  error: RecordedError | null;
  attempts: number;
  started_at: Date;
  completed_at: Date;
}

/** @param options.workerId the worker whose fence, and whose ownership of the partition, guard every write. */
export function createActionResultStore(options: {
  readonly sql: Sql;
  readonly transactions?: Transactions;
  readonly workerId: string;
}): ActionResultStore {
  const { sql, workerId, transactions = createTransactions({ sql }) } = options;
  return {
    find: async ({ call }) => {
      const [row] = await sql<ResultRow[]>`
        SELECT status, params, result, error, attempts, started_at, completed_at FROM workflow_action_results
        WHERE execution_id = ${call.executionId} AND command_id = ${call.commandId}
          AND partition_id = ${call.partitionId} AND status IN ('completed', 'failed')`;
      if (!row) return null;
      const common = {
        attempts: row.attempts,
        startedAtMs: row.started_at.getTime(),
        completedAtMs: row.completed_at.getTime(),
        stored: true,
        params: row.params,
      };
      if (row.status === 'failed' && row.error) return { ...common, status: 'failed', error: row.error };
      return { ...common, status: 'completed', result: row.result };
    },

    noteRetry: async ({ call, actionName, params, attempts, error, startedAtMs, nextAttemptAtMs }) => {
      const rows = await sql`
        WITH fence AS MATERIALIZED (
          SELECT 1 FROM workflow_workers w JOIN workflow_partitions p ON p.worker_id = w.worker_id
          WHERE w.worker_id = ${workerId} AND w.fenced_at IS NULL AND p.partition_id = ${call.partitionId} FOR SHARE
        )
        INSERT INTO workflow_action_results AS r (execution_id, partition_id, command_id, tenant_id, action_name, status,
          params, error, attempts, next_attempt_at, started_at, n, args_hash)
        SELECT ${call.executionId}::uuid, ${call.partitionId}::smallint, ${call.commandId}, ${call.tenant},
          ${actionName}, 'retrying', ${jsonText(params)}::text::json, ${jsonText(error)}::text::json,
          ${attempts}::smallint, ${iso(nextAttemptAtMs)}::text::timestamptz, ${iso(startedAtMs)}::text::timestamptz,
          ${call.n}::int, ${call.argsHash}
        FROM fence
        ON CONFLICT (execution_id, command_id, partition_id) DO UPDATE
        SET error = excluded.error, attempts = excluded.attempts, next_attempt_at = excluded.next_attempt_at
        WHERE r.status = 'retrying'
        RETURNING 1`;
      return rows.length === 1 ? 'noted' : 'ownership_lost';
    },

    transact: ({ call, isolationLevel, work, ...row }) =>
      runTenantTransaction({
        transactions,
        isolationLevel,
        tenant: call.tenant,
        work,
        finish: (transaction, done, leave) => recordBehindFence({ transaction, leave, workerId, call, done, ...row }),
      }),
  };
}

/**
 * The result row and the fence, in one round trip. The fence comes last: what it proves is true at the commit, because
 * whoever fences this worker waits for its share lock. The partition is locked too: it may have been released while the
 * action ran on past the drain, and then the call belongs to somebody else.
 */
async function recordBehindFence({
  transaction,
  leave,
  workerId,
  call,
  done,
  actionName,
  params,
  attempts,
  startedAtMs,
}: {
  readonly transaction: Sql;
  readonly leave: () => Promise<void>;
  readonly workerId: string;
  readonly call: ActionCall;
  readonly done: Done;
  readonly actionName: string;
  readonly params: JsonValue;
  readonly attempts: number;
  readonly startedAtMs: number;
}): Promise<Verdict> {
  const [left, inserted, fence] = await Promise.allSettled([
    leave(),
    transaction`
      INSERT INTO workflow_action_results AS r (execution_id, partition_id, command_id, tenant_id, action_name, status,
        params, result, attempts, started_at, completed_at, n, args_hash)
      SELECT ${call.executionId}::uuid, ${call.partitionId}::smallint, ${call.commandId}, ${call.tenant}, ${actionName},
        'completed', ${jsonText(params)}::text::json, ${done.resultText}::text::json, ${attempts}::smallint,
        ${iso(startedAtMs)}::text::timestamptz, ${iso(done.completedAtMs)}::text::timestamptz, ${call.n}::int,
        ${call.argsHash}
      WHERE ${isIntact(transaction)}
      ON CONFLICT (execution_id, command_id, partition_id) DO UPDATE
      SET status = 'completed', params = excluded.params, result = excluded.result, error = NULL,
          attempts = excluded.attempts, next_attempt_at = NULL, completed_at = excluded.completed_at
      WHERE r.status = 'retrying'
      RETURNING 1`,
    transaction`
      SELECT 1 FROM workflow_workers w JOIN workflow_partitions p ON p.worker_id = w.worker_id
      WHERE w.worker_id = ${workerId} AND w.fenced_at IS NULL AND p.partition_id = ${call.partitionId} FOR SHARE`,
  ]);
  if (left.status === 'rejected') throw left.reason;
  if (inserted.status === 'rejected') throw inserted.reason;
  if (fence.status === 'rejected') {
    // One of the rows changed since the transaction's snapshot, and they change only with the ownership.
    if (errorCode(fence.reason) === '40001') return 'ownership_lost';
    throw fence.reason;
  }
  if (fence.value.length === 0) return 'ownership_lost';
  return inserted.value.length === 1 ? 'recorded' : 'already_recorded';
}

const jsonText = (value: unknown): string => encodeJson(value, 'An action result');
const iso = (ms: number): string => new Date(ms).toISOString();

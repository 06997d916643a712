/** Keys of actions that are called outside executions, in `workflow_action_keys`. */
import type { Sql } from 'postgres';
import { encodeJson, type JsonValue } from '../../model/json';
import type { ActionKey, ActionKeyStore, KeyClaim } from '../../model/ports/actionStores';
import { createTransactions, type Transactions } from '../transactions';
import { errorCode, isIntact, runTenantTransaction, type Done, type Verdict } from './tenantTransaction';

interface KeyRow {
  status: 'in_progress' | 'completed' | 'failed';
  given: JsonValue;
  params: JsonValue;
  result: JsonValue;
}

/** The token of a claim is its `claimed_at`: it moves with each renewal and each new owner. */
export function createActionKeyStore(options: {
  readonly sql: Sql;
  readonly transactions?: Transactions;
}): ActionKeyStore {
  const { sql, transactions = createTransactions({ sql }) } = options;
  return {
    claim: async ({ key, callerExecutionId, callerEventId, given, params, leaseMs, lapsed }): Promise<KeyClaim> => {
      const [claimed] = await sql<{ token: string }[]>`
        INSERT INTO workflow_action_keys AS k (tenant_id, action_name, idempotency_key, status, caller_execution_id,
          caller_event_id, given, params, claimed_at)
        VALUES (${key.tenant}, ${key.actionName}, ${key.idempotencyKey}, 'in_progress', ${callerExecutionId},
          ${callerEventId}, ${encodeJson(given, 'Parameters')}::text::json,
          ${encodeJson(params, 'Parameters')}::text::json, clock_timestamp())
        ON CONFLICT (tenant_id, action_name, idempotency_key) DO UPDATE
        SET status = 'in_progress', caller_execution_id = excluded.caller_execution_id,
            caller_event_id = excluded.caller_event_id, given = excluded.given, params = excluded.params, error = NULL,
            claimed_at = clock_timestamp(), completed_at = NULL
        WHERE k.status = 'failed' OR (k.status = 'in_progress' AND k.claimed_at = ${lapsed}::text::timestamptz
          AND k.claimed_at < clock_timestamp() - ${leaseMs} * interval '1 millisecond')
        RETURNING claimed_at::text AS token`;
      if (claimed) return { kind: 'claimed', token: claimed.token };
      const row = await readClaim(sql, key, leaseMs);
      // A call that failed meanwhile had claimed it in between.
      if (!row) return { kind: 'in_progress', lapsed: null, given, params };
      const content = { given: row.given, params: row.params };
      if (row.status === 'completed') return { kind: 'completed', result: row.result, ...content };
      return { kind: 'in_progress', lapsed: row.status === 'in_progress' ? row.lapsed : null, ...content };
    },

    find: async ({ key }) => {
      const row = await read(sql, key);
      return row?.status === 'completed' ? { result: row.result } : null;
    },

    renew: async ({ key, token }) => {
      const [row] = await sql<{ token: string }[]>`
        UPDATE workflow_action_keys SET claimed_at = clock_timestamp() WHERE ${claimOf(sql, key, token)}
        RETURNING claimed_at::text AS token`;
      return row?.token ?? null;
    },

    finish: async ({ key, token, ...end }) => {
      const result = end.status === 'completed' ? end.resultText : null;
      const error = end.status === 'failed' ? encodeJson(end.error, 'An error') : null;
      const rows = await sql`
        UPDATE workflow_action_keys
        SET status = ${end.status}, result = ${result}::text::json, error = ${error}::text::json,
            completed_at = clock_timestamp()
        WHERE ${claimOf(sql, key, token)} RETURNING 1`;
      return rows.length === 1;
    },

    transact: ({ key, token, isolationLevel, work }) =>
      runTenantTransaction({
        transactions,
        isolationLevel,
        tenant: key.tenant,
        work,
        finish: (transaction, done, leave) => completeKey({ transaction, leave, key, token, done }),
      }),
  };
}

async function completeKey({
  transaction,
  leave,
  key,
  token,
  done,
}: {
  readonly transaction: Sql;
  readonly leave: () => Promise<void>;
  readonly key: ActionKey;
  readonly token: string;
  readonly done: Done;
}): Promise<Verdict> {
  const [left, updated] = await Promise.allSettled([
    leave(),
    transaction`
      UPDATE workflow_action_keys
      SET status = 'completed', result = ${done.resultText}::text::json, completed_at = clock_timestamp()
      WHERE ${claimOf(transaction, key, token)} AND ${isIntact(transaction)} RETURNING 1`,
  ]);
  if (left.status === 'rejected') throw left.reason;
  if (updated.status === 'rejected') {
    // The key changed since the transaction's snapshot: somebody else took the claim.
    if (errorCode(updated.reason) === '40001') return 'ownership_lost';
    throw updated.reason;
  }
  return updated.value.length === 1 ? 'recorded' : 'ownership_lost';
}

async function readClaim(
  sql: Sql,
  key: ActionKey,
  leaseMs: number,
): Promise<(KeyRow & { lapsed: string | null }) | undefined> {
  const [row] = await sql<(KeyRow & { lapsed: string | null })[]>`
    SELECT status, given, params, result,
      CASE WHEN claimed_at < clock_timestamp() - ${leaseMs} * interval '1 millisecond' THEN claimed_at::text END AS lapsed
    FROM workflow_action_keys
    WHERE tenant_id = ${key.tenant} AND action_name = ${key.actionName} AND idempotency_key = ${key.idempotencyKey}`;
  return row;
}

async function read(sql: Sql, key: ActionKey): Promise<Pick<KeyRow, 'status' | 'result'> | undefined> {
  const [row] = await sql<KeyRow[]>`
    SELECT status, result FROM workflow_action_keys
    WHERE tenant_id = ${key.tenant} AND action_name = ${key.actionName} AND idempotency_key = ${key.idempotencyKey}`;
  return row;
}

function claimOf(sql: Sql, key: ActionKey, token: string) {
  return sql`tenant_id = ${key.tenant} AND action_name = ${key.actionName} AND idempotency_key = ${key.idempotencyKey}
    AND status = 'in_progress' AND claimed_at = ${token}::text::timestamptz`;
}

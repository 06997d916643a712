/**
 * Who owns which partition. A takeover sets `fenced_at` first, which waits for the share locks of commits in flight;
 * from then on every commit of the fenced worker finds no row and writes nothing. Only the database's clock counts.
 */
import type { Sql } from 'postgres';
import type { MembershipStore } from '../model/ports/membership';
import { createTransactions, type Transactions } from './transactions';

/** `application_name` of a worker's sessions: whoever takes over from it ends what it left open. */
export function workerSessionName(workerId: string): string {
  return `baton worker ${workerId}`;
}

export function createPostgresMembership(sql: Sql): MembershipStore {
  const transactions = createTransactions({ sql, max: 1 });
  return {
    register: async (worker, leaseMs) => {
      await sql`
        WITH added AS (
          INSERT INTO workflow_workers (worker_id, host, pid, code_version, definitions)
          VALUES (${worker.workerId}, ${worker.host}, ${worker.pid}, ${worker.codeVersion},
                  ${[...(worker.definitions ?? [])]}::text[])
          RETURNING worker_id
        )
        INSERT INTO workflow_worker_leases (worker_id, lease_until, heartbeat_at)
        VALUES (${worker.workerId}, clock_timestamp() + ${leaseMs}::bigint * interval '1 millisecond', clock_timestamp())`;
    },

    heartbeat: async ({ workerId, leaseMs }) => {
      const renewed = await sql`
        UPDATE workflow_worker_leases l
        SET lease_until = clock_timestamp() + ${leaseMs}::bigint * interval '1 millisecond',
            heartbeat_at = clock_timestamp()
        FROM workflow_workers w
        WHERE l.worker_id = ${workerId} AND w.worker_id = l.worker_id AND w.fenced_at IS NULL`;
      return renewed.count === 1;
    },

    fenceExpired: async ({ knownDead }) => {
      const expired = await sql<{ worker_id: string }[]>`
        SELECT w.worker_id FROM workflow_workers w JOIN workflow_worker_leases l USING (worker_id)
        WHERE w.fenced_at IS NULL AND (l.lease_until < clock_timestamp() OR w.worker_id = ${knownDead})
        ORDER BY w.worker_id`;
      const fenced: string[] = [];
      for (const { worker_id: workerId } of expired) {
        if (await fenceOne(sql, transactions, workerId, workerId === knownDead)) fenced.push(workerId);
      }
      return fenced;
    },

    survey: async ({ workerId }) => {
      const [row] = await sql<{ live: number; owned: number[]; free: number; offered: number; total: number }[]>`
        SELECT (SELECT count(*)::int FROM workflow_workers w JOIN workflow_worker_leases l USING (worker_id)
                WHERE w.fenced_at IS NULL AND l.lease_until > clock_timestamp()) AS live,
               coalesce(array_agg(partition_id ORDER BY partition_id) FILTER (WHERE worker_id = ${workerId}), '{}') AS owned,
               (count(*) FILTER (WHERE worker_id IS NULL AND (offered_to IS NULL OR offered_to = ${workerId}
                                        OR offered_until < clock_timestamp())))::int AS free,
               (count(*) FILTER (WHERE worker_id IS NULL AND offered_to = ${workerId}
                                        AND offered_until >= clock_timestamp()))::int AS offered,
               count(*)::int AS total
        FROM workflow_partitions`;
      const { live: liveWorkers = 0, owned = [], free = 0, offered = 0, total = 0 } = row ?? {};
      return { liveWorkers, owned, free, offered, total };
    },

    acquire: async ({ workerId, count }) => {
      const rows = await sql<{ partition_id: number }[]>`
        WITH fence AS MATERIALIZED (
          SELECT 1 FROM workflow_workers WHERE worker_id = ${workerId} AND fenced_at IS NULL FOR SHARE
        ), free AS MATERIALIZED (
          SELECT partition_id FROM workflow_partitions
          WHERE worker_id IS NULL AND EXISTS (SELECT 1 FROM fence)
            AND (offered_to IS NULL OR offered_to = ${workerId} OR offered_until < clock_timestamp())
          ORDER BY partition_id LIMIT ${count} FOR UPDATE SKIP LOCKED
        )
        UPDATE workflow_partitions p
        SET worker_id = ${workerId}, offered_to = NULL, offered_until = NULL, changed_at = clock_timestamp()
        FROM free WHERE p.partition_id = free.partition_id RETURNING p.partition_id`;
      return rows.map((row) => row.partition_id);
    },

    accept: async ({ workerId }) => {
      const rows = await sql<{ partition_id: number }[]>`
        WITH fence AS MATERIALIZED (
          SELECT 1 FROM workflow_workers WHERE worker_id = ${workerId} AND fenced_at IS NULL FOR SHARE
        ), offered AS MATERIALIZED (
          SELECT partition_id FROM workflow_partitions
          WHERE worker_id IS NULL AND offered_to = ${workerId} AND offered_until >= clock_timestamp()
            AND EXISTS (SELECT 1 FROM fence)
          ORDER BY partition_id FOR UPDATE SKIP LOCKED
        )
        UPDATE workflow_partitions p
        SET worker_id = ${workerId}, offered_to = NULL, offered_until = NULL, changed_at = clock_timestamp()
        FROM offered WHERE p.partition_id = offered.partition_id RETURNING p.partition_id`;
      return rows.map((row) => row.partition_id);
    },

    release: async ({ workerId, partitions, offer }) => {
      await sql`
        UPDATE workflow_partitions
        SET worker_id = NULL, left_unclean = false, changed_at = clock_timestamp(), offered_to = ${offer?.workerId ?? null},
            offered_until = clock_timestamp() + ${offer?.forMs ?? null}::bigint * interval '1 millisecond'
        WHERE worker_id = ${workerId} AND partition_id = ANY(${[...partitions]}::smallint[])`;
    },

    workersWithCode: async ({ workerId, definitions }) => {
      const rows = await sql<{ worker_id: string; definitions: string[]; partitions: number }[]>`
        SELECT w.worker_id, w.definitions,
               (SELECT count(*)::int FROM workflow_partitions p WHERE p.worker_id = w.worker_id) AS partitions
        FROM workflow_workers w JOIN workflow_worker_leases l USING (worker_id)
        WHERE w.fenced_at IS NULL AND l.lease_until > clock_timestamp() AND w.worker_id <> ${workerId}
          AND w.definitions && ${[...definitions]}::text[]
        ORDER BY w.worker_id`;
      return rows.map(({ worker_id: id, ...rest }) => ({ workerId: id, ...rest }));
    },

    retire: async ({ workerId }) => {
      await transactions.run({
        work: async (tx) => {
          await tx`
            UPDATE workflow_workers SET fenced_at = clock_timestamp(), fenced_reason = 'stopped'
            WHERE worker_id = ${workerId} AND fenced_at IS NULL`;
          await tx`
            UPDATE workflow_partitions SET worker_id = NULL, left_unclean = false, changed_at = clock_timestamp()
            WHERE worker_id = ${workerId}`;
          await tx`DELETE FROM workflow_suspects WHERE worker_id = ${workerId} AND strikes = 0 AND company = 0`;
          await tx`UPDATE workflow_suspects SET worker_id = NULL WHERE worker_id = ${workerId}`;
          await tx`DELETE FROM workflow_worker_leases WHERE worker_id = ${workerId}`;
        },
      });
    },
  };
}

async function fenceOne(sql: Sql, transactions: Transactions, workerId: string, knownDead: boolean): Promise<boolean> {
  await endSessions(sql, workerId, knownDead);
  return transactions.run({
    work: async (tx) => {
      // The lease is read again under the lock: a late heartbeat wins against a takeover that has not begun.
      const fenced = await tx`
        UPDATE workflow_workers w
        SET fenced_at = clock_timestamp(), fenced_reason = ${knownDead ? 'process ended' : 'lease ran out'}
        WHERE w.worker_id = ${workerId} AND w.fenced_at IS NULL
          AND (${knownDead} OR EXISTS (
            SELECT 1 FROM workflow_worker_leases l WHERE l.worker_id = w.worker_id AND l.lease_until < clock_timestamp()))`;
      if (fenced.count === 0) return false;
      await tx`
        UPDATE workflow_partitions SET worker_id = NULL, left_unclean = true, changed_at = clock_timestamp()
        WHERE worker_id = ${workerId}`;
      // What it had noted to be running may be why it ended. A strike is for one that was the only one.
      await tx`
        WITH noted AS (
          SELECT execution_id, partition_id, count(*) OVER ()::int AS company FROM workflow_suspects
          WHERE worker_id = ${workerId}
        )
        UPDATE workflow_suspects s
        SET strikes = s.strikes + CASE WHEN n.company = 1 THEN 1 ELSE 0 END,
            company = CASE WHEN s.company = 0 THEN n.company ELSE least(s.company, n.company) END,
            ran_ms = ceil(extract(epoch FROM clock_timestamp() - s.last_at) * 1000),
            command_id = CASE WHEN n.company = 1 THEN s.command_id END, worker_id = NULL, last_at = now()
        FROM noted n WHERE s.execution_id = n.execution_id AND s.partition_id = n.partition_id`;
      return true;
    },
  });
}

/**
 * A process that stands still in the middle of a statement's messages holds its locks as long as it stands: no timeout
 * of the server counts a client that does not read its answer, or that has yet to bind what it prepared. A worker that
 * was only late loses its connections, which costs it a reload.
 */
async function endSessions(sql: Sql, workerId: string, knownDead: boolean): Promise<void> {
  try {
    await sql`
      SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a
      WHERE a.application_name = ${workerSessionName(workerId)} AND a.pid <> pg_backend_pid()
        AND (${knownDead} OR EXISTS (
          SELECT 1 FROM workflow_worker_leases l
          WHERE l.worker_id = ${workerId} AND l.lease_until < clock_timestamp()))`;
  } catch (error) {
    // Sessions of another role cannot be ended: then their own timeouts must do.
    if ((error as { code?: unknown }).code !== '42501') throw error;
  }
}

/** Whether the product does its work: asked by load balancers, by `npm start` and by people. */
import type postgres from 'postgres';

export interface Health {
  readonly status: 'ok' | 'unavailable';
  /** Why it is unavailable, one sentence each. */
  readonly reasons: readonly string[];
  readonly postgres: 'ok' | 'unreachable';
  readonly workers: {
    /** Workers whose lease has not run out. */
    readonly alive: number;
  };
  /** Decides nothing: without Redis the product is only slower to wake. */
  readonly redis: 'ok' | 'unreachable' | 'not configured';
}

/**
 * Looks at Postgres, the workers' leases and Redis at once, each for `timeoutMs` at most.
 * @param pingRedis rejects when Redis does not answer; left out where none is configured.
 */
export async function readHealth({
  sql,
  pingRedis,
  timeoutMs = 2000,
}: {
  readonly sql: postgres.Sql;
  readonly pingRedis?: () => Promise<unknown>;
  readonly timeoutMs?: number;
}): Promise<Health> {
  const [alive, redis] = await Promise.all([
    within(timeoutMs, countWorkers(sql)).catch(() => undefined),
    pingRedis === undefined
      ? ('not configured' as const)
      : within(timeoutMs, pingRedis()).then(
          () => 'ok' as const,
          () => 'unreachable' as const,
        ),
  ]);
  const reasons =
    alive === undefined
      ? ['Postgres does not answer.']
      : alive === 0
        ? ['No worker is alive: nothing is processed until one starts.']
        : [];
  return {
    status: reasons.length === 0 ? 'ok' : 'unavailable',
    reasons,
    postgres: alive === undefined ? 'unreachable' : 'ok',
    workers: { alive: alive ?? 0 },
    redis,
  };
}

/** By the clock of the database, which alone counts for leases. */
async function countWorkers(sql: postgres.Sql): Promise<number> {
  const [row] = await sql<{ alive: number }[]>`
    SELECT count(*)::int AS alive
    FROM workflow_worker_leases l JOIN workflow_workers w USING (worker_id)
    WHERE l.lease_until > now() AND w.fenced_at IS NULL`;
  return row?.alive ?? 0;
}

async function within<Value>(timeoutMs: number, work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`No answer in ${timeoutMs} ms.`));
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

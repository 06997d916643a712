import type { Sql } from 'postgres';
import { createLastingPool } from './lastingPool';

/**
 * A pool of the engine's: plain postgres.js. A session that idles inside a transaction, or waits for a lock, is given
 * up after `patienceMs`; keep that below a worker's lease, so that a stalled process does not hold up those who take
 * over from it.
 */
export function createRawClient({
  url,
  name,
  max,
  patienceMs,
}: {
  readonly url: string;
  /** What the sessions are called in `pg_stat_activity`. */
  readonly name: string;
  /** Most connections at a time. */
  readonly max: number;
  readonly patienceMs: number;
}): Sql {
  return createLastingPool(url, {
    max,
    onnotice: () => undefined,
    // In seconds. A server that dies while it accepts answers nothing: the client's own 30 s outlive every lease.
    connect_timeout: Math.max(1, Math.ceil(patienceMs / 1_000)),
    connection: {
      application_name: name,
      idle_in_transaction_session_timeout: patienceMs,
      lock_timeout: patienceMs,
      // Every statement here goes by a key. A plan made while the tables are small would read them whole, and is kept
      // by the session until they are large: a commit of one execution then costs as much as one of a hundred.
      enable_seqscan: 'off',
      jit: 'off',
      // For a batch of one Postgres would plan anew each time, which takes as long as the statement itself.
      plan_cache_mode: 'force_generic_plan',
    },
  });
}

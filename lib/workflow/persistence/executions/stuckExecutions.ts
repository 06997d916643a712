/** Executions without progress, counted through the function `workflow_stuck` that pages read too. */
import type { Sql } from 'postgres';
import type { StuckCounter } from '../../model/ports/stuck';
import { stuckReasons, type StuckCounts, type StuckReason } from '../../model/stuck';

const mostCounted = 10_000;

export function createStuckCounter({ sql }: { readonly sql: Sql }): StuckCounter {
  return {
    count: async ({ partitions, olderThanMs }) => {
      const rows = await sql<{ why: StuckReason; executions: number }[]>`
        SELECT why, count(*)::int AS executions
        FROM (SELECT why FROM workflow_stuck(now() - ${olderThanMs}::bigint * interval '1 millisecond')
              WHERE partition_id = ANY(${[...partitions]}::smallint[]) LIMIT ${mostCounted}) s
        GROUP BY why`;
      const counted = new Map(rows.map(({ why, executions }) => [why, executions]));
      return Object.fromEntries(stuckReasons.map((reason) => [reason, counted.get(reason) ?? 0])) as StuckCounts;
    },

    queuedJobs: async ({ partitions }) => {
      const [row] = await sql<{ jobs: number; oldest_ms: number | null }[]>`
        SELECT count(*)::int AS jobs, (extract(epoch FROM now() - min(run_at)) * 1000)::float8 AS oldest_ms
        FROM (SELECT run_at FROM workflow_jobs
              WHERE status = 'queued' AND run_at <= now() AND partition_id = ANY(${[...partitions]}::smallint[])
              ORDER BY run_at LIMIT ${mostCounted}) q`;
      return { jobs: row?.jobs ?? 0, oldestMs: row?.oldest_ms ?? 0 };
    },
  };
}

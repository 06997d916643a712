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
  };
}

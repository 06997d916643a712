/** Executions of a tenant that should go on and do not. `workflow_stuck` says which and why. */
import { stuckAfterMs, stuckSentences, type StuckReason } from '@shared/workflow/model/stuck';
import { sql, type SQL } from 'drizzle-orm';
import { pageDb } from '../db/client';
import { workflowExecutions } from '../db/schema';

export interface Stuck {
  /** ISO 8601: the last progress, or when what it should have done was due. */
  readonly since: string;
  readonly reason: StuckReason;
  /** The reason in one sentence. */
  readonly why: string;
}

/** A count above this is not worth its time. */
const mostCounted = 1_000;

const stuckNow = (): SQL => sql`workflow_stuck(now() - ${stuckAfterMs}::int * interval '1 millisecond')`;

/** Holds for executions without progress. */
export function isStuckIn(tenant: string): SQL {
  return sql`${workflowExecutions.executionId} IN (SELECT s.execution_id FROM ${stuckNow()} s WHERE s.tenant_id = ${tenant})`;
}

/** How many there are, 1,000 at most. */
export async function countStuck({
  tenant,
  workflow,
}: {
  readonly tenant: string;
  readonly workflow: string | null;
}): Promise<number> {
  const ofWorkflow =
    workflow === null
      ? sql`true`
      : sql`EXISTS (SELECT 1 FROM workflow_executions e WHERE e.execution_id = s.execution_id AND e.workflow_name = ${workflow})`;
  const [row] = await pageDb().execute<{ executions: number }>(sql`
    SELECT count(*)::int AS executions FROM (
      SELECT 1 FROM ${stuckNow()} s WHERE s.tenant_id = ${tenant} AND ${ofWorkflow} LIMIT ${mostCounted}) c`);
  return row?.executions ?? 0;
}

/** Those of these executions that are stuck, with since when and why. */
export async function stuckOf({
  tenant,
  ids,
}: {
  readonly tenant: string;
  readonly ids: readonly string[];
}): Promise<ReadonlyMap<string, Stuck>> {
  if (ids.length === 0) return new Map();
  const rows = await pageDb().execute<{ execution_id: string; since: Date | string; why: StuckReason }>(sql`
    SELECT s.execution_id, s.since, s.why FROM ${stuckNow()} s
    WHERE s.tenant_id = ${tenant} AND s.execution_id IN (${sql.join(
      ids.map((id) => sql`${id}::uuid`),
      sql`, `,
    )})`);
  return new Map(
    rows.map(({ execution_id: id, since, why: reason }) => [
      id,
      { since: new Date(since).toISOString(), reason, why: stuckSentences[reason] },
    ]),
  );
}

/** Executions whose code their worker lacks: since when, how often it looked, and when it looks again. */
import { and, eq, inArray } from 'drizzle-orm';
import { pageDb } from '../db/client';
import { workflowEventProcessing } from '../db/schema';

export interface DeferralSummary {
  /** ISO 8601. */
  readonly since: string;
  readonly attempts: number;
  readonly nextAt: string | null;
}

/** By execution. Those that have ended may still be among them. */
export async function deferralsOf({
  tenant,
  ids,
}: {
  readonly tenant: string;
  readonly ids: readonly string[];
}): Promise<ReadonlyMap<string, DeferralSummary>> {
  if (ids.length === 0) return new Map();
  const p = workflowEventProcessing;
  const rows = await pageDb()
    .select({ executionId: p.executionId, since: p.firstAt, attempts: p.attempts, nextAt: p.nextAt })
    .from(p)
    .where(and(eq(p.tenantId, tenant), eq(p.status, 'deferred'), inArray(p.executionId, [...ids])));
  return new Map(
    rows.map(({ executionId, since, attempts, nextAt }) => [
      executionId,
      { since: since.toISOString(), attempts, nextAt: nextAt?.toISOString() ?? null },
    ]),
  );
}

/** Executions that belong to one: who started it and whom it started, the runs before and after it, its forks. */
import type { ExecutionStatus } from '@shared/workflow/model/status';
import { and, asc, eq, inArray, isNull, sql, type SQL } from 'drizzle-orm';
import { pageDb } from '../db/client';
import { workflowExecutions } from '../db/schema';
import { isUuid } from './uuid';

export interface Relative {
  readonly executionId: string;
  readonly workflowName: string;
  readonly subject: string | null;
  readonly status: ExecutionStatus;
  readonly createdAt: string;
}

export interface Fork extends Relative {
  /** Entries up to this one are the source's. */
  readonly atSeq: number;
}

export interface Kin {
  readonly parent: Relative | null;
  readonly continuedFrom: Relative | null;
  readonly continuedTo: Relative | null;
  /** The run at the end of the chain, to which decisions about this one go; null: this one is it. */
  readonly currentRun: Relative | null;
  readonly forkedFrom: Fork | null;
  /** Oldest first; the first `relativesLimit` of them. */
  readonly children: readonly Relative[];
  readonly forks: readonly Fork[];
  /** There are more children or forks than are given here. */
  readonly hasMore: boolean;
}

/** So many children, and so many forks, are given at most. */
const relativesLimit = 50;

const e = workflowExecutions;
const columns = {
  executionId: e.executionId,
  workflowName: e.workflowName,
  subject: e.subject,
  status: e.status,
  createdAt: e.createdAt,
  parentExecutionId: e.parentExecutionId,
  continuedFrom: e.continuedFrom,
  continuedTo: e.continuedTo,
  forkedFrom: e.forkedFrom,
  forkedAtSeq: e.forkedAtSeq,
};

const nobody: Kin = {
  parent: null,
  continuedFrom: null,
  continuedTo: null,
  currentRun: null,
  forkedFrom: null,
  children: [],
  forks: [],
  hasMore: false,
};

/** Those of the tenant alone. */
export async function kinOf({
  tenant,
  executionId,
}: {
  readonly tenant: string;
  readonly executionId: string;
}): Promise<Kin> {
  if (!isUuid(executionId)) return nobody;
  const select = () => pageDb().select(columns).from(e).$dynamic();
  const [self] = await select().where(and(eq(e.tenantId, tenant), eq(e.executionId, executionId)));
  if (!self) return nobody;
  const named = [self.parentExecutionId, self.continuedFrom, self.continuedTo, self.forkedFrom].filter(
    (id) => id !== null,
  );
  const below = (condition: SQL | undefined) =>
    select()
      .where(and(eq(e.tenantId, tenant), condition))
      .orderBy(asc(e.createdAt), asc(e.executionId))
      .limit(relativesLimit + 1);
  const [above, current, children, forks] = await Promise.all([
    named.length === 0 ? [] : select().where(and(eq(e.tenantId, tenant), inArray(e.executionId, named))),
    self.continuedTo === null ? [] : select().where(and(eq(e.tenantId, tenant), isEndOf({ tenant, executionId }))),
    // The next run of a child has the child's parent too; it is reached from that child.
    below(and(eq(e.parentExecutionId, executionId), isNull(e.continuedFrom))),
    below(eq(e.forkedFrom, executionId)),
  ]);
  const find = (id: string | null) => above.find((row) => row.executionId === id) ?? null;
  const source = find(self.forkedFrom);
  const relative = (row: (typeof above)[number]): Relative => {
    const { workflowName, subject, status } = row;
    return { executionId: row.executionId, workflowName, subject, status, createdAt: row.createdAt.toISOString() };
  };
  const relativeAt = (id: string | null) => {
    const row = find(id);
    return row && relative(row);
  };
  const [last] = current;
  return {
    parent: relativeAt(self.parentExecutionId),
    continuedFrom: relativeAt(self.continuedFrom),
    continuedTo: relativeAt(self.continuedTo),
    currentRun: last ? relative(last) : null,
    forkedFrom: source && { ...relative(source), atSeq: self.forkedAtSeq ?? 0 },
    children: children.slice(0, relativesLimit).map(relative),
    forks: forks.slice(0, relativesLimit).map((row) => ({ ...relative(row), atSeq: row.forkedAtSeq ?? 0 })),
    hasMore: children.length > relativesLimit || forks.length > relativesLimit,
  };
}

/** The last run of the chain that this one began. */
function isEndOf({ tenant, executionId }: { readonly tenant: string; readonly executionId: string }): SQL {
  return sql`${e.executionId} = (
    WITH RECURSIVE run AS (
      SELECT r.execution_id, r.continued_to FROM workflow_executions r
      WHERE r.execution_id = ${executionId} AND r.tenant_id = ${tenant}
      UNION ALL
      SELECT r.execution_id, r.continued_to FROM run
      JOIN workflow_executions r ON r.execution_id = run.continued_to AND r.tenant_id = ${tenant}
    )
    SELECT execution_id FROM run WHERE continued_to IS NULL)`;
}

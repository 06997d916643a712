/** What was put aside for a person, of one tenant, newest first. */
import type { DeadLetterKind } from '@shared/workflow/model/ports/failures';
import type { RecordedError } from '@shared/workflow/model/errors';
import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import { pageDb } from '../db/client';
import { workflowDeadLetters as d, workflowExecutions as e } from '../db/schema';

export interface DeadLetter {
  readonly deadLetterId: string;
  readonly executionId: string;
  readonly workflowName: string;
  readonly kind: DeadLetterKind;
  readonly reason: string;
  readonly error: RecordedError | null;
  /** The inbox row that could not be delivered; null where the execution itself is aside. */
  readonly eventRowId: number | null;
  /** Length of the execution's log when it was put aside. */
  readonly headSeq: number;
  readonly strikes: number;
  readonly workerId: string | null;
  readonly createdAt: string;
  readonly redrivenAt: string | null;
  readonly redrivenBy: string | null;
}

/** @param open only those that nobody has redriven. */
export async function listDeadLetters({
  tenant,
  open,
  limit,
}: {
  readonly tenant: string;
  readonly open: boolean;
  readonly limit: number;
}): Promise<readonly DeadLetter[]> {
  const rows = await pageDb()
    .select({ letter: d, workflowName: e.workflowName })
    .from(d)
    .innerJoin(e, and(eq(e.executionId, d.executionId), eq(e.partitionId, d.partitionId)))
    .where(and(eq(d.tenantId, tenant), open ? isNull(d.redrivenAt) : undefined))
    .orderBy(desc(d.createdAt), sql`${d.deadLetterId} DESC`)
    .limit(limit);
  return rows.map(({ letter, workflowName }) => ({
    deadLetterId: letter.deadLetterId,
    executionId: letter.executionId,
    workflowName,
    kind: letter.kind,
    reason: letter.reason,
    error: letter.error,
    eventRowId: letter.eventRowId,
    headSeq: letter.headSeq,
    strikes: letter.strikes,
    workerId: letter.workerId,
    createdAt: letter.createdAt.toISOString(),
    redrivenAt: letter.redrivenAt?.toISOString() ?? null,
    redrivenBy: letter.redrivenBy,
  }));
}

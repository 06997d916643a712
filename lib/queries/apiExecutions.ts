/** Executions and their histories as the API answers them. */
import { ExecutionNotFoundError } from '@shared/workflow/model/errors';
import type { JsonValue } from '@shared/workflow/model/json';
import type { Match } from '@shared/workflow/model/match';
import type { ExecutionStatus } from '@shared/workflow/model/status';
import { and, asc, eq, gt, isNotNull } from 'drizzle-orm';
import { pageDb } from '../db/client';
import { workflowActionResults, workflowEvents, workflowExecutions, workflowWaits } from '../db/schema';
import { executionJobs, type ExecutionJob } from './jobs';
import { stuckOf, type Stuck } from './stuck';
import { isUuid } from './uuid';

export interface ApiExecution {
  readonly executionId: string;
  readonly workflowName: string;
  readonly workflowVersion: string;
  readonly status: ExecutionStatus;
  readonly state: string | null;
  readonly subject: string | null;
  readonly correlationId: string;
  readonly workflowKey: string | null;
  readonly startedByEventId: string | null;
  readonly startedBy: string | null;
  readonly parentExecutionId: string | null;
  /** The runs before and after this one. */
  readonly continuedFrom: string | null;
  readonly continuedTo: string | null;
  /** Whose entries up to `forkedAtSeq` its log begins with, and who forked it. */
  readonly forkedFrom: string | null;
  readonly forkedAtSeq: number | null;
  readonly forkedBy: string | null;
  readonly result: JsonValue;
  readonly error: JsonValue;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly endedAt: string | null;
  readonly waitingFor: readonly ApiWait[];
  /** Dispatched actions, with their progress. */
  readonly jobs: readonly ExecutionJob[];
  /** Set while it should go on and does not. */
  readonly stuck: Stuck | null;
}

interface ApiWait {
  readonly kind: 'event' | 'timer' | 'task' | 'child';
  /** Event names that end the wait. */
  readonly names: readonly string[];
  /** What an event of the bus must hold; null: such events do not end this wait. */
  readonly match: Match | null;
  readonly deadline: string | null;
  readonly taskId: string | null;
  readonly since: string;
}

export interface ApiHistoryEntry {
  readonly seq: number;
  readonly at: string;
  readonly kind: string;
  readonly name: string | null;
  readonly commandId: string | null;
  readonly payload: JsonValue;
  /** What an action was given and what came of it; null for entries of other kinds. */
  readonly action: ApiAction | null;
}

interface ApiAction {
  readonly params: JsonValue;
  readonly result: JsonValue;
  readonly error: JsonValue;
  readonly attempts: number;
  readonly startedAt: string;
  readonly completedAt: string | null;
}

/**
 * One execution with what it waits for.
 * @throws ExecutionNotFoundError when the tenant has no such execution.
 */
export async function readApiExecution({
  tenant,
  executionId,
}: {
  readonly tenant: string;
  readonly executionId: string;
}): Promise<ApiExecution> {
  if (!isUuid(executionId)) throw new ExecutionNotFoundError(executionId);
  const [row] = await pageDb()
    .select()
    .from(workflowExecutions)
    .where(and(eq(workflowExecutions.tenantId, tenant), eq(workflowExecutions.executionId, executionId)));
  if (row === undefined) throw new ExecutionNotFoundError(executionId);
  const waits = await pageDb()
    .select()
    .from(workflowWaits)
    .where(and(eq(workflowWaits.tenantId, tenant), eq(workflowWaits.executionId, executionId)))
    .orderBy(asc(workflowWaits.since), asc(workflowWaits.commandId));
  const jobs = await executionJobs({ tenant, executionId });
  const stuck = await stuckOf({ tenant, ids: [executionId] });
  const { partitionId: _, tenantId: __, registrationId: ___, headSeq: ____, ...shown } = row;
  return {
    ...shown,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    waitingFor: waits.map(({ kind, names, match, deadline, taskId, since }) => ({
      kind,
      names,
      match,
      deadline: deadline?.toISOString() ?? null,
      taskId,
      since: since.toISOString(),
    })),
    jobs,
    stuck: stuck.get(executionId) ?? null,
  };
}

/**
 * A page of an execution's log, in order.
 * @param after the last `seq` already read; 0 begins.
 * @returns `next` is the `after` of the following page, null after the last.
 * @throws ExecutionNotFoundError when the tenant has no such execution.
 */
export async function readApiHistory({
  tenant,
  executionId,
  after,
  limit,
}: {
  readonly tenant: string;
  readonly executionId: string;
  readonly after: number;
  readonly limit: number;
}): Promise<{ readonly entries: readonly ApiHistoryEntry[]; readonly next: number | null }> {
  await readApiExecution({ tenant, executionId });
  const rows = await pageDb()
    .select({ entry: workflowEvents, action: workflowActionResults })
    .from(workflowEvents)
    .leftJoin(
      workflowActionResults,
      and(
        eq(workflowActionResults.executionId, workflowEvents.executionId),
        eq(workflowActionResults.commandId, workflowEvents.commandId),
        eq(workflowActionResults.partitionId, workflowEvents.partitionId),
      ),
    )
    .where(
      and(
        eq(workflowEvents.tenantId, tenant),
        eq(workflowEvents.executionId, executionId),
        isNotNull(workflowEvents.seq),
        gt(workflowEvents.seq, after),
      ),
    )
    .orderBy(asc(workflowEvents.seq))
    .limit(limit + 1);
  const entries = rows.slice(0, limit).flatMap(({ entry, action }) =>
    entry.seq === null
      ? []
      : [
          {
            seq: entry.seq,
            at: entry.at.toISOString(),
            kind: entry.kind,
            name: entry.name,
            commandId: entry.commandId,
            payload: entry.payload,
            action: action && {
              params: action.params,
              result: action.result,
              error: action.error,
              attempts: action.attempts,
              startedAt: action.startedAt.toISOString(),
              completedAt: action.completedAt?.toISOString() ?? null,
            },
          },
        ],
  );
  return { entries, next: rows.length > limit ? (entries.at(-1)?.seq ?? null) : null };
}

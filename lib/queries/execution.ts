/** One execution as the console shows it: header, open waits, and the whole log with what its actions did. */
import { and, asc, eq, isNotNull, sql } from 'drizzle-orm';
import type { JsonValue } from '@shared/workflow/model/json';
import type { ExecutionStatus, TaskStatus } from '@shared/workflow/model/status';
import { pageDb } from '../db/client';
import {
  workflowActionResults,
  workflowBusEvents,
  workflowEvents,
  workflowExecutions,
  workflowTaskActivity,
  workflowTasks,
} from '../db/schema';
import { deferralsOf, type DeferralSummary } from './deferrals';
import { errorCodeOf, errorMessageOf, waitsOf, type WaitSummary } from './executions';
import { executionJobs, type ExecutionJob } from './jobs';
import { kinOf, type Kin } from './kin';
import { namesOf } from './people';
import { stuckOf, type Stuck } from './stuck';
import { isUuid } from './uuid';

/** What one page loads of a log; longer ones say so. */
export const historyLimit = 5000;
/** Payloads above this many characters of JSON stay on the server. */
export const payloadLimit = 256 * 1024;

export interface ExecutionHeader {
  readonly executionId: string;
  readonly workflowName: string;
  readonly workflowVersion: string;
  readonly status: ExecutionStatus;
  readonly state: string | null;
  readonly subject: string | null;
  readonly correlationId: string;
  readonly createdAt: string;
  readonly endedAt: string | null;
  readonly errorMessage: string | null;
  readonly errorCode: string | null;
  readonly startedByEvent: { readonly eventId: string; readonly type: string } | null;
  readonly startedByName: string | null;
  /** Set for a fork: who made it; the system where nobody did. */
  readonly forkedByName: string | null;
}

/** One line of the log. */
export interface LogEntry {
  readonly seq: number;
  /** ISO 8601. */
  readonly at: string;
  readonly kind: string;
  readonly name: string | null;
  readonly commandId: string | null;
  readonly payload: JsonValue;
  /** The payload is too large for a page and was left out. */
  readonly isLarge: boolean;
}

export interface ActionResult {
  readonly commandId: string;
  readonly name: string;
  readonly status: 'started' | 'retrying' | 'completed' | 'failed';
  readonly params: JsonValue;
  readonly result: JsonValue;
  readonly error: JsonValue;
  readonly attempts: number;
  readonly nextAttemptAt: string | null;
  readonly startedAt: string;
  readonly completedAt: string | null;
}

export interface ExecutionTask {
  readonly taskId: string;
  /** Its id in the log: a fork took its log, and the ids in it, over. */
  readonly loggedTaskId: string;
  readonly title: string;
  readonly status: TaskStatus;
  readonly assigneeName: string | null;
}

/** What people did to the execution's tasks: no part of the log, shown between its lines. */
export interface TaskDeed {
  readonly activityId: number;
  readonly taskId: string;
  readonly kind: string;
  readonly actorName: string | null;
  readonly at: string;
}

/** The engine's early warning that the execution comes near a limit. */
export interface LimitWarning {
  readonly limit: string;
  readonly message: string;
  readonly at: string;
}

export interface ExecutionView {
  readonly header: ExecutionHeader;
  /** Set while it should go on and does not. */
  readonly stuck: Stuck | null;
  readonly warnings: readonly LimitWarning[];
  readonly waits: readonly WaitSummary[];
  /** Its worker lacks its code; null when it does not, or when the execution has ended. */
  readonly deferral: DeferralSummary | null;
  readonly entries: readonly LogEntry[];
  /** The log is longer than what was loaded. */
  readonly hasMore: boolean;
  readonly actions: readonly ActionResult[];
  readonly tasks: readonly ExecutionTask[];
  readonly deeds: readonly TaskDeed[];
  /** Dispatched actions that have not ended. */
  readonly jobs: readonly ExecutionJob[];
  readonly kin: Kin;
  /** Names of the people whose ids the log mentions. */
  readonly people: Readonly<Record<string, string>>;
}

/** One execution of the tenant, or null when the tenant has none with this id. */
export async function getExecution({
  tenant,
  executionId,
}: {
  readonly tenant: string;
  readonly executionId: string;
}): Promise<ExecutionView | null> {
  if (!isUuid(executionId)) return null;
  const db = pageDb();
  const [found] = await db
    .select({ execution: workflowExecutions, eventType: workflowBusEvents.eventType })
    .from(workflowExecutions)
    .leftJoin(workflowBusEvents, eq(workflowBusEvents.eventId, workflowExecutions.startedByEventId))
    .where(and(eq(workflowExecutions.tenantId, tenant), eq(workflowExecutions.executionId, executionId)));
  if (!found) return null;
  const { execution } = found;
  const [waits, deferrals, log, actions, jobs, kin, taskRows, stuck] = await Promise.all([
    waitsOf({ tenant, ids: [executionId] }),
    deferralsOf({ tenant, ids: execution.endedAt === null ? [executionId] : [] }),
    readLog({ tenant, executionId }),
    readActions({ tenant, executionId }),
    executionJobs({ tenant, executionId }),
    kinOf({ tenant, executionId }),
    db
      .select({
        taskId: workflowTasks.taskId,
        loggedTaskId: workflowTasks.loggedTaskId,
        title: workflowTasks.title,
        status: workflowTasks.status,
        assignee: workflowTasks.assignee,
      })
      .from(workflowTasks)
      .where(and(eq(workflowTasks.tenantId, tenant), eq(workflowTasks.executionId, executionId)))
      .orderBy(asc(workflowTasks.createdAt)),
    stuckOf({ tenant, ids: [executionId] }),
  ]);
  const deeds = await readDeeds({ tenant, executionId });
  const mentioned = [
    execution.startedBy,
    execution.forkedBy,
    ...taskRows.map((task) => task.assignee),
    ...deeds.map((deed) => deed.actor),
    ...log.entries.flatMap(peopleIn),
  ];
  const names = await namesOf({ tenant, userIds: mentioned });
  const nameOf = (userId: string | null) => (userId === null ? null : names.of(userId));
  return {
    header: {
      executionId,
      workflowName: execution.workflowName,
      workflowVersion: execution.workflowVersion,
      status: execution.status,
      state: execution.state,
      subject: execution.subject,
      correlationId: execution.correlationId,
      createdAt: execution.createdAt.toISOString(),
      endedAt: execution.endedAt?.toISOString() ?? null,
      errorMessage: errorMessageOf(execution.error),
      errorCode: errorCodeOf(execution.error),
      startedByEvent:
        execution.startedByEventId === null || found.eventType === null
          ? null
          : { eventId: execution.startedByEventId, type: found.eventType },
      startedByName: nameOf(execution.startedBy),
      forkedByName: nameOf(execution.forkedBy),
    },
    stuck: stuck.get(executionId) ?? null,
    warnings: log.hasMore ? await readWarnings({ tenant, executionId }) : warningsIn(log.entries),
    waits: waits.get(executionId) ?? [],
    deferral: deferrals.get(executionId) ?? null,
    entries: log.entries,
    hasMore: log.hasMore,
    actions,
    tasks: taskRows.map(({ assignee, loggedTaskId, ...task }) => ({
      ...task,
      loggedTaskId: loggedTaskId ?? task.taskId,
      assigneeName: nameOf(assignee),
    })),
    deeds: deeds.map(({ actor, at, ...deed }) => ({ ...deed, actorName: nameOf(actor), at: at.toISOString() })),
    jobs: jobs.filter(({ status }) => status === 'queued' || status === 'running'),
    kin,
    people: Object.fromEntries(
      mentioned.filter((id): id is string => typeof id === 'string').map((id) => [id, names.of(id)]),
    ),
  };
}

async function readLog({ tenant, executionId }: { readonly tenant: string; readonly executionId: string }) {
  const rows = await pageDb()
    .select({
      seq: workflowEvents.seq,
      at: workflowEvents.at,
      kind: workflowEvents.kind,
      name: workflowEvents.name,
      commandId: workflowEvents.commandId,
      payload: workflowEvents.payload,
    })
    .from(workflowEvents)
    .where(
      and(
        eq(workflowEvents.tenantId, tenant),
        eq(workflowEvents.executionId, executionId),
        isNotNull(workflowEvents.seq),
      ),
    )
    .orderBy(asc(workflowEvents.seq))
    .limit(historyLimit + 1);
  return {
    hasMore: rows.length > historyLimit,
    entries: rows.slice(0, historyLimit).map(({ seq, at, payload, ...row }): LogEntry => {
      const isLarge = payload !== null && JSON.stringify(payload).length > payloadLimit;
      return { ...row, seq: seq ?? 0, at: at.toISOString(), payload: isLarge ? null : payload, isLarge };
    }),
  };
}

/** Behind the part of a long log that a page loads. */
async function readWarnings({ tenant, executionId }: { readonly tenant: string; readonly executionId: string }) {
  const rows = await pageDb()
    .select({ kind: workflowEvents.kind, payload: workflowEvents.payload, at: workflowEvents.at })
    .from(workflowEvents)
    .where(
      and(
        eq(workflowEvents.tenantId, tenant),
        eq(workflowEvents.executionId, executionId),
        eq(workflowEvents.kind, 'log_written'),
        sql`${workflowEvents.payload} ->> 'limit' IS NOT NULL`,
      ),
    )
    .orderBy(asc(workflowEvents.seq));
  return warningsIn(rows.map(({ at, ...row }) => ({ ...row, at: at.toISOString() })));
}

function warningsIn(entries: readonly Pick<LogEntry, 'kind' | 'payload' | 'at'>[]): readonly LimitWarning[] {
  return entries.flatMap(({ kind, payload, at }) => {
    if (kind !== 'log_written' || typeof payload !== 'object' || payload === null) return [];
    const { limit, message } = payload as { readonly limit?: unknown; readonly message?: unknown };
    return typeof limit === 'string' && typeof message === 'string' ? [{ limit, message, at }] : [];
  });
}

async function readActions({
  tenant,
  executionId,
}: {
  readonly tenant: string;
  readonly executionId: string;
}): Promise<readonly ActionResult[]> {
  const rows = await pageDb()
    .select()
    .from(workflowActionResults)
    .where(and(eq(workflowActionResults.tenantId, tenant), eq(workflowActionResults.executionId, executionId)))
    .orderBy(asc(workflowActionResults.startedAt));
  const fitting = (value: JsonValue | null): JsonValue =>
    value !== null && JSON.stringify(value).length > payloadLimit ? '(too large to be shown here)' : value;
  return rows.map((row) => ({
    commandId: row.commandId,
    name: row.actionName,
    status: row.status,
    params: fitting(row.params),
    result: fitting(row.result),
    error: fitting(row.error),
    attempts: row.attempts,
    nextAttemptAt: row.nextAttemptAt?.toISOString() ?? null,
    startedAt: row.startedAt.toISOString(),
    completedAt: row.completedAt?.toISOString() ?? null,
  }));
}

async function readDeeds({ tenant, executionId }: { readonly tenant: string; readonly executionId: string }) {
  return pageDb()
    .select({
      activityId: workflowTaskActivity.activityId,
      taskId: workflowTaskActivity.taskId,
      kind: workflowTaskActivity.kind,
      actor: workflowTaskActivity.actor,
      at: workflowTaskActivity.at,
    })
    .from(workflowTaskActivity)
    .innerJoin(workflowTasks, eq(workflowTasks.taskId, workflowTaskActivity.taskId))
    .where(and(eq(workflowTaskActivity.tenantId, tenant), eq(workflowTasks.executionId, executionId)))
    .orderBy(asc(workflowTaskActivity.at), asc(workflowTaskActivity.activityId));
}

/** Ids of people in the places where the log keeps them. */
function peopleIn(entry: LogEntry): (string | null)[] {
  const { payload } = entry;
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return [];
  const body = payload as { readonly by?: unknown; readonly startedBy?: unknown; readonly event?: unknown };
  const event = body.event as { readonly user_id?: unknown } | undefined;
  return [body.by, body.startedBy, event?.user_id].map((id) => (typeof id === 'string' ? id : null));
}

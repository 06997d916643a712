/** Executions of a tenant: the list with what each waits for, counts by status, pages by cursor. */
import { and, asc, desc, eq, inArray, lt, or, sql, type SQL } from 'drizzle-orm';
import { InvalidInputError } from '@shared/workflow/model/errors';
import { executionStatuses, type ExecutionStatus } from '@shared/workflow/model/status';
import type { JsonValue } from '@shared/workflow/model/json';
import type { Match } from '@shared/workflow/model/match';
import { pageDb } from '../db/client';
import { workflowActionResults, workflowExecutions, workflowTasks, workflowWaits } from '../db/schema';
import { deferralsOf, type DeferralSummary } from './deferrals';
import { namesOf } from './people';
import { countStuck, isStuckIn, stuckOf, type Stuck } from './stuck';
import { isUuid } from './uuid';

export interface ExecutionFilter {
  /** Empty: every status. */
  readonly statuses: readonly ExecutionStatus[];
  /** Only those that wait for a person, an event or a time. */
  readonly waitingFor: 'person' | 'event' | 'time' | null;
  readonly workflow: string | null;
  /** Only those that should go on and do not. */
  readonly isStuck: boolean;
}

export interface WaitSummary {
  readonly kind: 'event' | 'timer' | 'task' | 'child';
  /** The call that waits. */
  readonly commandId: string;
  readonly names: readonly string[];
  /** What an event of the bus must hold; null: such events do not end this wait. */
  readonly match: Match | null;
  readonly deadline: string | null;
  readonly task: { readonly taskId: string; readonly title: string; readonly assigneeName: string | null } | null;
}

export interface ExecutionRow {
  readonly executionId: string;
  readonly workflowName: string;
  readonly workflowVersion: string;
  readonly status: ExecutionStatus;
  readonly state: string | null;
  readonly subject: string | null;
  readonly waits: readonly WaitSummary[];
  /** The action between two attempts, if there is one. */
  readonly retrying: { readonly name: string; readonly attempts: number; readonly nextAttemptAt: string | null } | null;
  /** No worker that owns it has its code; null when it has, or has ended. */
  readonly deferral: DeferralSummary | null;
  readonly errorMessage: string | null;
  readonly stuck: Stuck | null;
  readonly createdAt: string;
  readonly endedAt: string | null;
}

export interface ExecutionPage {
  readonly rows: readonly ExecutionRow[];
  /** Opens the next, older page; null on the last. */
  readonly nextCursor: string | null;
}

export const executionPageSize = 50;

const e = workflowExecutions;

/** One page, newest first. A cursor that is none of ours starts at the newest. */
export async function listExecutions({
  tenant,
  filter,
  cursor,
  pageSize = executionPageSize,
}: {
  readonly tenant: string;
  readonly filter: ExecutionFilter;
  readonly cursor: string | null;
  readonly pageSize?: number;
}): Promise<ExecutionPage> {
  const found = await pageDb()
    .select()
    .from(e)
    .where(and(eq(e.tenantId, tenant), ...conditionsOf(tenant, filter), olderThan(cursor)))
    .orderBy(desc(e.createdAt), desc(e.executionId))
    .limit(pageSize + 1);
  const page = found.slice(0, pageSize);
  const last = page.at(-1);
  const ids = page.map((row) => row.executionId);
  const open = page.filter((row) => row.endedAt === null).map((row) => row.executionId);
  const [waits, retries, stuck, deferrals] = await Promise.all([
    waitsOf({ tenant, ids }),
    retriesOf({ tenant, ids }),
    stuckOf({ tenant, ids }),
    deferralsOf({ tenant, ids: open }),
  ]);
  return {
    nextCursor: found.length > page.length && last ? `${last.createdAt.getTime()}_${last.executionId}` : null,
    rows: page.map((row) => ({
      executionId: row.executionId,
      workflowName: row.workflowName,
      workflowVersion: row.workflowVersion,
      status: row.status,
      state: row.state,
      subject: row.subject,
      waits: waits.get(row.executionId) ?? [],
      retrying: retries.get(row.executionId) ?? null,
      deferral: deferrals.get(row.executionId) ?? null,
      errorMessage: errorMessageOf(row.error),
      stuck: stuck.get(row.executionId) ?? null,
      createdAt: row.createdAt.toISOString(),
      endedAt: row.endedAt?.toISOString() ?? null,
    })),
  };
}

export interface ExecutionCounts {
  readonly all: number;
  readonly byStatus: Readonly<Partial<Record<ExecutionStatus, number>>>;
  readonly byWait: Readonly<Record<'person' | 'event' | 'time', number>>;
  readonly stuck: number;
  readonly workflows: readonly { readonly name: string; readonly executions: number }[];
}

/** How many there are behind each filter. */
export async function countExecutions({
  tenant,
  workflow,
}: {
  readonly tenant: string;
  readonly workflow: string | null;
}): Promise<ExecutionCounts> {
  const db = pageDb();
  const ofWorkflow = workflow === null ? undefined : eq(e.workflowName, workflow);
  const waitingFor = (kind: 'person' | 'event' | 'time') =>
    sql<number>`count(*) FILTER (WHERE ${e.status} = 'waiting' AND ${hasWait(kind)})::int`;
  const [statuses, [waits], workflows, stuck] = await Promise.all([
    db
      .select({ status: e.status, executions: sql<number>`count(*)::int` })
      .from(e)
      .where(and(eq(e.tenantId, tenant), ofWorkflow))
      .groupBy(e.status),
    db
      .select({ person: waitingFor('person'), event: waitingFor('event'), time: waitingFor('time') })
      .from(e)
      .where(and(eq(e.tenantId, tenant), ofWorkflow, eq(e.status, 'waiting'))),
    db
      .select({ name: e.workflowName, executions: sql<number>`count(*)::int` })
      .from(e)
      .where(eq(e.tenantId, tenant))
      .groupBy(e.workflowName)
      .orderBy(asc(e.workflowName)),
    countStuck({ tenant, workflow }),
  ]);
  return {
    all: statuses.reduce((sum, row) => sum + row.executions, 0),
    byStatus: Object.fromEntries(statuses.map((row) => [row.status, row.executions])),
    byWait: waits ?? { person: 0, event: 0, time: 0 },
    workflows,
    stuck,
  };
}

/** Reads the filter of an address; what it does not know is left out. */
export function parseExecutionFilter(params: {
  readonly status?: string | undefined;
  readonly waiting?: string | undefined;
  readonly workflow?: string | undefined;
  readonly stuck?: string | undefined;
}): ExecutionFilter {
  const named = (params.status ?? '').split(',');
  const waitingFor = (['person', 'event', 'time'] as const).find((kind) => kind === params.waiting);
  return {
    statuses: executionStatuses.filter((status) => named.includes(status)),
    waitingFor: waitingFor ?? null,
    workflow: params.workflow ? params.workflow : null,
    isStuck: params.stuck === 'true',
  };
}

function conditionsOf(tenant: string, filter: ExecutionFilter): (SQL | undefined)[] {
  return [
    filter.statuses.length > 0 ? inArray(e.status, [...filter.statuses]) : undefined,
    filter.waitingFor === null ? undefined : and(eq(e.status, 'waiting'), hasWait(filter.waitingFor)),
    filter.workflow === null ? undefined : eq(e.workflowName, filter.workflow),
    filter.isStuck ? isStuckIn(tenant) : undefined,
  ];
}

const waitKinds = { person: 'task', event: 'event', time: 'timer' } as const;

/** The wait that names the status: a person before an event, an event before a time. */
function hasWait(kind: 'person' | 'event' | 'time'): SQL {
  const has = (wait: 'task' | 'event' | 'timer') =>
    sql`EXISTS (SELECT 1 FROM ${workflowWaits} w WHERE w.execution_id = workflow_executions.execution_id AND w.kind = ${wait})`;
  if (kind === 'person') return has(waitKinds.person);
  if (kind === 'event') return sql`${has('event')} AND NOT ${has('task')}`;
  return sql`${has('timer')} AND NOT ${has('task')} AND NOT ${has('event')}`;
}

/** What a cursor of ours names; null for any other text. */
function placeOf(cursor: string): { readonly at: Date; readonly id: string } | null {
  const [time = '', id = '', ...more] = cursor.split('_');
  return /^\d{1,15}$/.test(time) && isUuid(id) && more.length === 0 ? { at: new Date(Number(time)), id } : null;
}

/**
 * The cursor that a caller gave, who must know what it is.
 * @throws InvalidInputError for one that no page gave.
 */
export function checkedExecutionCursor(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  if (placeOf(cursor) !== null) return cursor;
  throw new InvalidInputError('This cursor is not one of ours. Use the `next` of the page before.');
}

function olderThan(cursor: string | null): SQL | undefined {
  const place = placeOf(cursor ?? '');
  if (place === null) return undefined;
  const { at, id } = place;
  return or(lt(e.createdAt, at), and(eq(e.createdAt, at), lt(e.executionId, id)));
}

/** What these executions wait for now. */
export async function waitsOf({
  tenant,
  ids,
}: {
  readonly tenant: string;
  readonly ids: readonly string[];
}): Promise<ReadonlyMap<string, readonly WaitSummary[]>> {
  if (ids.length === 0) return new Map();
  const rows = await pageDb()
    .select({
      executionId: workflowWaits.executionId,
      kind: workflowWaits.kind,
      commandId: workflowWaits.commandId,
      names: workflowWaits.names,
      match: workflowWaits.match,
      deadline: workflowWaits.deadline,
      taskId: workflowTasks.taskId,
      title: workflowTasks.title,
      assignee: workflowTasks.assignee,
    })
    .from(workflowWaits)
    .leftJoin(workflowTasks, eq(workflowTasks.taskId, workflowWaits.taskId))
    .where(and(eq(workflowWaits.tenantId, tenant), inArray(workflowWaits.executionId, [...ids])))
    .orderBy(asc(workflowWaits.since), asc(workflowWaits.commandId));
  const names = await namesOf({ tenant, userIds: rows.map((row) => row.assignee) });
  const byExecution = new Map<string, WaitSummary[]>();
  for (const row of rows) {
    const waits = byExecution.get(row.executionId) ?? [];
    waits.push({
      kind: row.kind,
      commandId: row.commandId,
      names: row.names,
      match: row.match,
      deadline: row.deadline?.toISOString() ?? null,
      task:
        row.taskId === null || row.title === null
          ? null
          : {
              taskId: row.taskId,
              title: row.title,
              assigneeName: row.assignee === null ? null : names.of(row.assignee),
            },
    });
    byExecution.set(row.executionId, waits);
  }
  return byExecution;
}

async function retriesOf({
  tenant,
  ids,
}: {
  readonly tenant: string;
  readonly ids: readonly string[];
}): Promise<ReadonlyMap<string, NonNullable<ExecutionRow['retrying']>>> {
  if (ids.length === 0) return new Map();
  const rows = await pageDb()
    .select({
      executionId: workflowActionResults.executionId,
      name: workflowActionResults.actionName,
      attempts: workflowActionResults.attempts,
      nextAttemptAt: workflowActionResults.nextAttemptAt,
    })
    .from(workflowActionResults)
    .where(
      and(
        eq(workflowActionResults.tenantId, tenant),
        inArray(workflowActionResults.executionId, [...ids]),
        eq(workflowActionResults.status, 'retrying'),
      ),
    );
  return new Map(
    rows.map(({ executionId, nextAttemptAt, ...row }) => [
      executionId,
      { ...row, nextAttemptAt: nextAttemptAt?.toISOString() ?? null },
    ]),
  );
}

/** The code of a recorded error, where it has one. */
export function errorCodeOf(error: JsonValue | null): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

/** The message of a recorded error. */
export function errorMessageOf(error: JsonValue | null): string | null {
  if (typeof error !== 'object' || error === null || !('message' in error)) return null;
  return typeof error.message === 'string' ? error.message : null;
}

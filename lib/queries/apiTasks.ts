/** Tasks as the API answers them: the same sight of them as the pages give, with ids instead of names. */
import { InvalidInputError, TaskForbiddenError, TaskNotFoundError } from '@shared/workflow/model/errors';
import { and, desc, eq, inArray, sql, type SQL } from 'drizzle-orm';
import { pageDb } from '../db/client';
import { workflowTasks as t } from '../db/schema';
import { inView, isVisibleTo, type InboxView } from './inbox-views';
import type { ApiTask, ApiTaskWithForm } from './apiTaskSchemas';
import { getTask, type TaskView } from './task';
import { matchesFilter, type TaskFilter } from './task-filter';
import type { TaskReader } from './task-access';
import { isUuid } from './uuid';

export const apiTaskStatuses = ['open', 'pending', 'claimed', 'completed', 'declined', 'canceled', 'expired'] as const;
/** `open` is pending or claimed. */
export type ApiTaskFilter = (typeof apiTaskStatuses)[number];

/**
 * Tasks of the tenant that the reader may see, newest first.
 * @param cursor the `next` of the page before.
 * @returns `next` begins the following page, null after the last.
 * @throws InvalidInputError for a cursor that no page gave.
 */
export async function listApiTasks({
  tenant,
  reader,
  status,
  view,
  filter,
  nowMs,
  cursor,
  limit,
}: {
  readonly tenant: string;
  readonly reader: TaskReader;
  /** Counts without a view: a view says by itself which tasks are in it. */
  readonly status: ApiTaskFilter;
  readonly view?: InboxView | undefined;
  readonly filter: TaskFilter;
  readonly nowMs: number;
  readonly cursor?: string;
  readonly limit: number;
}): Promise<{ readonly tasks: readonly ApiTask[]; readonly next: string | null }> {
  const rows = await pageDb()
    .select()
    .from(t)
    .where(
      and(
        eq(t.tenantId, tenant),
        view === undefined
          ? and(inArray(t.status, status === 'open' ? ['pending', 'claimed'] : [status]), isVisibleTo(reader))
          : inView({ tenant, ...reader }, view),
        matchesFilter(filter, nowMs),
        cursor === undefined ? undefined : isBefore(cursor),
      ),
    )
    .orderBy(desc(t.createdAt), desc(t.taskId))
    .limit(limit + 1);
  const tasks = rows.slice(0, limit).map(toApiTask);
  return { tasks, next: rows.length > limit ? cursorOf(tasks.at(-1)) : null };
}

/**
 * One task with its form.
 * @throws TaskNotFoundError when the tenant has no such task.
 * @throws TaskForbiddenError when it is not the reader's to see.
 */
export async function readApiTask({
  tenant,
  reader,
  taskId,
}: {
  readonly tenant: string;
  readonly reader: TaskReader;
  readonly taskId: string;
}): Promise<ApiTaskWithForm> {
  const view = await getReadableTask({ tenant, taskId, reader });
  const [row] = await pageDb()
    .select()
    .from(t)
    .where(and(eq(t.tenantId, tenant), eq(t.taskId, taskId)));
  if (row === undefined) throw new TaskNotFoundError(taskId);
  const { form } = view;
  return {
    ...toApiTask(row),
    activity: view.activity.map(({ kind, actorName, toName, text, at }) => ({ kind, actorName, toName, text, at })),
    form: form && {
      version: form.version,
      jsonSchema: form.jsonSchema,
      uiSchema: form.uiSchema,
      formData: form.projection.formData,
      outcomes: form.outcomes,
    },
  };
}

/**
 * One task as its page shows it.
 * @throws TaskNotFoundError, TaskForbiddenError as `readApiTask`.
 */
export async function getReadableTask(query: {
  readonly tenant: string;
  readonly reader: TaskReader;
  readonly taskId: string;
}): Promise<TaskView> {
  const view = await getTask(query);
  if (view === null) throw new TaskNotFoundError(query.taskId);
  if (view.access.mayRead) return view;
  throw new TaskForbiddenError('This task is for somebody else. Ask an administrator if it should be yours.');
}

/** Creation time and id together have one order, however many tasks were created in the same millisecond. */
function cursorOf(task: ApiTask | undefined): string | null {
  return task === undefined ? null : `${Date.parse(task.createdAt)}_${task.taskId}`;
}

function isBefore(cursor: string): SQL {
  const [millis = '', taskId = ''] = cursor.split('_');
  const createdAt = /^\d{1,14}$/.test(millis) ? new Date(Number(millis)) : undefined;
  if (createdAt === undefined || !isUuid(taskId)) {
    throw new InvalidInputError('This cursor is not one of ours. Use the `next` of the page before.');
  }
  return sql`(${t.createdAt}, ${t.taskId}) < (${createdAt.toISOString()}::timestamptz, ${taskId}::uuid)`;
}

function toApiTask(row: typeof t.$inferSelect): ApiTask {
  return {
    taskId: row.taskId,
    taskType: row.taskType,
    title: row.title,
    description: row.description,
    status: row.status,
    priority: row.priority,
    executionId: row.executionId,
    subject: row.subject,
    fingerprint: row.fingerprint,
    candidateRoles: row.candidateRoles,
    candidateUsers: row.candidateUsers,
    assignee: row.assignee,
    owner: row.owner,
    question:
      row.questionTo === null || row.questionBy === null || row.question === null
        ? null
        : { to: row.questionTo, by: row.questionBy, text: row.question },
    requestedBy: row.requestedBy,
    outcome: row.outcome,
    output: row.output,
    endedBy: row.endedBy,
    version: row.version,
    createdAt: row.createdAt.toISOString(),
    dueAt: row.dueAt?.toISOString() ?? null,
    followUpAt: row.followUpAt?.toISOString() ?? null,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    claimedAt: row.claimedAt?.toISOString() ?? null,
    endedAt: row.endedAt?.toISOString() ?? null,
  };
}

/** Open tasks of one fingerprint are one to people: the oldest that the reader sees stands for all. */
import { sql, type AnyColumn, type SQL } from 'drizzle-orm';
import { pageDb } from '../db/client';
import { workflowTasks as t } from '../db/schema';

interface Reader {
  readonly userId: string;
  readonly roles: readonly string[];
}

/**
 * No older one of its kind stands for this task. Any older one stands for what nobody is at; for what somebody has
 * claimed only another one that they have, since nobody else's answer ends it.
 */
export function isFirstOfKind({ userId, roles }: Reader): SQL {
  return sql`(${t.fingerprint} IS NULL OR NOT EXISTS (
    SELECT FROM ${t} older
    WHERE older.tenant_id = ${t.tenantId} AND older.fingerprint = ${t.fingerprint}
      AND older.status IN ('pending', 'claimed') AND older.closing_at IS NULL
      AND (older.created_at, older.task_id) < (${t.createdAt}, ${t.taskId})
      AND (${t.status} = 'pending' OR (${t.owner} IS NULL AND ${t.assignee} = older.assignee))
      AND (older.assignee = ${userId} OR (NOT (${userId} = ANY(older.excluded_users))
        AND (${userId} = ANY(older.candidate_users) OR older.candidate_roles && ${sql.param([...roles], t.candidateRoles)}::text[])))))`;
}

interface TaskColumns {
  readonly tenantId: AnyColumn;
  readonly taskId: AnyColumn;
  readonly status: AnyColumn;
  readonly fingerprint: AnyColumn;
}

/** How many open tasks end with this one when this person ends it, this one included. */
export function countAlike(task: TaskColumns, userId: string): SQL<number> {
  return sql<number>`CASE WHEN ${task.fingerprint} IS NULL OR ${task.status} NOT IN ('pending', 'claimed') THEN 1 ELSE (
    SELECT count(*)::int FROM ${t} alike WHERE ${endsAlong(task, userId)}) END`;
}

/** What else ends with a task: how many there are, and what some of them are about. */
export interface AlikeTasks {
  /** The task itself not included. */
  readonly count: number;
  /** At most five, the oldest first, each once. */
  readonly subjects: readonly string[];
}

/** Null for a task without others of its kind. */
export async function readAlike(query: {
  readonly tenant: string;
  readonly taskId: string;
  readonly userId: string;
}): Promise<AlikeTasks | null> {
  const { tenant, taskId, userId } = query;
  const rows = await pageDb().execute<{ subject: string | null; count: number; total: number }>(sql`
    SELECT alike.subject, sum(count(*)) OVER ()::int AS total
    FROM ${t} JOIN ${t} alike ON ${endsAlong(t, userId)}
    WHERE ${t.tenantId} = ${tenant} AND ${t.taskId} = ${taskId} AND alike.task_id <> ${t.taskId}
    GROUP BY alike.subject ORDER BY min(alike.created_at), alike.subject LIMIT 5`);
  const [first] = rows;
  if (!first) return null;
  return { count: first.total, subjects: rows.flatMap(({ subject }) => subject ?? []) };
}

/** `alike` is of the kind of the task, and nobody else is at it. */
const endsAlong = (task: TaskColumns, userId: string): SQL => sql`
  alike.tenant_id = ${task.tenantId} AND alike.fingerprint = ${task.fingerprint}
  AND alike.status IN ('pending', 'claimed') AND alike.closing_at IS NULL
  AND (alike.task_id = ${task.taskId} OR alike.status = 'pending' OR (alike.assignee = ${userId} AND alike.owner IS NULL))
  AND NOT (${userId} = ANY(alike.excluded_users))`;

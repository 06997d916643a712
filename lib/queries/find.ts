/** What the command palette finds by words: tasks that the reader may see, and executions for those who watch them. */
import { and, desc, eq, gte, inArray, lte, sql, type SQL } from 'drizzle-orm';
import { pageDb } from '../db/client';
import { workflowExecutions as e, workflowTasks as t } from '../db/schema';
import { isFirstOfKind } from './alike';
import { readRows, selectTasks, type InboxRow } from './inbox';
import { inView, isVisibleTo, orderOf } from './inbox-views';
import { matchesFilter, noFilter } from './task-filter';
import type { TaskReader } from './task-access';

/** One line of what was found. */
interface FoundLine {
  readonly title: string;
  readonly about: string | null;
  /** How it stands, in a word. */
  readonly note: string | null;
  readonly href: string;
}

export interface Found {
  readonly tasks: readonly (FoundLine & { readonly taskId: string })[];
  readonly executions: readonly (FoundLine & { readonly executionId: string })[];
}

/** What can be looked over at a glance. */
const mostOpen = 8;
const mostDone = 4;
const mostExecutions = 5;

export interface FindQuery {
  readonly tenant: string;
  readonly reader: TaskReader;
  readonly words: string;
}

/** The statement that finds open tasks, those due first; of tasks that are one to people the one that stands for all. */
export function findOpenTasks({ tenant, reader, words }: FindQuery) {
  return selectTasks()
    .where(
      and(
        eq(t.tenantId, tenant),
        inArray(t.status, ['pending', 'claimed']),
        isVisibleTo(reader),
        matchesFilter({ ...noFilter, words }, 0),
        isFirstOfKind(reader),
      ),
    )
    .orderBy(...orderOf('for-me'))
    .limit(mostOpen);
}

/** The statement that finds what the reader has decided, latest first. */
export function findDoneTasks({ tenant, reader, words }: FindQuery) {
  return selectTasks()
    .where(and(eq(t.tenantId, tenant), inView({ tenant, ...reader }, 'done'), matchesFilter({ ...noFilter, words }, 0)))
    .orderBy(...orderOf('done'))
    .limit(mostDone);
}

/** Tasks by their words: open ones that the reader may see, and what they have decided. */
export async function findTasks(query: FindQuery): Promise<Found['tasks']> {
  // Without a word in it, it asks for nothing, and not for everything.
  if (!/[\p{L}\p{N}]/u.test(query.words)) return [];
  const who = { tenant: query.tenant, userId: query.reader.userId };
  const [open, done] = await Promise.all([
    readRows({ ...who, page: findOpenTasks(query), isDone: false }),
    readRows({ ...who, page: findDoneTasks(query), isDone: true }),
  ]);
  return [...open, ...done].map(({ row }) => ({
    taskId: row.taskId,
    title: row.title,
    about: row.invoice ? `${row.invoice.customer}, ${row.invoice.amountText}` : row.subject,
    note: noteOf(row),
    href: `/inbox?task=${row.taskId}`,
  }));
}

function noteOf({ status, isMine }: InboxRow): string {
  if (status === 'pending') return 'Open';
  if (status === 'claimed') return isMine ? 'Yours' : 'Taken';
  return 'Decided by you';
}

/**
 * The statement that finds executions of the tenant: by id, or how it begins, from eight digits on; or by the key that an
 * open one has. null where the words can be neither.
 */
export function findExecutionRows({ tenant, words }: Pick<FindQuery, 'tenant' | 'words'>) {
  const text = words.trim();
  if (text === '') return null;
  return pageDb()
    .select({
      executionId: e.executionId,
      workflowName: e.workflowName,
      workflowKey: e.workflowKey,
      subject: e.subject,
      status: e.status,
    })
    .from(e)
    .where(and(eq(e.tenantId, tenant), hasIdLike(text) ?? hasKey(tenant, text)))
    .orderBy(desc(e.createdAt))
    .limit(mostExecutions);
}

export async function findExecutions(query: Pick<FindQuery, 'tenant' | 'words'>): Promise<Found['executions']> {
  const rows = (await findExecutionRows(query)) ?? [];
  return rows.map(({ executionId, workflowName, workflowKey, subject, status }) => ({
    executionId,
    title: subject ?? workflowName,
    about: [subject === null ? null : workflowName, workflowKey ?? executionId].filter(Boolean).join(', '),
    note: status.replaceAll('_', ' '),
    href: `/admin/executions/${executionId}`,
  }));
}

/** From which id to which: all that begin like this. */
function hasIdLike(text: string): SQL | undefined {
  if (!/^[0-9a-f]{8}(-?[0-9a-f-]*)$/i.test(text)) return undefined;
  const digits = text.replaceAll('-', '').toLowerCase();
  if (digits.length > 32) return undefined;
  const idOf = (fill: string) => digits.padEnd(32, fill).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return and(gte(e.executionId, idOf('0')), lte(e.executionId, idOf('f')));
}

/** Keys are unique within a workflow: each of them is looked up by its index. */
function hasKey(tenant: string, key: string): SQL {
  return sql`${e.workflowKey} = ${key} AND ${e.endedAt} IS NULL AND ${e.workflowName} IN (
    SELECT r.name FROM workflow_registrations r WHERE r.tenant_id IS NULL OR r.tenant_id = ${tenant})`;
}

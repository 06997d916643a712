/** The inbox: which tasks a person may take, has taken or has decided, with what they are about. */
import { and, asc, desc, eq, getTableColumns, inArray, isNull, or, sql, Subquery, type SQL } from 'drizzle-orm';
import type { TaskStatus } from '@shared/workflow/model/status';
import { pageDb } from '../db/client';
import {
  invoices,
  systemWorkflowTaskDefinitions,
  workflowBusEvents,
  workflowExecutions,
  workflowRegistrations,
  workflowTaskDefinitions,
  workflowTasks,
} from '../db/schema';
import { formatCents } from '../invoices/amounts';
import { countAlike } from './alike';
import {
  cursorOf,
  inView,
  isBehind,
  isOpen,
  orderOf,
  type InboxReader,
  type InboxView,
  type Placed,
} from './inbox-views';
import { namesOf } from './people';
import { matchesFilter, noFilter, type TaskFilter } from './task-filter';

/** Rows of a page. */
export const inboxPageSize = 100;

export interface InboxRow {
  readonly taskId: string;
  readonly title: string;
  readonly status: TaskStatus;
  /** Counts changes. */
  readonly version: number;
  readonly priority: 'low' | 'normal' | 'high' | 'urgent';
  readonly isMine: boolean;
  /** The pinned version of its form: tasks of the same one can be answered together. */
  readonly formId: string;
  /** ISO 8601. */
  readonly dueAt: string | null;
  readonly endedAt: string | null;
  readonly outcome: string | null;
  readonly requestedByName: string | null;
  /** Who asks the reader a question about it that is still open. */
  readonly askedByName: string | null;
  /** How many tasks this row stands for: one answer ends them all. */
  readonly count: number;
  /** What it is about, in words of the business. */
  readonly subject: string | null;
  /** The invoice it is about: who it is for and what it comes to. */
  readonly invoice: { readonly customer: string; readonly amountText: string } | null;
}

export interface InboxList {
  readonly rows: readonly InboxRow[];
  /** The place behind which the next page begins; null on the last. */
  readonly next: string | null;
}

const t = workflowTasks;
/** What conditions and orders call the tasks that they are about, whichever those are. */
const ownName = 'workflow_tasks';

/** What a list shows; the filters narrow it. */
export interface InboxQuery extends InboxReader {
  readonly view: InboxView;
  readonly filter: TaskFilter;
  /** The `next` of the page before. */
  readonly after?: string | undefined;
  /** Only these, where a list that is shown is looked at again. */
  readonly taskIds?: readonly string[] | undefined;
  /** What due dates are counted from; now unless given. */
  readonly nowMs?: number;
}

/**
 * What is read of tasks themselves; where, in which order and how many is the caller's.
 * @param tasks all of them unless given, under the table's own name.
 */
export function selectTasks(tasks: Subquery = pageDb().select().from(t).as(ownName)) {
  return pageDb()
    .select({
      taskId: t.taskId,
      tenantId: t.tenantId,
      executionId: t.executionId,
      partitionId: t.partitionId,
      title: t.title,
      status: t.status,
      version: t.version,
      priority: t.priority,
      assignee: t.assignee,
      formId: t.formId,
      dueAt: t.dueAt,
      endedAt: t.endedAt,
      createdAt: t.createdAt,
      outcome: t.outcome,
      requestedBy: t.requestedBy,
      questionTo: t.questionTo,
      questionBy: t.questionBy,
      subject: t.subject,
      fingerprint: t.fingerprint,
    })
    .from(tasks);
}

/**
 * The tasks of a view, the most urgent first; done ones latest first. Chosen before anything is read about them: only
 * the index by which they are found grows with the tenant.
 * @throws InvalidInputError for a cursor that no page gave.
 */
export function inboxPage(query: InboxQuery) {
  const isSearch = query.filter.words !== null && query.taskIds === undefined && searchedViews.includes(query.view);
  return selectTasks(isSearch ? searched(query) : undefined)
    .where(isSearch ? undefined : isOnPage(query))
    .orderBy(...orderOf(query.view))
    .limit(inboxPageSize + 1);
}

function isOnPage({ nowMs = Date.now(), after, taskIds, ...query }: InboxQuery): SQL | undefined {
  return and(
    eq(t.tenantId, query.tenant),
    taskIds === undefined ? undefined : inArray(t.taskId, [...taskIds]),
    inView(query, query.view),
    matchesFilter(query.filter, nowMs),
    after === undefined ? undefined : isBehind(query.view, after),
  );
}

/** Views of many open tasks, in the order of one index. */
const searchedViews: readonly InboxView[] = ['for-me', 'groups', 'unassigned'];

/** So many tasks are looked at in their order before the index of words is asked. */
const lookedAt = 500;

/**
 * The page of a search, as one table. A word that many tasks have fills a page with the first tasks of the list: finding
 * all of them to order them would take the longer, the more there are. A word that few have is found by the index of
 * words; it is asked only where the first tasks did not fill the page. Nobody knows beforehand which kind a word is.
 */
function searched(query: InboxQuery): Subquery {
  const { nowMs = Date.now(), after, filter, view } = query;
  const order = orderOf(view);
  const first = pageDb()
    .select()
    .from(t)
    .where(
      and(
        eq(t.tenantId, query.tenant),
        isOpen,
        // Not the words, nor what else would make it look further: this many tasks and no more.
        matchesFilter({ ...noFilter, due: filter.due }, nowMs),
        after === undefined ? undefined : isBehind(view, after),
      ),
    )
    .orderBy(...order)
    .limit(lookedAt)
    .as(ownName);
  const among = pageDb()
    .select(getTableColumns(t))
    .from(first)
    .where(isOnPage(query))
    .orderBy(...order)
    .limit(inboxPageSize + 1);
  const found = pageDb()
    .select()
    .from(t)
    .where(isOnPage(query))
    .orderBy(...order)
    .limit(inboxPageSize + 1);
  const fills = sql`(SELECT count(*) FROM among) > ${inboxPageSize}::int`;
  const page = sql`WITH among AS MATERIALIZED (${among})
    SELECT * FROM among WHERE ${fills}
    UNION ALL SELECT * FROM (${found}) AS found WHERE NOT (${fills})`;
  return new Subquery(page, getTableColumns(t), ownName);
}

export async function listInbox(query: InboxQuery): Promise<InboxList> {
  const rows = await readRows({ ...query, page: inboxPage(query), isDone: query.view === 'done' });
  const shown = rows.slice(0, inboxPageSize);
  const last = shown.at(-1);
  return {
    next: last !== undefined && rows.length > inboxPageSize ? cursorOf(query.view, last.place) : null,
    rows: shown.map(({ row }) => row),
  };
}

/** Tasks that were chosen, with what they are about: those due first; done ones latest first. */
export async function readRows({
  tenant,
  userId,
  page: chosen,
  isDone,
}: {
  readonly tenant: string;
  readonly userId: string;
  readonly page: Pick<ReturnType<typeof inboxPage>, 'as'>;
  readonly isDone: boolean;
}): Promise<readonly { readonly row: InboxRow; readonly place: Placed }[]> {
  const page = chosen.as('page');
  const rows = await pageDb()
    .select({
      taskId: page.taskId,
      title: page.title,
      status: page.status,
      version: page.version,
      priority: page.priority,
      assignee: page.assignee,
      formId: page.formId,
      dueAt: page.dueAt,
      endedAt: page.endedAt,
      createdAt: page.createdAt,
      outcome: page.outcome,
      requestedBy: page.requestedBy,
      questionTo: page.questionTo,
      questionBy: page.questionBy,
      subject: page.subject,
      count: countAlike(page, userId),
      customer: invoices.customer,
      amountCents: invoices.amountCents,
      currency: invoices.currency,
    })
    .from(page)
    .leftJoin(
      workflowExecutions,
      and(eq(workflowExecutions.executionId, page.executionId), eq(workflowExecutions.partitionId, page.partitionId)),
    )
    .leftJoin(workflowBusEvents, eq(workflowBusEvents.eventId, workflowExecutions.startedByEventId))
    .leftJoin(
      invoices,
      and(eq(invoices.tenantId, page.tenantId), sql`${invoices.id} = ${workflowBusEvents.payload}->>'invoiceId'`),
    )
    .orderBy(
      ...(isDone ? [desc(page.endedAt), desc(page.taskId)] : [asc(page.dueAt), asc(page.createdAt), asc(page.taskId)]),
    );
  // Only whoever is asked is told who asks.
  const askerOf = (row: (typeof rows)[number]) => (row.questionTo === userId ? row.questionBy : null);
  const names = await namesOf({ tenant, userIds: rows.flatMap((row) => [row.requestedBy, askerOf(row)]) });
  const nameOf = (person: string | null) => (person === null ? null : names.of(person));
  return rows.map((row) => ({
    place: row,
    row: {
      taskId: row.taskId,
      title: row.title,
      status: row.status,
      version: row.version,
      priority: row.priority,
      isMine: row.assignee === userId,
      formId: row.formId,
      dueAt: row.dueAt?.toISOString() ?? null,
      endedAt: row.endedAt?.toISOString() ?? null,
      outcome: row.outcome,
      requestedByName: nameOf(row.requestedBy),
      askedByName: nameOf(askerOf(row)),
      subject: row.subject,
      count: row.count,
      invoice:
        row.customer === null || row.amountCents === null || row.currency === null
          ? null
          : { customer: row.customer, amountText: formatCents({ cents: row.amountCents, currency: row.currency }) },
    },
  }));
}

/** What is counted of a view: nobody works off more than this today. */
const countLimit = 1000;

/** The statement that counts a view. */
export function inboxCount(reader: InboxReader, view: InboxView) {
  const some = pageDb()
    .select({ one: sql`1`.as('one') })
    .from(t)
    .where(and(eq(t.tenantId, reader.tenant), inView(reader, view)))
    .limit(countLimit)
    .as('some');
  return pageDb()
    .select({ count: sql<number>`count(*)::int` })
    .from(some);
}

/** Views of open tasks, which are counted. */
export const countedViews = ['for-me', 'groups', 'unassigned', 'taken'] as const;
export type InboxCounts = Readonly<Record<(typeof countedViews)[number], number>>;

/** How many rows a view has, `countLimit` at most. */
export async function countView(reader: InboxReader, view: InboxView): Promise<number> {
  const [row] = await inboxCount(reader, view);
  return row?.count ?? 0;
}

/** How many rows each view of open tasks has, `countLimit` at most. */
export async function countInbox(reader: InboxReader): Promise<InboxCounts> {
  const counts = await Promise.all(countedViews.map(async (view) => [view, await countView(reader, view)] as const));
  return Object.fromEntries(counts) as InboxCounts;
}

/** Types of tasks that the tenant can have, by what people call them. */
export async function listTaskTypes(
  tenant: string,
): Promise<readonly { readonly taskType: string; readonly name: string }[]> {
  const db = pageDb();
  const [own, shared] = await Promise.all([
    db
      .select({ taskType: workflowTaskDefinitions.taskType, name: workflowTaskDefinitions.name })
      .from(workflowTaskDefinitions)
      .where(eq(workflowTaskDefinitions.tenantId, tenant)),
    db
      .select({ taskType: systemWorkflowTaskDefinitions.taskType, name: systemWorkflowTaskDefinitions.name })
      .from(systemWorkflowTaskDefinitions),
  ]);
  const byType = new Map([...shared, ...own].map((definition) => [definition.taskType, definition]));
  return [...byType.values()].toSorted((a, b) => a.name.localeCompare(b.name, 'en'));
}

/** Workflows that the tenant can run, by name: the system's and its own. */
export async function listTaskWorkflows(tenant: string): Promise<readonly string[]> {
  const rows = await pageDb()
    .selectDistinct({ name: workflowRegistrations.name })
    .from(workflowRegistrations)
    .where(or(isNull(workflowRegistrations.tenantId), eq(workflowRegistrations.tenantId, tenant)))
    .orderBy(asc(workflowRegistrations.name));
  return rows.map(({ name }) => name);
}

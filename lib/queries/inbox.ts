/** The inbox: which tasks a person may take, has taken or has decided, with what they are about. */
import { and, arrayOverlaps, asc, desc, eq, inArray, not, or, sql, type SQL } from 'drizzle-orm';
import type { TaskStatus } from '@shared/workflow/model/status';
import { pageDb } from '../db/client';
import {
  invoices,
  systemWorkflowTaskDefinitions,
  workflowBusEvents,
  workflowExecutions,
  workflowTaskDefinitions,
  workflowTasks,
} from '../db/schema';
import { formatCents } from '../invoices/invoiceInput';
import { countAlike, isFirstOfKind } from './alike';
import { namesOf } from './people';
import { matchesFilter, type TaskFilter } from './task-filter';

export const inboxViews = ['for-me', 'taken', 'done'] as const;
export type InboxView = (typeof inboxViews)[number];

/** What a list shows at once; those due first come first. */
export const inboxLimit = 200;

export interface InboxReader {
  readonly tenant: string;
  readonly userId: string;
  readonly roles: readonly string[];
}

export interface InboxRow {
  readonly taskId: string;
  readonly title: string;
  readonly status: TaskStatus;
  readonly priority: 'low' | 'normal' | 'high' | 'urgent';
  readonly isMine: boolean;
  /** The pinned version of its form: tasks of the same one can be answered together. */
  readonly formId: string;
  /** ISO 8601. */
  readonly dueAt: string | null;
  readonly endedAt: string | null;
  readonly outcome: string | null;
  readonly requestedByName: string | null;
  /** How many tasks this row stands for: one answer ends them all. */
  readonly count: number;
  /** What it is about, in words of the business. */
  readonly subject: string | null;
  /** The invoice it is about: who it is for and what it comes to. */
  readonly invoice: { readonly customer: string; readonly amountText: string } | null;
}

export interface InboxList {
  readonly rows: readonly InboxRow[];
  readonly hasMore: boolean;
}

const t = workflowTasks;
const isOpen = inArray(t.status, ['pending', 'claimed']);

/** What a list shows; the filters narrow it. */
export interface InboxQuery extends InboxReader {
  readonly view: InboxView;
  readonly filter: TaskFilter;
  /** What due dates are counted from; now unless given. */
  readonly nowMs?: number;
}

/**
 * The tasks of a view, the most urgent first; done ones latest first. Chosen before anything is read about them: only
 * the index by which they are found grows with the tenant.
 */
export function inboxPage({ nowMs = Date.now(), ...query }: InboxQuery) {
  const order = query.view === 'done' ? [desc(t.endedAt)] : [asc(t.dueAt), asc(t.createdAt), asc(t.taskId)];
  return pageDb()
    .select({
      taskId: t.taskId,
      tenantId: t.tenantId,
      executionId: t.executionId,
      partitionId: t.partitionId,
      title: t.title,
      status: t.status,
      priority: t.priority,
      assignee: t.assignee,
      formId: t.formId,
      dueAt: t.dueAt,
      endedAt: t.endedAt,
      createdAt: t.createdAt,
      outcome: t.outcome,
      requestedBy: t.requestedBy,
      subject: t.subject,
      fingerprint: t.fingerprint,
    })
    .from(t)
    .where(and(eq(t.tenantId, query.tenant), inView(query, query.view), matchesFilter(query.filter, nowMs)))
    .orderBy(...order)
    .limit(inboxLimit + 1);
}

export async function listInbox(query: InboxQuery): Promise<InboxList> {
  const page = inboxPage(query).as('page');
  const rows = await pageDb()
    .select({
      taskId: page.taskId,
      title: page.title,
      status: page.status,
      priority: page.priority,
      assignee: page.assignee,
      formId: page.formId,
      dueAt: page.dueAt,
      endedAt: page.endedAt,
      outcome: page.outcome,
      requestedBy: page.requestedBy,
      subject: page.subject,
      count: countAlike(page, query.userId),
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
      ...(query.view === 'done' ? [desc(page.endedAt)] : [asc(page.dueAt), asc(page.createdAt), asc(page.taskId)]),
    );
  const shown = rows.slice(0, inboxLimit);
  const names = await namesOf({ tenant: query.tenant, userIds: shown.map((row) => row.requestedBy) });
  return {
    hasMore: rows.length > inboxLimit,
    rows: shown.map((row) => ({
      taskId: row.taskId,
      title: row.title,
      status: row.status,
      priority: row.priority,
      isMine: row.assignee === query.userId,
      formId: row.formId,
      dueAt: row.dueAt?.toISOString() ?? null,
      endedAt: row.endedAt?.toISOString() ?? null,
      outcome: row.outcome,
      requestedByName: row.requestedBy === null ? null : names.of(row.requestedBy),
      subject: row.subject,
      count: row.count,
      invoice:
        row.customer === null || row.amountCents === null || row.currency === null
          ? null
          : { customer: row.customer, amountText: formatCents({ cents: row.amountCents, currency: row.currency }) },
    })),
  };
}

/** What is counted of a view. */
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

/** How many open rows each view has, `countLimit` at most. */
export async function countInbox(reader: InboxReader): Promise<Readonly<Record<'for-me' | 'taken', number>>> {
  const [[forMe], [taken]] = await Promise.all([inboxCount(reader, 'for-me'), inboxCount(reader, 'taken')]);
  return { 'for-me': forMe?.count ?? 0, taken: taken?.count ?? 0 };
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

/** Which tasks are in a view: each says the status of its indexes. */
export function inView(reader: InboxReader, view: InboxView): SQL | undefined {
  const { userId } = reader;
  // What one works on, what one lent to somebody, and what one is asked about.
  const isAtIt = or(eq(t.assignee, userId), eq(t.owner, userId), eq(t.questionTo, userId));
  const taken = and(eq(t.status, 'claimed'), isAtIt);
  switch (view) {
    case 'taken':
      return and(taken, isFirstOfKind(reader));
    case 'for-me':
      return and(isOpen, or(taken, and(eq(t.status, 'pending'), isCandidate(reader))), isFirstOfKind(reader));
    case 'done':
      return and(eq(t.endedBy, reader.userId), inArray(t.status, ['completed', 'declined']));
  }
}

function isCandidate({ userId, roles }: InboxReader): SQL | undefined {
  const named = arrayOverlaps(t.candidateUsers, [userId]);
  return and(
    roles.length === 0 ? named : or(named, arrayOverlaps(t.candidateRoles, [...roles])),
    not(arrayOverlaps(t.excludedUsers, [userId])),
  );
}

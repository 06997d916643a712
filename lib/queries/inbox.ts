/** The inbox: which tasks a person may take, has taken or has decided, with what they are about. */
import { and, arrayOverlaps, asc, desc, eq, inArray, not, or, sql, type SQL } from 'drizzle-orm';
import type { TaskStatus } from '@shared/workflow/model/status';
import { pageDb } from '../db/client';
import { invoices, workflowBusEvents, workflowExecutions, workflowTasks } from '../db/schema';
import { formatCents } from '../invoices/invoiceInput';
import { countAlike, isFirstOfKind } from './alike';
import { namesOf } from './people';

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

/** Tasks of one view, the most urgent first; done ones latest first. */
export async function listInbox(reader: InboxReader & { readonly view: InboxView }): Promise<InboxList> {
  const rows = await pageDb()
    .select({
      taskId: t.taskId,
      title: t.title,
      status: t.status,
      priority: t.priority,
      assignee: t.assignee,
      formId: t.formId,
      dueAt: t.dueAt,
      endedAt: t.endedAt,
      outcome: t.outcome,
      requestedBy: t.requestedBy,
      subject: t.subject,
      count: countAlike(reader.userId),
      customer: invoices.customer,
      amountCents: invoices.amountCents,
      currency: invoices.currency,
    })
    .from(t)
    .leftJoin(
      workflowExecutions,
      and(eq(workflowExecutions.executionId, t.executionId), eq(workflowExecutions.partitionId, t.partitionId)),
    )
    .leftJoin(workflowBusEvents, eq(workflowBusEvents.eventId, workflowExecutions.startedByEventId))
    .leftJoin(
      invoices,
      and(eq(invoices.tenantId, t.tenantId), sql`${invoices.id} = ${workflowBusEvents.payload}->>'invoiceId'`),
    )
    .where(and(eq(t.tenantId, reader.tenant), inView(reader, reader.view)))
    .orderBy(...(reader.view === 'done' ? [desc(t.endedAt)] : [sql`${t.dueAt} ASC NULLS LAST`, asc(t.createdAt)]))
    .limit(inboxLimit + 1);
  const shown = rows.slice(0, inboxLimit);
  const names = await namesOf({ tenant: reader.tenant, userIds: shown.map((row) => row.requestedBy) });
  return {
    hasMore: rows.length > inboxLimit,
    rows: shown.map((row) => ({
      taskId: row.taskId,
      title: row.title,
      status: row.status,
      priority: row.priority,
      isMine: row.assignee === reader.userId,
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

/** How many open rows each view has. */
export async function countInbox(reader: InboxReader): Promise<Readonly<Record<'for-me' | 'taken', number>>> {
  const [row] = await pageDb()
    .select({
      forMe: sql<number>`count(*) FILTER (WHERE ${inView(reader, 'for-me')})::int`,
      taken: sql<number>`count(*) FILTER (WHERE ${inView(reader, 'taken')})::int`,
    })
    .from(t)
    .where(and(eq(t.tenantId, reader.tenant), inArray(t.status, ['pending', 'claimed'])));
  return { 'for-me': row?.forMe ?? 0, taken: row?.taken ?? 0 };
}

function inView(reader: InboxReader, view: InboxView): SQL | undefined {
  const { userId } = reader;
  // What one works on, what one lent to somebody, and what one is asked about.
  const taken = and(eq(t.status, 'claimed'), or(eq(t.assignee, userId), eq(t.owner, userId), eq(t.questionTo, userId)));
  switch (view) {
    case 'taken':
      return and(taken, isFirstOfKind(reader));
    case 'for-me':
      return and(or(taken, and(eq(t.status, 'pending'), isCandidate(reader))), isFirstOfKind(reader));
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

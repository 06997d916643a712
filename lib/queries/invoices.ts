/** Invoices of a tenant: the list, and one with its lines and where it is. */
import { and, asc, between, desc, eq, inArray, sql } from 'drizzle-orm';
import { isEnded, isOpenTask } from '@shared/workflow/model/status';
import { pageDb } from '../db/client';
import {
  invoiceLines,
  invoices,
  workflowBusEvents,
  workflowEventAttachments,
  workflowEvents,
  workflowExecutions,
  workflowTasks,
} from '../db/schema';
import { bookingEventType, mostBookedAtOnce } from '../invoices/booking';
import { formatCents, formatInvoiceNumber } from '../invoices/amounts';
import { progressSteps, whomText, type ProgressEntry, type ProgressStep, type ProgressTask } from './invoice-progress';
import { namesOf } from './people';

export type InvoiceStatus = 'submitted' | 'approved' | 'rejected';

/** How far an invoice has come that is not decided yet. */
export type InvoiceStage =
  | { readonly kind: 'waiting'; readonly whom: string }
  | { readonly kind: 'working' }
  /** The execution ended without a decision. */
  | { readonly kind: 'stopped' }
  /** Nothing is attached to submitted invoices in this tenant. */
  | { readonly kind: 'unhandled' };

export interface InvoiceRow {
  readonly id: string;
  readonly number: string;
  readonly customer: string;
  readonly amountText: string;
  readonly status: InvoiceStatus;
  /** While it is under way: what it waits for. */
  readonly stage: InvoiceStage | null;
  readonly submittedByName: string;
  readonly byReader: boolean;
  readonly createdAt: string;
  /** Of an approved one: whether somebody asked for it to be booked, and whether it is. */
  readonly booking: 'asked' | 'booked' | null;
}

/** What the list shows at once, newest first. */
export const invoiceLimit = 100;

export async function listInvoices({
  tenant,
  reader,
}: {
  readonly tenant: string;
  readonly reader: string;
}): Promise<{ readonly rows: readonly InvoiceRow[]; readonly hasMore: boolean }> {
  const found = await pageDb()
    .select()
    .from(invoices)
    .where(eq(invoices.tenantId, tenant))
    .orderBy(desc(invoices.createdAt), desc(invoices.number))
    .limit(invoiceLimit + 1);
  const rows = found.slice(0, invoiceLimit);
  const [names, stages] = await Promise.all([
    namesOf({ tenant, userIds: rows.map((row) => row.createdBy) }),
    stagesOf({ tenant, reader, invoices: rows.filter((row) => row.status === 'submitted') }),
  ]);
  return {
    hasMore: found.length > invoiceLimit,
    rows: rows.map((row) => ({
      id: row.id,
      number: formatInvoiceNumber(row.number),
      customer: row.customer,
      amountText: formatCents({ cents: row.amountCents, currency: row.currency }),
      status: row.status,
      stage: stages.get(row.id) ?? null,
      submittedByName: names.of(row.createdBy),
      byReader: row.createdBy === reader,
      createdAt: row.createdAt.toISOString(),
      booking: bookingOf(row),
    })),
  };
}

function bookingOf({ bookedAt, bookingRequestedAt }: typeof invoices.$inferSelect): InvoiceRow['booking'] {
  if (bookedAt !== null) return 'booked';
  return bookingRequestedAt === null ? null : 'asked';
}

/**
 * How many invoices a request for booking would send, counted to the most that one takes; 0 where nothing in the tenant
 * books invoices.
 */
export async function countToBook(tenant: string): Promise<number> {
  const [row] = await pageDb().execute<{ count: number }>(sql`
    SELECT count(*)::int AS count FROM (
      SELECT 1 FROM ${invoices} WHERE tenant_id = ${tenant} AND status = 'approved' AND booking_requested_at IS NULL
        AND EXISTS (SELECT FROM ${workflowEventAttachments} a
                    WHERE a.tenant_id = ${tenant} AND a.event_type = ${bookingEventType} AND a.is_active)
      LIMIT ${mostBookedAtOnce}) found`);
  return row?.count ?? 0;
}

export interface InvoiceDetail extends InvoiceRow {
  readonly note: string | null;
  readonly decisionComment: string | null;
  readonly decidedByName: string | null;
  readonly lines: readonly {
    readonly position: number;
    readonly description: string;
    readonly quantity: number;
    readonly unitText: string;
    readonly sumText: string;
    /** The item of accounting that it is booked on. */
    readonly quickbooksItem: string | null;
  }[];
  readonly steps: readonly ProgressStep[];
  /** Executions that handle it, for people who may open the console. */
  readonly executionIds: readonly string[];
}

/** One invoice of the tenant, or null when the tenant has none with this id. */
export async function getInvoice({
  tenant,
  invoiceId,
  reader,
}: {
  readonly tenant: string;
  readonly invoiceId: string;
  readonly reader: string;
}): Promise<InvoiceDetail | null> {
  const db = pageDb();
  const [invoice] = await db
    .select()
    .from(invoices)
    .where(and(eq(invoices.tenantId, tenant), eq(invoices.id, invoiceId)));
  if (!invoice) return null;
  const [lines, executions, stages] = await Promise.all([
    db
      .select()
      .from(invoiceLines)
      .where(and(eq(invoiceLines.tenantId, tenant), eq(invoiceLines.invoiceId, invoice.id)))
      .orderBy(asc(invoiceLines.position)),
    executionsOf({ tenant, invoice }),
    stagesOf({ tenant, reader, invoices: invoice.status === 'submitted' ? [invoice] : [] }),
  ]);
  const [first] = executions;
  const { entries, tasks } = first ? await logOf({ tenant, executionId: first }) : { entries: null, tasks: [] };
  const names = await namesOf({
    tenant,
    userIds: [
      invoice.createdBy,
      invoice.decidedBy,
      ...(entries ?? []).flatMap((entry) => [entry.by, ...(entry.candidateUsers ?? [])]),
      ...tasks.map((task) => task.assignee),
    ],
  });
  const money = (cents: number) => formatCents({ cents, currency: invoice.currency });
  return {
    id: invoice.id,
    number: formatInvoiceNumber(invoice.number),
    customer: invoice.customer,
    amountText: money(invoice.amountCents),
    status: invoice.status,
    stage: stages.get(invoice.id) ?? null,
    submittedByName: names.of(invoice.createdBy),
    byReader: invoice.createdBy === reader,
    createdAt: invoice.createdAt.toISOString(),
    booking: bookingOf(invoice),
    note: invoice.note,
    decisionComment: invoice.decisionComment,
    decidedByName: invoice.decidedBy === null ? null : names.of(invoice.decidedBy),
    lines: lines.map((line) => ({
      position: line.position,
      description: line.description,
      quantity: line.quantity,
      unitText: money(line.unitCents),
      sumText: money(line.unitCents * line.quantity),
      quickbooksItem: line.quickbooksItem,
    })),
    steps: progressSteps({
      invoice: { status: invoice.status, submittedBy: invoice.createdBy, submittedAt: invoice.createdAt.toISOString() },
      entries,
      tasks,
      reader,
      nameOf: (userId) => names.of(userId).split(' ')[0] ?? '',
    }),
    executionIds: executions,
  };
}

interface UndecidedInvoice {
  readonly id: string;
  readonly createdAt: Date;
}

/** How far each of these invoices has come, in one read. */
async function stagesOf({
  tenant,
  reader,
  invoices: undecided,
}: {
  readonly tenant: string;
  readonly reader: string;
  readonly invoices: readonly UndecidedInvoice[];
}): Promise<ReadonlyMap<string, InvoiceStage>> {
  if (undecided.length === 0) return new Map();
  const times = undecided.map((invoice) => invoice.createdAt.getTime());
  const invoiceId = sql<string>`${workflowBusEvents.payload}->>'invoiceId'`;
  const rows = await pageDb()
    .select({
      invoiceId,
      status: workflowExecutions.status,
      assignee: workflowTasks.assignee,
      roles: workflowTasks.candidateRoles,
      users: workflowTasks.candidateUsers,
    })
    .from(workflowBusEvents)
    .innerJoin(workflowExecutions, eq(workflowExecutions.startedByEventId, workflowBusEvents.eventId))
    .leftJoin(
      workflowTasks,
      and(
        eq(workflowTasks.executionId, workflowExecutions.executionId),
        inArray(workflowTasks.status, ['pending', 'claimed']),
      ),
    )
    .where(
      and(
        eq(workflowBusEvents.tenantId, tenant),
        between(workflowBusEvents.createdAt, around(Math.min(...times), -1), around(Math.max(...times), 1)),
        inArray(
          invoiceId,
          undecided.map((invoice) => invoice.id),
        ),
      ),
    );
  const names = await namesOf({ tenant, userIds: rows.flatMap((row) => [row.assignee, ...(row.users ?? [])]) });
  const firstName = (userId: string) => (userId === reader ? 'you' : (names.of(userId).split(' ')[0] ?? ''));
  const stages = new Map<string, InvoiceStage>(undecided.map((invoice) => [invoice.id, { kind: 'unhandled' }]));
  for (const row of rows) {
    if (row.assignee) stages.set(row.invoiceId, { kind: 'waiting', whom: firstName(row.assignee) });
    else if (row.roles) {
      const whom = whomText({ roles: row.roles, people: (row.users ?? []).map(firstName) });
      stages.set(row.invoiceId, { kind: 'waiting', whom });
    } else stages.set(row.invoiceId, { kind: isEnded(row.status) ? 'stopped' : 'working' });
  }
  return stages;
}

/** A minute before or after: what was stored in one transaction has one time, a clock may round. */
function around(timeMs: number, direction: 1 | -1): Date {
  return new Date(timeMs + direction * 60_000);
}

/** The event is submitted in the transaction that stores the invoice, so its time narrows the search to an index. */
async function executionsOf({
  tenant,
  invoice,
}: {
  readonly tenant: string;
  readonly invoice: typeof invoices.$inferSelect;
}): Promise<readonly string[]> {
  const rows = await pageDb()
    .select({ executionId: workflowExecutions.executionId })
    .from(workflowBusEvents)
    .innerJoin(workflowExecutions, eq(workflowExecutions.startedByEventId, workflowBusEvents.eventId))
    .where(
      and(
        eq(workflowBusEvents.tenantId, tenant),
        between(
          workflowBusEvents.createdAt,
          around(invoice.createdAt.getTime(), -1),
          around(invoice.createdAt.getTime(), 1),
        ),
        sql`${workflowBusEvents.payload}->>'invoiceId' = ${invoice.id}`,
      ),
    )
    .orderBy(asc(workflowExecutions.createdAt));
  return rows.map((row) => row.executionId);
}

const tellingKinds = [
  'execution_started',
  'task_created',
  'task_ended',
  'execution_completed',
  'execution_failed',
  'execution_canceled',
  'execution_terminated',
];

async function logOf({
  tenant,
  executionId,
}: {
  readonly tenant: string;
  readonly executionId: string;
}): Promise<{ readonly entries: readonly ProgressEntry[]; readonly tasks: readonly ProgressTask[] }> {
  const db = pageDb();
  const [entries, tasks] = await Promise.all([
    db
      .select({ kind: workflowEvents.kind, at: workflowEvents.at, payload: workflowEvents.payload })
      .from(workflowEvents)
      .where(
        and(
          eq(workflowEvents.tenantId, tenant),
          eq(workflowEvents.executionId, executionId),
          inArray(workflowEvents.kind, tellingKinds),
          sql`${workflowEvents.seq} IS NOT NULL`,
        ),
      )
      .orderBy(asc(workflowEvents.seq)),
    db
      .select({
        taskId: workflowTasks.taskId,
        status: workflowTasks.status,
        assignee: workflowTasks.assignee,
        dueAt: workflowTasks.dueAt,
      })
      .from(workflowTasks)
      .where(and(eq(workflowTasks.tenantId, tenant), eq(workflowTasks.executionId, executionId))),
  ]);
  return {
    // The payloads of these kinds are those that the log's writers put there.
    entries: entries.map(({ kind, at, payload }) => ({
      ...(payload as Partial<ProgressEntry> | null),
      kind,
      at: at.toISOString(),
    })),
    tasks: tasks.map(({ status, dueAt, ...task }) => ({
      ...task,
      isOpen: isOpenTask(status),
      dueAt: dueAt?.toISOString() ?? null,
    })),
  };
}

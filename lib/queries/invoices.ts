/** Invoices of a tenant: the list, and one with its lines and where it is. */
import { and, asc, between, desc, eq, inArray, sql } from 'drizzle-orm';
import { isOpenTask } from '@shared/workflow/model/status';
import { pageDb } from '../db/client';
import {
  invoiceLines,
  invoices,
  workflowBusEvents,
  workflowEvents,
  workflowExecutions,
  workflowTasks,
} from '../db/schema';
import { formatCents, formatInvoiceNumber } from '../invoices/invoiceInput';
import { progressSteps, type ProgressEntry, type ProgressStep, type ProgressTask } from './invoice-progress';
import { namesOf } from './people';

export type InvoiceStatus = 'submitted' | 'approved' | 'rejected';

export interface InvoiceRow {
  readonly id: string;
  readonly number: string;
  readonly customer: string;
  readonly amountText: string;
  readonly status: InvoiceStatus;
  readonly submittedByName: string;
  readonly byReader: boolean;
  readonly createdAt: string;
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
  const names = await namesOf({ tenant, userIds: rows.map((row) => row.createdBy) });
  return {
    hasMore: found.length > invoiceLimit,
    rows: rows.map((row) => ({
      id: row.id,
      number: formatInvoiceNumber(row.number),
      customer: row.customer,
      amountText: formatCents({ cents: row.amountCents, currency: row.currency }),
      status: row.status,
      submittedByName: names.of(row.createdBy),
      byReader: row.createdBy === reader,
      createdAt: row.createdAt.toISOString(),
    })),
  };
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
  const [lines, executions] = await Promise.all([
    db
      .select()
      .from(invoiceLines)
      .where(and(eq(invoiceLines.tenantId, tenant), eq(invoiceLines.invoiceId, invoice.id)))
      .orderBy(asc(invoiceLines.position)),
    executionsOf({ tenant, invoice }),
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
    submittedByName: names.of(invoice.createdBy),
    byReader: invoice.createdBy === reader,
    createdAt: invoice.createdAt.toISOString(),
    note: invoice.note,
    decisionComment: invoice.decisionComment,
    decidedByName: invoice.decidedBy === null ? null : names.of(invoice.decidedBy),
    lines: lines.map((line) => ({
      position: line.position,
      description: line.description,
      quantity: line.quantity,
      unitText: money(line.unitCents),
      sumText: money(line.unitCents * line.quantity),
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

/** The event is submitted in the transaction that stores the invoice, so its time narrows the search to an index. */
async function executionsOf({
  tenant,
  invoice,
}: {
  readonly tenant: string;
  readonly invoice: typeof invoices.$inferSelect;
}): Promise<readonly string[]> {
  const around = 60_000;
  const rows = await pageDb()
    .select({ executionId: workflowExecutions.executionId })
    .from(workflowBusEvents)
    .innerJoin(workflowExecutions, eq(workflowExecutions.startedByEventId, workflowBusEvents.eventId))
    .where(
      and(
        eq(workflowBusEvents.tenantId, tenant),
        between(
          workflowBusEvents.createdAt,
          new Date(invoice.createdAt.getTime() - around),
          new Date(invoice.createdAt.getTime() + around),
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

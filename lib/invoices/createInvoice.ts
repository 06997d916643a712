import type postgres from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { inTransaction, submitEventIn } from '../workflow';
import { formatCents, formatInvoiceNumber, summarizeLines, sumLines } from './amounts';
import type { ParsedInvoice } from './invoiceInput';

export interface CreatedInvoice {
  readonly invoiceId: string;
  /** `INV-0001`, counted per tenant. */
  readonly invoiceNumber: string;
  readonly eventId: string;
  /** What the event started: one execution for each workflow attached in the tenant. */
  readonly executionIds: readonly string[];
}

/**
 * Submits an invoice: the invoice, its lines, the event `INVOICE_SUBMITTED` and the executions it starts are one
 * commit. Numbers have no gaps; two invoices of a tenant at once are numbered one after the other.
 * @param invoice parsed by `invoiceInputSchema`.
 */
export async function createInvoice({
  tenant,
  userId,
  ...invoice
}: ParsedInvoice & { readonly tenant: string; readonly userId: string }): Promise<CreatedInvoice> {
  const { created, afterCommit } = await inTransaction(async (tx) => {
    const invoiceId = uuidv7();
    const number = await takeNumber({ tx, tenant });
    await insertInvoice({ tx, tenant, userId, invoiceId, number, invoice });
    const invoiceNumber = formatInvoiceNumber(number);
    const { afterCommit, ...submitted } = await submitEventIn(tx, {
      tenant,
      userId,
      eventType: 'INVOICE_SUBMITTED',
      subject: `${invoiceNumber} · ${invoice.customer}`,
      payload: {
        invoiceId,
        invoiceNumber,
        customer: invoice.customer,
        amountCents: sumLines(invoice.lines),
        amountText: formatCents({ cents: sumLines(invoice.lines), currency: invoice.currency }),
        currency: invoice.currency,
        note: invoice.note || null,
        lineSummary: summarizeLines(invoice),
        requesterId: userId,
        requesterName: await nameOf({ tx, userId }),
        isUrgent: invoice.isUrgent,
      },
    });
    return { created: { invoiceId, invoiceNumber, ...submitted }, afterCommit };
  });
  await afterCommit();
  return created;
}

/**
 * The next number of the tenant. The tenant's row stays locked until the commit, so that two takers cannot see the
 * same highest number, and a number given up by a rollback is taken by the next.
 */
async function takeNumber({ tx, tenant }: { readonly tx: postgres.Sql; readonly tenant: string }): Promise<number> {
  const locked = await tx`SELECT 1 FROM tenants WHERE tenant_id = ${tenant} FOR NO KEY UPDATE`;
  if (locked.length === 0) throw new Error(`No tenant ${tenant} exists.`);
  const [row] = await tx<{ number: number }[]>`
    SELECT coalesce(max(number), 0) + 1 AS number FROM invoices WHERE tenant_id = ${tenant}`;
  return row?.number ?? 1;
}

async function insertInvoice({
  tx,
  tenant,
  userId,
  invoiceId,
  number,
  invoice: { customer, lines, currency, note },
}: {
  readonly tx: postgres.Sql;
  readonly tenant: string;
  readonly userId: string;
  readonly invoiceId: string;
  readonly number: number;
  readonly invoice: ParsedInvoice;
}): Promise<void> {
  await tx`
    INSERT INTO invoices (id, tenant_id, number, customer, amount_cents, currency, note, status, created_by)
    VALUES (${invoiceId}, ${tenant}, ${number}, ${customer}, ${sumLines(lines)}, ${currency}, ${note || null},
            'submitted', ${userId})`;
  const rows = lines.map(({ description, quantity, unitCents }, index) => ({
    tenant_id: tenant,
    invoice_id: invoiceId,
    position: index + 1,
    description,
    quantity,
    unit_cents: unitCents,
  }));
  await tx`INSERT INTO invoice_lines ${tx(rows)}`;
}

async function nameOf({ tx, userId }: { readonly tx: postgres.Sql; readonly userId: string }): Promise<string> {
  const [row] = await tx<{ name: string }[]>`SELECT name FROM users WHERE user_id = ${userId}`;
  return row?.name ?? userId;
}

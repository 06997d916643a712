import { TransactionIsolationLevel, type ActionRegistrar } from '@shared/workflow/authoring';
import { formatCents, formatInvoiceNumber, summarizeLines } from '@/lib/invoices/amounts';

/** An invoice as it is stored. Amounts are in cents; `amountText` is the amount as people read it. */
export interface StoredInvoice {
  readonly invoiceId: string;
  readonly invoiceNumber: string;
  readonly status: 'submitted' | 'approved' | 'rejected';
  readonly customer: string;
  readonly amountCents: number;
  readonly amountText: string;
  readonly currency: string;
  readonly note: string | null;
  readonly lineSummary: string;
  readonly requesterId: string;
  readonly requesterName: string;
}

interface InvoiceRow {
  readonly id: string;
  readonly number: number;
  readonly status: StoredInvoice['status'];
  readonly customer: string;
  readonly amount_cents: string;
  readonly currency: string;
  readonly note: string | null;
  readonly created_by: string;
  readonly requester_name: string | null;
}
interface LineRow {
  readonly description: string;
  readonly quantity: number;
  readonly unit_cents: string;
}

/** Reads an invoice; null where the tenant has no such invoice. */
export function registerReadInvoice(actions: ActionRegistrar): void {
  actions.registerDatabaseAction(
    'readInvoice',
    'Reads an invoice of the tenant as it is stored.',
    [{ name: 'invoiceId', type: 'string', required: true }],
    TransactionIsolationLevel.REPEATABLE_READ,
    async ({ invoiceId }, { transaction }): Promise<StoredInvoice | null> => {
      const row = await transaction('invoices')
        .leftJoin('users', 'users.user_id', 'invoices.created_by')
        .where('invoices.id', invoiceId)
        .first<InvoiceRow | undefined>('invoices.*', 'users.name as requester_name');
      if (!row) return null;
      const lines = await transaction('invoice_lines')
        .where('invoice_id', invoiceId)
        .orderBy('position')
        .select<LineRow[]>('description', 'quantity', 'unit_cents');
      return invoiceOf(row, lines);
    },
  );
}

function invoiceOf(row: InvoiceRow, lines: readonly LineRow[]): StoredInvoice {
  const { id, number, status, customer, currency, note, created_by: requesterId } = row;
  const amountCents = Number(row.amount_cents);
  return {
    invoiceId: id,
    invoiceNumber: formatInvoiceNumber(number),
    status,
    customer,
    amountCents,
    amountText: formatCents({ cents: amountCents, currency }),
    currency,
    note,
    lineSummary: summarizeLines({
      currency,
      lines: lines.map(({ description, quantity, unit_cents }) => {
        return { description, quantity, unitCents: Number(unit_cents) };
      }),
    }),
    requesterId,
    requesterName: row.requester_name ?? requesterId,
  };
}

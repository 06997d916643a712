'use server';
import { serverAction } from '@/lib/actions/serverAction';
import { createInvoice } from '@/lib/invoices/createInvoice';
import { invoiceInputSchema } from '@/lib/invoices/invoiceInput';

/** Submits an invoice; whatever is attached to `INVOICE_SUBMITTED` in the tenant starts with it. */
export const createInvoiceAction = serverAction(
  { act: 'invoice.create', input: invoiceInputSchema },
  async ({ session, tenant, input }) => {
    const { invoiceId, invoiceNumber } = await createInvoice({ tenant, userId: session.userId, ...input });
    return { invoiceId, invoiceNumber };
  },
);

'use server';
import { z } from 'zod';
import { serverAction } from '@/lib/actions/serverAction';
import { requestBooking } from '@/lib/invoices/requestBooking';
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

/** Asks for the booking of every approved invoice that nobody has asked for yet. */
export const bookInvoicesAction = serverAction(
  { act: 'invoice.book', input: z.undefined() },
  ({ session: { userId }, tenant }) => requestBooking({ tenant, userId }),
);

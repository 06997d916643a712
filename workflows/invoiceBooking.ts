import {
  attemptWithHelp,
  defineHumanTask,
  type ContextDataOf,
  type TaskEnd,
  type WorkflowContext,
} from '@shared/workflow/authoring';
import type { InvoiceToBook, Product } from './actions/booking';
import { qboMappingErrorForm } from './forms/qbo-mapping-error-form';

const mapping = defineHumanTask({ taskType: 'qbo_mapping_error', form: qboMappingErrorForm });

/** How a booking ended. `left_alone`: the invoice is not approved, or booked already. */
export interface InvoiceBooked {
  readonly outcome: 'booked' | 'left_alone' | 'unknown_invoice';
}

interface MappingAnswer {
  readonly mappingAdded?: 'added' | 'not_needed';
  readonly quickbooksItem?: string;
}

/**
 * Books an approved invoice: each product on its item of QuickBooks. Where nobody has named an item yet, people are
 * asked, once for all invoices that wait for the same product, and each goes on with their answer.
 */
export async function invoiceBookingWorkflow(context: WorkflowContext): Promise<InvoiceBooked> {
  const { actions, logger, setState } = context;
  const { invoiceId } = context.input.triggerEvent.payload as { readonly invoiceId: string };
  const invoice = (await actions.readInvoiceToBook({ invoiceId })) as InvoiceToBook | null;
  if (invoice === null) {
    logger.warn('There is no such invoice.', { invoiceId });
    setState('unknown invoice');
    return { outcome: 'unknown_invoice' };
  }
  if (invoice.status !== 'approved' || invoice.isBooked) return leftAlone(context, invoice);

  setState('looking for items');
  const found = await Promise.all(invoice.products.map((product) => itemFor(context, { invoice, product })));
  const items = Object.fromEntries(found.flatMap(({ productId, item }) => (item === null ? [] : [[productId, item]])));
  const { booked } = (await actions.bookInvoice({ invoiceId, items })) as { booked: boolean };
  if (!booked) return leftAlone(context, { ...invoice, isBooked: true });
  setState('booked');
  return { outcome: 'booked' };
}

function leftAlone({ logger, setState }: WorkflowContext, { status, isBooked }: InvoiceToBook): InvoiceBooked {
  logger.warn(isBooked ? 'The invoice is booked already.' : `The invoice is ${status}, so it is not booked.`);
  setState('left alone');
  return { outcome: 'left_alone' };
}

/** The item of a product; null where people say that it needs none. Fails where they decline to name one. */
async function itemFor(
  context: WorkflowContext,
  { invoice, product }: { readonly invoice: InvoiceToBook; readonly product: Product },
): Promise<{ readonly productId: string; readonly item: string | null }> {
  const { actions } = context;
  const { productId, productName } = product;
  let answered: TaskEnd | null = null;

  const item = await attemptWithHelp(context, {
    attempt: async () => {
      const { mappingAdded, quickbooksItem } = (answered?.output ?? {}) as MappingAnswer;
      if (mappingAdded === 'not_needed') return null;
      if (quickbooksItem !== undefined) {
        await actions.addQuickBooksItem({ productId, quickbooksItem, addedBy: answered?.by ?? 'unknown' });
      }
      return (await actions.findQuickBooksItem({ productId, productName })) as string;
    },
    task: ({ error }) => ({
      taskType: mapping.taskType,
      title: `Which QuickBooks item is "${productName}"?`,
      fingerprint: `no item for ${productId}`,
      // Bookings that asked before asked administrators from the beginning.
      ...(context.patched('administrators-after-three-days')
        ? { assignTo: { roles: ['manager'] }, escalateTo: { after: '3 days', roles: ['administrator'] } }
        : { assignTo: { roles: ['manager', 'administrator'] } }),
      reminders: ['1 day'],
      contextData: {
        productName,
        productId,
        companyName: invoice.customer,
        errorMessage: error.message,
      } satisfies ContextDataOf<typeof mapping>,
    }),
    onEnd: (end) => {
      answered = end;
      return end.status === 'completed' ? 'try again' : 'give up';
    },
    escalate: ({ error }) => ({
      taskType: 'item_processing_escalation',
      title: `${invoice.invoiceNumber} could not be booked`,
      contextData: { errorMessage: error.message },
    }),
  });
  return { productId, item };
}

import { TransactionIsolationLevel, type ActionRegistrar } from '@shared/workflow/authoring';
import { formatInvoiceNumber } from '@/lib/invoices/amounts';

/** A product of an invoice, once however many lines name it. */
export interface Product {
  /** Its name in small letters, without spaces around and with one between words: what mappings are kept by. */
  readonly productId: string;
  readonly productName: string;
}

export interface InvoiceToBook {
  readonly invoiceNumber: string;
  readonly customer: string;
  readonly status: 'submitted' | 'approved' | 'rejected';
  readonly isBooked: boolean;
  /** In the order of the lines. */
  readonly products: readonly Product[];
}

export const productIdOf = (name: string): string => name.trim().replaceAll(/\s+/g, ' ').toLowerCase();

/** What it takes to book invoices: reading them, the mapping of products to items of QuickBooks, and the booking. */
export function registerBooking(actions: ActionRegistrar): void {
  registerReadInvoiceToBook(actions);
  registerMappings(actions);
  registerBookInvoice(actions);
}

function registerReadInvoiceToBook(actions: ActionRegistrar): void {
  actions.registerDatabaseAction(
    'readInvoiceToBook',
    'Reads an invoice with its products; null where the tenant has no such invoice.',
    [{ name: 'invoiceId', type: 'string', required: true }],
    TransactionIsolationLevel.REPEATABLE_READ,
    async ({ invoiceId }, { transaction }): Promise<InvoiceToBook | null> => {
      const row = await transaction('invoices')
        .where('id', invoiceId)
        .first<{ number: number; customer: string; status: InvoiceToBook['status']; booked_at: unknown } | undefined>(
          'number',
          'customer',
          'status',
          'booked_at',
        );
      if (!row) return null;
      const names = (await transaction('invoice_lines')
        .where('invoice_id', invoiceId)
        .orderBy('position')
        .pluck('description')) as string[];
      return {
        invoiceNumber: formatInvoiceNumber(row.number),
        customer: row.customer,
        status: row.status,
        isBooked: row.booked_at !== null,
        products: productsOf(names),
      };
    },
  );
}

function productsOf(names: readonly string[]): readonly Product[] {
  const products = new Map<string, Product>();
  for (const productName of names) {
    const productId = productIdOf(productName);
    if (!products.has(productId)) products.set(productId, { productId, productName });
  }
  return [...products.values()];
}

function registerMappings(actions: ActionRegistrar): void {
  actions.registerDatabaseAction(
    'findQuickBooksItem',
    'The item of QuickBooks that a product is booked on. Fails where nobody has named one.',
    [
      { name: 'productId', type: 'string', required: true },
      { name: 'productName', type: 'string', required: true },
    ],
    TransactionIsolationLevel.READ_COMMITTED,
    async ({ productId, productName }, { transaction }): Promise<string> => {
      const [item] = (await transaction('product_mappings')
        .where('product_id', productId)
        .pluck('quickbooks_item')) as string[];
      if (item !== undefined) return item;
      // Trying again does not help: somebody has to name the item.
      throw Object.assign(new Error(`No QuickBooks item is mapped to "${productName}".`), {
        code: 'product_not_mapped',
        retryable: false,
      });
    },
  );
  actions.registerDatabaseAction(
    'addQuickBooksItem',
    'Keeps the item that a product is booked on. The first one that is named stays.',
    [
      { name: 'productId', type: 'string', required: true },
      { name: 'quickbooksItem', type: 'string', required: true },
      { name: 'addedBy', type: 'string', required: true },
    ],
    TransactionIsolationLevel.READ_COMMITTED,
    async ({ productId, quickbooksItem, addedBy }, { transaction, tenant }): Promise<void> => {
      await transaction('product_mappings')
        .insert({
          tenant_id: tenant,
          product_id: productId,
          quickbooks_item: quickbooksItem,
          added_by: addedBy,
        })
        .onConflict(['tenant_id', 'product_id'])
        .ignore();
    },
  );
}

function registerBookInvoice(actions: ActionRegistrar): void {
  actions.registerDatabaseAction(
    'bookInvoice',
    'Writes to each line the item that it is booked on. `booked` is false where the invoice is booked already.',
    [
      { name: 'invoiceId', type: 'string', required: true },
      { name: 'items', type: 'object', required: true, description: 'By product; a product without one is left out.' },
    ],
    TransactionIsolationLevel.REPEATABLE_READ,
    async ({ invoiceId, items }, { transaction }): Promise<{ booked: boolean; lines: number }> => {
      const booked = await transaction('invoices')
        .where({ id: invoiceId, status: 'approved', booked_at: null })
        .update({ booked_at: new Date().toISOString() });
      if (booked !== 1) return { booked: false, lines: 0 };
      const lines = await transaction('invoice_lines')
        .where('invoice_id', invoiceId)
        .select<{ position: number; description: string }[]>('position', 'description');
      let count = 0;
      for (const { position, description } of lines) {
        const item: unknown = items[productIdOf(description)];
        if (typeof item !== 'string') continue;
        await transaction('invoice_lines').where({ invoice_id: invoiceId, position }).update({ quickbooks_item: item });
        count += 1;
      }
      return { booked: true, lines: count };
    },
  );
}

import { testWorkflow, type Scenario } from '@shared/workflow/testing';
import { describe, expect, it } from 'vitest';
import { registerAll, systemForms, systemTaskDefinitions } from '.';
import { productIdOf, type InvoiceToBook } from './actions/booking';
import { invoiceBookingWorkflow } from './invoiceBooking';

const invoice: InvoiceToBook = {
  invoiceNumber: 'INV-0007',
  customer: 'Brightleaf Stationery',
  status: 'approved',
  isBooked: false,
  products: [
    { productId: 'copy paper', productName: 'Copy paper' },
    { productId: 'delivery', productName: 'Delivery' },
  ],
};
const mia = { by: 'mia', roles: ['manager'] };

/** Books an invoice with a mapping that people add to. */
function book(stored: Partial<InvoiceToBook> | null, scenario: Scenario = {}) {
  const mappings = new Map([['copy paper', '1200 Paper']]);
  return testWorkflow(invoiceBookingWorkflow, {
    trigger: { name: 'INVOICE_BOOKING_REQUESTED', payload: { invoiceId: 'inv-7' } },
    register: (actions) => registerAll({ actions, workflows: { register: () => undefined } }),
    forms: systemForms,
    taskDefinitions: systemTaskDefinitions,
    ...scenario,
    actions: {
      readInvoiceToBook: () => (stored === null ? null : { ...invoice, ...stored }),
      findQuickBooksItem: ({ productId, productName }) => {
        const item = mappings.get(productId as string);
        if (item !== undefined) return item;
        throw Object.assign(new Error(`No QuickBooks item is mapped to "${productName as string}".`), {
          retryable: false,
        });
      },
      addQuickBooksItem: ({ productId, quickbooksItem }) => {
        mappings.set(productId as string, quickbooksItem as string);
        return null;
      },
      bookInvoice: () => ({ booked: true, lines: 2 }),
      ...scenario.actions,
    },
  });
}
const callsOf = (run: Awaited<ReturnType<typeof book>>, name: string) =>
  run.actionCalls.filter((call) => call.name === name).map(({ params }) => params);

describe('the booking of an invoice, with time skipped', () => {
  it('asks nobody where every product has its item', async () => {
    const run = await book({ products: [{ productId: 'copy paper', productName: 'Copy paper' }] });
    expect(run).toMatchObject({ status: 'completed', result: { outcome: 'booked' }, tasks: [], state: 'booked' });
    expect(callsOf(run, 'bookInvoice')).toEqual([{ invoiceId: 'inv-7', items: { 'copy paper': '1200 Paper' } }]);
  });

  it('asks for the item of a product that has none, keeps the answer and tries again', async () => {
    const data = { mappingAdded: 'added', quickbooksItem: '4400 Freight' };
    const run = await book(
      {},
      { tasks: { qbo_mapping_error: { ...mia, outcome: 'resolved', data, after: '2 hours' } } },
    );
    expect(run.tasks).toMatchObject([{ title: 'Which QuickBooks item is "Delivery"?', candidateRoles: ['manager'] }]);
    expect(callsOf(run, 'addQuickBooksItem')).toEqual([
      { productId: 'delivery', quickbooksItem: '4400 Freight', addedBy: 'mia' },
    ]);
    expect(callsOf(run, 'bookInvoice')).toEqual([
      { invoiceId: 'inv-7', items: { 'copy paper': '1200 Paper', delivery: '4400 Freight' } },
    ]);
    expect(run.result).toEqual({ outcome: 'booked' });
  });

  it('asks administrators, too, where no manager answers in three days', async () => {
    const data = { mappingAdded: 'added', quickbooksItem: '4400 Freight' };
    const olga = { by: 'olga', roles: ['administrator'], outcome: 'resolved', data, after: '73 hours' };
    const run = await book({}, { tasks: { qbo_mapping_error: olga } });
    expect(run.tasks).toMatchObject([{ status: 'completed', candidateRoles: ['manager', 'administrator'] }]);
    expect(run.result).toEqual({ outcome: 'booked' });
  });

  it('leaves a product out that needs no item', async () => {
    const data = { mappingAdded: 'not_needed' };
    const run = await book({}, { tasks: { qbo_mapping_error: { ...mia, outcome: 'resolved', data } } });
    expect(callsOf(run, 'bookInvoice')).toEqual([{ invoiceId: 'inv-7', items: { 'copy paper': '1200 Paper' } }]);
  });

  it('fails and tells an administrator where people cannot help after three attempts', async () => {
    const data = { mappingAdded: 'added', quickbooksItem: '4400 Freight' };
    const run = await book(
      {},
      {
        tasks: { qbo_mapping_error: { ...mia, outcome: 'resolved', data } },
        actions: { addQuickBooksItem: () => null },
      },
    );
    expect(run.status).toBe('failed');
    expect(run.tasks.map(({ taskType }) => taskType)).toEqual([
      'qbo_mapping_error',
      'qbo_mapping_error',
      'item_processing_escalation',
    ]);
    expect(callsOf(run, 'bookInvoice')).toEqual([]);
  });

  it('leaves alone what is not approved, booked already, or not there', async () => {
    for (const stored of [{ status: 'rejected' }, { isBooked: true }] as const) {
      expect(await book(stored)).toMatchObject({ state: 'left alone', result: { outcome: 'left_alone' }, tasks: [] });
    }
    expect(await book(null)).toMatchObject({ result: { outcome: 'unknown_invoice' } });
    const late = await book({ products: [] }, { actions: { bookInvoice: () => ({ booked: false, lines: 0 }) } });
    expect(late.result).toEqual({ outcome: 'left_alone' });
  });
});

describe('a product', () => {
  it('is the same however its name is spaced and capitalised', () => {
    expect(productIdOf('  Euro  Pallet ')).toBe('euro pallet');
  });
});

// Invoices as their requesters submit and follow them.
import { randomBytes } from 'node:crypto';
import { expect, type Locator, type Page } from 'playwright/test';
import { visit } from './journey';

/** A customer that no other journey and no earlier run knows. */
export const uniqueCustomer = (name: string) => `${name} ${randomBytes(3).toString('hex')}`;

/** The fields of the form for a new invoice with one line. */
export const invoiceFields = (page: Page) => ({
  customer: page.getByRole('textbox', { name: 'Customer' }),
  item: page.getByRole('textbox', { name: 'Item' }),
  quantity: page.getByRole('textbox', { name: 'Quantity' }),
  priceEach: page.getByRole('textbox', { name: 'Price each' }),
  note: page.getByRole('textbox', { name: 'Note' }),
  submit: page.getByRole('button', { name: 'Submit invoice' }),
});

/** Submits an invoice through its form and waits for its page. */
export async function submitInvoice(
  page: Page,
  {
    customer,
    priceEach,
    item = 'Delivery as agreed',
    quantity = '1',
    note = '',
  }: {
    readonly customer: string;
    readonly priceEach: string;
    readonly item?: string;
    readonly quantity?: string;
    readonly note?: string;
  },
): Promise<void> {
  await visit(page, '/invoices/new');
  const fields = invoiceFields(page);
  await fields.customer.fill(customer);
  await fields.item.fill(item);
  await fields.quantity.fill(quantity);
  await fields.priceEach.fill(priceEach);
  await fields.note.fill(note);
  await fields.submit.click();
  await expect(page.getByRole('heading', { name: /^Invoice INV-\d+$/ })).toBeVisible();
}

/** "Where it is" on the page of an invoice: its steps, in order. */
export const progressOf = (page: Page): Locator =>
  page.getByRole('region', { name: 'Where it is' }).getByRole('listitem');

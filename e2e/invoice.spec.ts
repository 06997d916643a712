// The product's main job: a request, a decision by a person, and the workflow that goes on, whatever dies in between.
import { expect, test, type Page } from 'playwright/test';
import { openAs } from './support/people';
import { killWorkers } from './support/product';

interface Draft {
  readonly customer: string;
  readonly price: string;
  readonly note?: string;
}

/** Fills in the form of a new invoice with one line, submits it, and lands on its page. */
async function submitInvoice(page: Page, { customer, price, note = '' }: Draft): Promise<void> {
  await page.getByLabel('Customer').fill(customer);
  await page.getByLabel('Item').fill('Consulting');
  await page.getByLabel('Quantity').fill('1');
  await page.getByLabel('Price each').fill(price);
  await page.getByLabel('Note').fill(note);
  await page.getByRole('button', { name: 'Submit invoice' }).click();
  await expect(page).toHaveURL(/\/invoices\/(?!new)/);
}

/** Different in each run, so that a journey can be repeated on the same data. */
const customerOf = (name: string) => `${name} ${Date.now().toString(36)}`;

test('an invoice is approved by a manager although the worker was killed while it waited', async ({ browser }) => {
  const customer = customerOf('Nordwind');
  const inbox = await openAs({ browser, person: 'mia', path: '/inbox' });
  const invoice = await openAs({ browser, person: 'alice', path: '/invoices/new' });

  await submitInvoice(invoice, { customer, price: '2400', note: 'Agreed with the customer on Monday.' });
  await expect(invoice.getByText('€2,400.00').first()).toBeVisible();

  // The open inbox tells of the new task by itself, and holds still until it is asked to show it.
  await inbox.getByRole('button', { name: '1 new, show it' }).click();
  await inbox.getByRole('link', { name: new RegExp(customer) }).click();
  await expect(inbox.getByText('Agreed with the customer on Monday.')).toBeVisible();
  await expect(invoice.getByText(/Waiting for/).first()).toBeVisible();

  await killWorkers();

  await inbox.getByLabel('Comment').fill('Fine with me.');
  await inbox.getByRole('button', { name: 'Approve' }).click();

  // The open page of the requester follows by itself.
  await expect(invoice.getByText('Approved', { exact: true }).first()).toBeVisible({ timeout: 30_000 });
  await expect(invoice.getByText('Fine with me.')).toBeVisible();
});

test('an invoice up to 1,000 is approved at once, without a person', async ({ browser }) => {
  const page = await openAs({ browser, person: 'alice', path: '/invoices/new' });
  await submitInvoice(page, { customer: customerOf('Kiosk'), price: '1000' });
  await expect(page.getByText('Approved', { exact: true }).first()).toBeVisible();
});

// The product's main job: a request, a decision by a person, and the workflow that goes on, whatever dies in between.
import { expect } from 'playwright/test';
import { progressOf, submitInvoice, uniqueCustomer } from './support/invoices';
import { signIn, test, visit } from './support/journey';
import { killWorkers } from './support/product';

test('an invoice is approved by a manager although the worker was killed while it waited', async ({ visitor, as }) => {
  const customer = uniqueCustomer('Nordwind');
  const mia = await as('mia');
  await visit(mia, '/inbox');

  const alice = await visitor();
  await visit(alice, '/');
  await signIn(alice, 'alice');
  await alice.getByRole('link', { name: 'Invoices' }).click();
  await alice.getByRole('main').getByRole('link', { name: 'New invoice' }).click();
  await submitInvoice(alice, { customer, priceEach: '2400', note: 'Agreed with the customer on Monday.' });
  await expect(alice.getByRole('main')).toContainText('€2,400.00');
  await expect(progressOf(alice)).toContainText(['You submitted it', 'Waiting for a manager']);

  // The open inbox hears of it; it moves nothing until it is told to.
  await mia.getByRole('button', { name: /new, show/ }).click();
  await mia.getByRole('link', { name: customer }).click();
  const task = mia.getByRole('article', { name: customer });
  await expect(task).toContainText('Agreed with the customer on Monday.');

  await killWorkers();

  await task.getByRole('button', { name: /^Claim/ }).click();
  await expect(task).toContainText('Claimed by you');
  await expect(progressOf(alice)).toContainText(['You submitted it', 'Waiting for Mia']);
  await task.getByRole('textbox', { name: 'Notes' }).fill('Compared with the order.');
  await task.getByRole('textbox', { name: 'Comment' }).fill('Fine with me.');
  await task.getByRole('button', { name: /^Approve/ }).click();

  // The open page of the requester follows by itself, once a new worker has carried on.
  await expect(progressOf(alice)).toContainText(['You submitted it', 'Mia approved it', 'Booked as approved'], {
    timeout: 30_000,
  });
  await expect(alice.getByRole('main')).toContainText('Fine with me.');

  // The administrator reads what happened, entry by entry.
  const omar = await as('omar');
  await visit(omar, '/admin/executions');
  const row = omar.getByRole('region', { name: 'Executions' }).getByRole('row', { name: customer });
  await expect(row).toContainText('Completed');
  await row.getByRole('link', { name: customer }).click();
  await expect(omar.getByRole('heading', { level: 1, name: customer })).toBeVisible();
  await expect(omar.getByRole('region', { name: 'History' }).getByRole('listitem')).toContainText([
    /Started.*INVOICE_SUBMITTED/,
    /Task created.*for manager/,
    /Claimed.*by Mia Rossi/,
    /Task ended.*approve by Mia Rossi/,
    /Action completed.*setInvoiceStatus/,
    /Completed/,
  ]);
  await omar.getByRole('link', { name: 'Task created' }).click();
  await expect(omar.getByRole('region', { name: 'Inspector at entry 4' })).toBeVisible();
  await expect(omar).toHaveURL(/\?at=4$/);
  const timeline = omar.getByRole('region', { name: 'Timeline' });
  await expect(timeline.getByRole('listitem')).toContainText(['InvoiceReview', customer, 'setInvoiceStatus']);
  await expect(timeline.getByRole('img', { name: /^Timeline: .*setInvoiceStatus/ })).toBeVisible();
});

test('an invoice up to 1,000 is approved at once, without a person', async ({ as }) => {
  const alice = await as('alice');
  await submitInvoice(alice, { customer: uniqueCustomer('Kiosk'), priceEach: '500', quantity: '2' });
  await expect(alice.getByRole('main')).toContainText('€1,000.00');
  await expect(progressOf(alice)).toContainText(['You submitted it', 'Approved']);
  await expect(progressOf(alice)).toHaveCount(2);
});

// Who sees what: tenants are apart, and within one everybody opens what is theirs.
import { expect, type Page } from 'playwright/test';
import { progressOf, submitInvoice, uniqueCustomer } from './support/invoices';
import { test, visit } from './support/journey';
import { addressOfTask } from './support/tasks';

const rowsOf = (page: Page, words: string) =>
  page.getByRole('region', { name: 'Executions' }).getByRole('row', { name: words });

test('an event starts nothing until somebody attaches a workflow by a click, and an execution of the tenant after', async ({
  as,
}) => {
  const [before, after] = [uniqueCustomer('Kiosk'), uniqueCustomer('Bakery')];
  const gus = await as('gus');
  const attachment = gus.getByRole('switch', { name: 'INVOICE_SUBMITTED starts InvoiceReview' });
  await visit(gus, '/admin/attachments');
  // On data that has seen this journey before.
  if (await attachment.isChecked()) await attachment.click();
  await expect(attachment).not.toBeChecked();

  await submitInvoice(gus, { customer: before, priceEach: '90' });
  await expect(progressOf(gus)).toContainText(['You submitted it', 'Nobody handles invoices here yet']);
  const unhandled = gus.url();

  await visit(gus, '/admin/attachments');
  await attachment.click();
  await expect(attachment).toBeChecked();
  await submitInvoice(gus, { customer: after, priceEach: '90' });
  await expect(progressOf(gus)).toContainText(['You submitted it', 'Approved']);

  await visit(gus, unhandled);
  await expect(progressOf(gus)).toContainText(['You submitted it', 'Nobody handles invoices here yet']);
  await visit(gus, '/admin/executions');
  await expect(rowsOf(gus, after)).toContainText('Completed');
  await expect(rowsOf(gus, before)).toHaveCount(0);
  const omar = await as('omar');
  await visit(omar, '/admin/executions');
  await expect(omar.getByRole('heading', { name: 'Executions' })).toBeVisible();
  await expect(rowsOf(omar, 'InvoiceReview')).not.toHaveCount(0);
  await expect(rowsOf(omar, after)).toHaveCount(0);
});

test('what belongs to another tenant does not exist by its address, and what belongs to others is refused', async ({
  as,
}) => {
  const customer = uniqueCustomer('Nordwind');
  const alice = await as('alice');
  await submitInvoice(alice, { customer, priceEach: '3000' });
  await expect(progressOf(alice)).toContainText(['You submitted it', 'Waiting for a manager']);
  const invoice = new URL(alice.url()).pathname;
  const task = await addressOfTask(await as('mia'), customer);
  const omar = await as('omar');
  await visit(omar, invoice);
  await omar.getByRole('link', { name: 'Open in the console' }).click();
  await expect(omar.getByRole('heading', { level: 1, name: customer })).toBeVisible();
  const execution = new URL(omar.url()).pathname;

  const gus = await as('gus');
  for (const address of [invoice, task, execution]) {
    await visit(gus, address, 404);
    await expect(gus.getByRole('heading', { level: 1, name: 'There is nothing here' })).toBeVisible();
    await expect(gus.getByText(customer)).toHaveCount(0);
  }

  for (const address of ['/admin', '/admin/executions', execution, '/admin/attachments', '/admin/health', task]) {
    await visit(alice, address, 403);
    await expect(alice.getByRole('heading', { level: 1, name: /not yours to open/ })).toBeVisible();
    await expect(alice.getByText(customer)).toHaveCount(0);
  }
});

// An operator decides about an execution: hold, go on, end, each written into its log with who and why.
import { expect } from 'playwright/test';
import { progressOf, submitInvoice, uniqueCustomer } from './support/invoices';
import { test, visit } from './support/journey';
import { addressOfTask, taskOf } from './support/tasks';

test('an execution is paused, resumed and canceled with a reason, and its task is withdrawn', async ({ as }) => {
  const customer = uniqueCustomer('Orbit');
  const alice = await as('alice');
  await submitInvoice(alice, { customer, priceEach: '1800' });
  await expect(progressOf(alice)).toContainText(['You submitted it', 'Waiting for a manager']);
  const mia = await as('mia');
  const address = await addressOfTask(mia, customer);
  await visit(mia, address);
  const number = (await taskOf(mia, customer).innerText()).match(/INV-\d+/)?.[0] ?? '';

  const omar = await as('omar');
  await visit(omar, '/admin/executions');
  await omar.getByRole('link', { name: number }).first().click();
  const header = omar.getByRole('main').locator('header').first();
  await expect(header.getByRole('button', { name: 'Retry' })).toBeHidden();
  await header.getByRole('button', { name: 'Pause' }).click();
  await expect(header).toContainText('Paused');
  await header.getByRole('button', { name: 'Resume' }).click();
  await expect(header.getByRole('button', { name: 'Pause' })).toBeVisible();

  await header.getByRole('button', { name: 'Cancel…' }).click();
  const dialog = omar.getByRole('dialog', { name: 'Cancel this execution' });
  await dialog.getByRole('button', { name: 'Cancel the execution' }).click();
  await expect(dialog.getByRole('textbox', { name: 'Why' })).toBeFocused();
  await dialog.getByRole('textbox', { name: 'Why' }).fill('Sent twice by mistake.');
  await dialog.getByRole('button', { name: 'Cancel the execution' }).click();
  await expect(header).toContainText('Canceled');
  await expect(header.getByRole('button', { name: /Pause|Cancel|Terminate|Retry/ })).toHaveCount(0);
  await expect(omar.getByRole('main')).toContainText('Sent twice by mistake.');
  await expect(taskOf(mia, customer)).toContainText('The workflow no longer needs an answer');
});

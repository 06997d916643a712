// An operator decides about an execution: hold, go on, end, each written into its log with who and why.
import { expect } from 'playwright/test';
import { expectAccessible } from './support/accessible';
import { progressOf, submitInvoice, uniqueCustomer } from './support/invoices';
import { test, visit } from './support/journey';
import { addressOfTask, reviewForm, taskOf } from './support/tasks';

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

test('an execution is forked from before its decision, and the fork runs on from there while its source waits', async ({
  as,
}) => {
  const customer = uniqueCustomer('Fork');
  const alice = await as('alice');
  await submitInvoice(alice, { customer, priceEach: '1800' });
  await expect(progressOf(alice)).toContainText(['You submitted it', 'Waiting for a manager']);
  const mia = await as('mia');
  await visit(mia, await addressOfTask(mia, customer));
  const number = (await taskOf(mia, customer).innerText()).match(/INV-\d+/)?.[0] ?? '';

  const omar = await as('omar');
  await visit(omar, '/admin/executions');
  await omar.getByRole('link', { name: number }).first().click();
  const main = omar.getByRole('main');
  await expect(main.getByRole('button', { name: 'Fork from here…' })).toBeEnabled();
  const source = new URL(omar.url()).pathname;
  await main.getByRole('button', { name: 'Fork from here…' }).click();
  const dialog = omar.getByRole('dialog', { name: /Fork from entry \d+/ });
  await expect(dialog).toContainText('1 task that was open there will be open for it too');
  await dialog.getByRole('textbox', { name: 'Why' }).fill('What if it were refused?');
  await dialog.getByRole('button', { name: 'Fork', exact: true }).click();

  await expect(omar).not.toHaveURL(new RegExp(source));
  const related = main.getByRole('region', { name: 'Related' });
  await expect(related).toContainText('Forked from');
  const fork = new URL(omar.url()).pathname;
  const waiting = main.getByRole('region', { name: 'Waiting for' });
  const task = await waiting.getByRole('link', { name: customer }).getAttribute('href');
  await visit(mia, task ?? '');
  await reviewForm(taskOf(mia, customer)).approve.click();
  await expect(taskOf(mia, customer)).toContainText('You decided: approve');

  await visit(omar, fork);
  await expect(main.locator('header').first()).toContainText('Completed');
  await expect(main.getByRole('button', { name: 'Fork from here…' })).toBeDisabled();
  await expectAccessible(omar, 'a fork');
  await related.getByRole('link', { name: number }).click();
  await expect(omar).toHaveURL(new RegExp(source));
  await expect(related).toContainText('Forks');
  await expect(main.locator('header').first()).toContainText('Waiting for a person');
  await expectAccessible(omar, 'an execution with a fork');
});

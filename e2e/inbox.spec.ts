// Finding tasks in the inbox and taking a step back: the address keeps what was asked for, and Z what was claimed.
import { expect } from 'playwright/test';
import { expectAccessible } from './support/accessible';
import { progressOf, submitInvoice, uniqueCustomer } from './support/invoices';
import { test, visit } from './support/journey';
import { reviewForm, taskOf } from './support/tasks';

test('search and filters stand in the address, survive a reload, and lead on after each decision', async ({ as }) => {
  const customer = uniqueCustomer('Sought');
  const alice = await as('alice');
  for (const name of ['Amber One', 'Amber Two', 'Cobalt']) {
    await submitInvoice(alice, { customer: `${customer} ${name}`, priceEach: '1800' });
    await expect(progressOf(alice)).toContainText(['You submitted it', 'Waiting for a manager']);
  }
  const mia = await as('mia');
  await visit(mia, '/inbox');
  const rows = mia.getByRole('region', { name: 'Tasks' }).getByRole('link');
  await mia.keyboard.press('/');
  await mia.keyboard.type(`${customer} amb`);
  await expect(rows).toHaveCount(2);
  await expect(mia).toHaveURL(/q=Sought/);
  await mia.getByRole('combobox', { name: 'Due' }).selectOption('Without a date');
  await expect(mia.getByText('No task here has')).toBeVisible();
  await mia.getByRole('button', { name: 'Clear filters' }).click();
  await expect(rows).toHaveCount(2);
  await mia.reload();
  await expect(mia.getByRole('searchbox', { name: 'Search these tasks' })).toHaveValue(`${customer} amb`);
  await expect(rows).toHaveCount(2);
  await expectAccessible(mia, 'the inbox, narrowed');

  // Decided: the next one is there by itself.
  const [first, second] = (await rows.allInnerTexts()).map((text) =>
    text.includes('Two') ? 'Amber Two' : 'Amber One',
  );
  await rows.first().click();
  await reviewForm(taskOf(mia, `${customer} ${first}`)).approve.click();
  const next = taskOf(mia, `${customer} ${second}`);
  await expect(next).toBeVisible();
  await expect(rows).toHaveCount(1);
});

test('what was claimed or given back by accident is taken back with Z', async ({ as }) => {
  const customer = uniqueCustomer('Slip');
  const alice = await as('alice');
  await submitInvoice(alice, { customer, priceEach: '1800' });
  await expect(progressOf(alice)).toContainText(['You submitted it', 'Waiting for a manager']);
  const mia = await as('mia');
  await visit(mia, `/inbox?q=${encodeURIComponent(customer)}`);
  const task = taskOf(mia, customer);
  const { claim } = reviewForm(task);
  const release = task.getByRole('button', { name: /^Release/ });
  await expect(claim).toBeVisible();

  await mia.keyboard.press('c');
  await expect(release).toBeVisible();
  await expect(mia.getByRole('button', { name: /^Undo/ })).toBeVisible();
  await mia.keyboard.press('z');
  await expect(claim).toBeVisible();

  await mia.keyboard.press('c');
  await expect(release).toBeVisible();
  await mia.keyboard.press('u');
  await expect(claim).toBeVisible();
  await mia.keyboard.press('z');
  await expect(release).toBeVisible();
});

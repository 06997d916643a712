// Finding tasks in the inbox and taking a step back: the address keeps what was asked for, and Z what was claimed.
import { expect } from 'playwright/test';
import { expectAccessible } from './support/accessible';
import { progressOf, submitInvoice, uniqueCustomer } from './support/invoices';
import { test, visit } from './support/journey';
import { addManyTasks } from './support/manyTasks';
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

test('a list of hundreds draws what is in view, and goes on to its end', async ({ as, colleague, database }) => {
  const tenant = uniqueCustomer('many').replace(' ', '-');
  const nora = await as(await colleague({ name: 'Nora Berg', tenant, roles: ['manager'] }));
  await addManyTasks(database, { tenant, count: 330 });
  await visit(nora, '/inbox');
  const list = nora.getByRole('region', { name: 'Tasks' });
  const rows = list.getByRole('link');
  await expect(rows.filter({ hasText: /^Paper 1\D/ })).toBeVisible();
  await expect(nora.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: /For me/ })).toContainText(
    '330',
  );
  // By the keyboard, then as far as it goes.
  await nora.keyboard.press('j');
  await nora.keyboard.press('j');
  await expect(taskOf(nora, 'Paper 3')).toBeVisible();
  await list.hover();
  await expect(async () => {
    await nora.mouse.wheel(0, 4_000);
    await expect(rows.filter({ hasText: /^Paper 330/ })).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 60_000 });
  expect(await rows.count()).toBeLessThan(120);
  await expect(list.getByRole('button', { name: 'Show more tasks' })).toBeHidden();
  await rows.filter({ hasText: /^Paper 330/ }).click();
  await expect(taskOf(nora, 'Paper 330')).toBeVisible();
});

test('what comes meanwhile waits until it is asked for, and nothing moves under the pointer', async ({ as }) => {
  const customer = uniqueCustomer('Meanwhile');
  const alice = await as('alice');
  await submitInvoice(alice, { customer: `${customer} One`, priceEach: '1800' });
  await expect(progressOf(alice)).toContainText(['You submitted it', 'Waiting for a manager']);
  const mia = await as('mia');
  await visit(mia, `/inbox?q=${encodeURIComponent(customer)}`);
  const rows = mia.getByRole('region', { name: 'Tasks' }).getByRole('link');
  await expect(rows).toHaveCount(1);
  await rows.first().hover();
  const before = await rows.first().boundingBox();

  await submitInvoice(alice, { customer: `${customer} Two`, priceEach: '1800' });
  await expect(progressOf(alice)).toContainText(['You submitted it', 'Waiting for a manager']);
  const pill = mia.getByRole('button', { name: '1 new, show it' });
  await expect(pill).toBeVisible();
  await expect(rows).toHaveCount(1);
  expect((await rows.first().boundingBox())?.y).toBe(before?.y);
  await pill.click();
  await expect(rows).toHaveCount(2);
  await expect(pill).toBeHidden();
});

test('a view that was saved is there in another browser, until it is removed, and comes back with Undo', async ({
  as,
  colleague,
}) => {
  const mara = await colleague({ name: 'Mara Lindt', tenant: 'acme', roles: ['manager'] });
  const first = await as(mara);
  await visit(first, '/inbox?view=groups');
  await first.getByRole('combobox', { name: 'Priority' }).selectOption('High');
  await first.getByRole('combobox', { name: 'Workflow' }).selectOption('Invoice review');
  await expect(first).toHaveURL(/workflow=InvoiceReview/);
  await first.getByRole('button', { name: 'Save view…' }).click();
  const dialog = first.getByRole('dialog', { name: 'Save this view' });
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByText('Give it a name.')).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Urgent reviews');
  await first.keyboard.press('Enter');
  await expect(dialog).toBeHidden();

  const second = await as(mara);
  await visit(second, '/inbox');
  const saved = second.getByRole('list', { name: 'Saved' });
  await saved.getByRole('link', { name: 'Urgent reviews' }).click();
  await expect(second).toHaveURL(/view=groups.*priority=high.*workflow=InvoiceReview/);
  await expect(second.getByRole('combobox', { name: 'Priority' })).toHaveValue('high');
  await expectAccessible(second, 'the inbox with a saved view');
  await saved.getByRole('button', { name: 'Remove the view Urgent reviews' }).click();
  await expect(saved).toBeHidden();
  await second.getByRole('button', { name: /^Undo/ }).click();
  await expect(saved.getByRole('link', { name: 'Urgent reviews' })).toBeVisible();
});

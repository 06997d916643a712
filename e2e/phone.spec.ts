// Approving from a train: one hand, and a narrow screen.
import { expect, type Page } from 'playwright/test';
import { expectAccessible } from './support/accessible';
import { foundTenantWithForm } from './support/deliveryForm';
import { progressOf, submitInvoice, uniqueCustomer } from './support/invoices';
import { test, visit } from './support/journey';
import { expectAtThumb, expectTouchable, expectUncovered, phone } from './support/phone';
import { addressOfTask, reviewForm, taskOf } from './support/tasks';

async function submitForReview(alice: Page, customer: string): Promise<void> {
  await submitInvoice(alice, { customer, priceEach: '1800' });
  await expect(progressOf(alice)).toContainText(['You submitted it', 'Waiting for a manager']);
}

test('an invoice is found, read and approved with a thumb', async ({ as }) => {
  const customer = uniqueCustomer('Railway');
  await submitForReview(await as('alice'), customer);
  const mia = await as('mia', phone);
  await visit(mia, '/inbox');
  const list = mia.getByRole('region', { name: 'Tasks' });
  await expect(list.getByRole('link', { name: customer })).toBeVisible();
  await expectTouchable(mia, 'the inbox');

  await list.getByRole('combobox', { name: 'Priority' }).selectOption('Normal');
  await expect(mia).toHaveURL(/priority=normal/);
  await expectTouchable(mia, 'the inbox, narrowed');
  await list.getByRole('button', { name: 'Clear filters' }).tap();
  await expect(mia).not.toHaveURL(/priority=normal/);

  // No keys here: the palette has a button, and one to close it.
  await mia.getByRole('button', { name: 'Search or act' }).tap();
  const palette = mia.getByRole('dialog', { name: 'Search or act' });
  await expectTouchable(mia, 'the palette');
  await palette.getByRole('button', { name: 'Close' }).tap();
  await expect(palette).toBeHidden();
  await mia.getByRole('button', { name: 'Search or act' }).tap();
  await palette.getByRole('combobox').fill(customer);
  await palette.getByRole('option', { name: customer }).tap();

  const task = taskOf(mia, customer);
  const { comment, approve, claim } = reviewForm(task);
  await expect(approve).toBeVisible();
  await expectAtThumb(mia, approve);
  await expectTouchable(mia, 'a task');
  await claim.tap();
  await expect(task).toContainText('Claimed by you');
  await expectTouchable(mia, 'a task with Undo');
  await expectUncovered(comment, task.getByRole('group', { name: 'Answer' }));
  await comment.fill('Fine from here.');
  await approve.tap();
  await expect(mia.getByText(/: approve$/)).toBeVisible();
});

test('a confirmation and an error are at the thumb, and no field is under the buttons', async ({
  as,
  colleague,
  database,
}) => {
  const tenant = await foundTenantWithForm(database);
  const customer = uniqueCustomer('Depot');
  await submitForReview(await as(await colleague({ name: 'Ada Stein', tenant, roles: ['requester'] })), customer);
  const nora = await as(await colleague({ name: 'Nora Berg', tenant, roles: ['manager'] }), phone);
  await visit(nora, '/inbox');
  await nora.getByRole('link', { name: customer }).tap();
  const task = taskOf(nora, customer);
  const answer = task.getByRole('group', { name: 'Answer' });
  const approve = answer.getByRole('button', { name: /^Approve/ });
  await expectAtThumb(nora, approve);
  await expectTouchable(nora, 'a long form');
  for (const field of await task.getByRole('textbox').all()) await expectUncovered(field, answer);

  await approve.tap();
  await expect(task.getByRole('group', { name: /need(s)? a change/ })).toBeVisible();
  await expectTouchable(nora, 'a form with errors');
  await task.getByRole('radio', { name: 'Yes' }).check();
  await task.getByLabel('Checked on').fill('2026-11-23');
  await task.getByRole('textbox', { name: 'Name of the carrier' }).fill('Rail Freight');
  await task.getByRole('textbox', { name: 'Label' }).fill('P-1');
  await approve.tap();
  const confirm = task.getByRole('group', { name: 'Confirm' });
  await expect(confirm).toContainText('Approve the invoice of');
  await expectAtThumb(nora, confirm.getByRole('button', { name: 'Approve' }));
  await expectTouchable(nora, 'a confirmation');
  await confirm.getByRole('button', { name: 'Back' }).tap();
  await expect(approve).toBeVisible();
});

test('a task is assigned and talked about on a phone', async ({ as }) => {
  const customer = uniqueCustomer('Carriage');
  await submitForReview(await as('alice'), customer);
  const mia = await as('mia');
  const address = await addressOfTask(mia, customer);
  const omar = await as('omar', phone);
  await visit(omar, address);
  const task = taskOf(omar, customer);
  await task.getByText('More', { exact: true }).tap();
  await expectTouchable(omar, 'the other acts');
  await task.getByRole('button', { name: 'Assign…' }).tap();
  const dialog = omar.getByRole('dialog', { name: 'Assign' });
  await expectTouchable(omar, 'the dialog that assigns');
  await dialog.getByRole('combobox').selectOption({ label: 'Mia Rossi' });
  await dialog.getByRole('button', { name: 'Assign' }).tap();
  await expect(task).toContainText('Claimed by Mia Rossi');
  await task.getByText(/^Activity/).tap();
  await task.getByRole('textbox', { name: 'Add a comment' }).fill('On my way.');
  await expectTouchable(omar, 'activity and comments');
  await task.getByRole('button', { name: 'Add', exact: true }).tap();
  await expect(task.getByText('On my way.')).toBeVisible();
});

test('the palette is accessible on a phone, too', async ({ as }) => {
  const mia = await as('mia', phone);
  await visit(mia, '/inbox');
  await mia.getByRole('button', { name: 'Search or act' }).tap();
  await expect(mia.getByRole('dialog', { name: 'Search or act' })).toBeVisible();
  await expectAccessible(mia, 'the palette of a phone');
});

test('an invoice is found and rejected with a comment on a phone', async ({ as, colleague }) => {
  const alice = await as('alice');
  const customer = uniqueCustomer('Train');
  await submitInvoice(alice, { customer, priceEach: '1900' });

  const ben = await as(await colleague({ name: 'Ben Okafor', tenant: 'acme', roles: ['manager'] }), phone);
  await visit(ben, '/inbox');
  const row = ben.getByRole('link', { name: customer });
  await expect(row, 'the list comes first').toBeVisible();
  await expect(taskOf(ben, customer)).toBeHidden();
  await row.tap();
  const task = taskOf(ben, customer);
  const { comment, reject } = reviewForm(task);
  await expect(row, 'the task has the whole screen').toBeHidden();
  await expect(reject, 'the answers are at hand without scrolling').toBeInViewport();
  await reject.tap();
  await expect(comment, 'what is missing comes into view').toBeInViewport();
  await comment.fill('The lines are not those of the order.');
  const width = await ben.evaluate(() => document.documentElement.scrollWidth);
  expect(width, 'nothing is wider than the screen').toBeLessThanOrEqual(390);
  await reject.tap();
  await expect(taskOf(ben, customer)).toBeHidden();

  await visit(ben, '/inbox?view=done');
  await expect(ben.getByRole('link', { name: customer })).toBeInViewport();
});

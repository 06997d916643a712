// Every page, looked at by axe in both themes and both widths; on the way, every page is watched for errors.
import { expect } from 'playwright/test';
import { expectAccessible } from './support/accessible';
import { invoiceFields, progressOf, submitInvoice, uniqueCustomer } from './support/invoices';
import { test, visit } from './support/journey';
import { addressOfTask, reviewForm, taskOf } from './support/tasks';

// What axe finds says it all, and recording each of its steps takes as long as the steps.
test.use({ trace: 'off' });

test('the sign-in page is accessible, by account and by address', async ({ visitor }) => {
  const page = await visitor();
  await visit(page, '/sign-in');
  await expectAccessible(page, 'sign-in');
  await page.getByRole('button', { name: 'Sign in with e-mail instead' }).click();
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'Enter your e-mail address.' })).toBeVisible();
  await expectAccessible(page, 'sign-in by address, with an error');
});

test('the invoice pages are accessible', async ({ as }) => {
  const alice = await as('alice');
  await visit(alice, '/invoices/new');
  await expectAccessible(alice, 'new invoice');
  await invoiceFields(alice).submit.click();
  await expect(alice.getByRole('alert').filter({ hasText: 'need a change' })).toBeVisible();
  await expectAccessible(alice, 'new invoice with errors');
  await submitInvoice(alice, { customer: uniqueCustomer('Kiosk'), priceEach: '40', note: 'Paid in cash.' });
  await expect(progressOf(alice)).toContainText(['You submitted it', 'Approved']);
  await expectAccessible(alice, 'invoice');
  await visit(alice, '/invoices');
  await expect(alice.getByRole('table')).toBeVisible();
  await expectAccessible(alice, 'invoices');
});

test('inbox, task and execution are accessible at every step of a decision', async ({ as }) => {
  const customer = uniqueCustomer('Nordwind');
  const alice = await as('alice');
  await submitInvoice(alice, { customer, priceEach: '5000' });
  await expect(progressOf(alice)).toContainText(['You submitted it', 'Waiting for a manager']);

  const mia = await as('mia');
  const address = await addressOfTask(mia, customer);
  await expectAccessible(mia, 'inbox with a task');
  await mia.setViewportSize({ width: 390, height: 844 });
  await visit(mia, '/inbox');
  await expect(mia.getByRole('link', { name: customer })).toBeVisible();
  await expectAccessible(mia, 'inbox');

  await visit(mia, address);
  const task = taskOf(mia, customer);
  await expectAccessible(mia, 'open task');
  await reviewForm(task).reject.click();
  await expect(task.getByRole('group', { name: /need(s)? a change/ })).toBeVisible();
  await expectAccessible(mia, 'task with an error');
  await reviewForm(task).approve.click();
  await expect(task).toContainText('You decided: approve');
  await expectAccessible(mia, 'completed task');

  const omar = await as('omar');
  await visit(omar, '/admin/executions');
  await expectAccessible(omar, 'executions');
  await omar.getByRole('region', { name: 'Executions' }).getByRole('link', { name: customer }).click();
  await expect(omar.getByRole('heading', { level: 1, name: customer })).toBeVisible();
  await expectAccessible(omar, 'execution');
});

test('members, roles and settings are accessible', async ({ as, colleague }) => {
  const tenant = uniqueCustomer('people').replace(' ', '-');
  const nora = await as(await colleague({ name: 'Nora Berg', tenant, roles: ['administrator'] }));
  await visit(nora, '/admin/members');
  await expectAccessible(nora, 'members');
  await nora.getByRole('button', { name: 'Change Nora Berg' }).click();
  await expect(nora.getByRole('dialog', { name: 'Change Nora Berg' })).toBeVisible();
  await expectAccessible(nora, 'member dialog');
  await visit(nora, '/admin/roles');
  await expect(nora.getByRole('table')).toBeVisible();
  await expectAccessible(nora, 'roles');
  await visit(nora, '/settings');
  await expect(nora.getByRole('switch').first()).toBeVisible();
  await expectAccessible(nora, 'settings');
});

test('task definitions and the dialog that saves a view are accessible', async ({ as }) => {
  const omar = await as('omar');
  await visit(omar, '/admin/task-definitions');
  await expect(omar.getByRole('table').first()).toBeVisible();
  await expectAccessible(omar, 'task definitions');
  await visit(omar, '/admin/task-definitions/new');
  await expectAccessible(omar, 'new task definition');
  await omar.getByRole('button', { name: 'Create' }).click();
  await expect(omar.getByRole('textbox', { name: 'Task type' })).toHaveAttribute('aria-invalid', 'true');
  await expectAccessible(omar, 'new task definition with errors');

  const mia = await as('mia');
  await visit(mia, '/inbox?priority=high');
  await mia.getByRole('button', { name: 'Save view…' }).click();
  const dialog = mia.getByRole('dialog', { name: 'Save this view' });
  await expect(dialog).toBeVisible();
  await expectAccessible(mia, 'dialog that saves a view');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByText('Give it a name.')).toBeVisible();
  await expectAccessible(mia, 'dialog that saves a view, with an error');
});

test('attachments and health are accessible', async ({ as }) => {
  const omar = await as('omar');
  await visit(omar, '/admin/attachments');
  await expect(omar.getByRole('table')).toBeVisible();
  await expectAccessible(omar, 'attachments');
  await visit(omar, '/admin/health');
  await expect(omar.getByText('Open tasks')).toBeVisible();
  await expectAccessible(omar, 'health of a tenant');
  const pat = await as('pat');
  await visit(pat, '/admin/health');
  await expect(pat.getByRole('table').first()).toBeVisible();
  await expectAccessible(pat, 'health of the platform');
});

test('pages with nothing to show, and refusals, are accessible', async ({ as, colleague }) => {
  const alice = await as('alice');
  await visit(alice, '/admin/executions', 403);
  await expectAccessible(alice, '403');
  await visit(alice, '/invoices/of-nobody', 404);
  await expectAccessible(alice, '404');

  const roles = ['manager', 'administrator'];
  const first = await as(
    await colleague({ name: 'Nora Berg', tenant: uniqueCustomer('empty').replace(' ', '-'), roles }),
  );
  await visit(first, '/inbox');
  await expect(first.getByText('Nothing is waiting for you')).toBeVisible();
  await expectAccessible(first, 'empty inbox');
  await visit(first, '/invoices');
  await expect(first.getByText('No invoices yet')).toBeVisible();
  await expectAccessible(first, 'no invoices');
  await visit(first, '/admin/executions');
  await expect(first.getByText('No executions yet')).toBeVisible();
  await expectAccessible(first, 'no executions');
});

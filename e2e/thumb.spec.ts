// Every page under a thumb: what can be pressed is large enough, and nothing goes sideways.
import { expect } from 'playwright/test';
import { invoiceFields, progressOf, submitInvoice, uniqueCustomer } from './support/invoices';
import { test, visit } from './support/journey';
import { expectTouchable, phone } from './support/phone';

test('invoices, settings, the sign-in and pages to read fit a thumb', async ({ as, visitor }) => {
  const stranger = await visitor(phone);
  await visit(stranger, '/sign-in');
  await expectTouchable(stranger, 'the sign-in by account');
  await stranger.getByRole('button', { name: 'Sign in with e-mail instead' }).tap();
  await stranger.getByRole('button', { name: 'Sign in', exact: true }).tap();
  await expect(stranger.getByRole('alert').filter({ hasText: 'Enter your e-mail address.' })).toBeVisible();
  await expectTouchable(stranger, 'the sign-in by address, with an error');
  for (const address of ['/docs/api', '/docs/errors/nondeterminism']) {
    await visit(stranger, address);
    await expectTouchable(stranger, address);
  }

  const alice = await as('alice', phone);
  await visit(alice, '/invoices/new');
  await expectTouchable(alice, 'a new invoice');
  await alice.getByRole('button', { name: 'Add a line' }).tap();
  await expect(alice.getByRole('textbox', { name: 'Item' }).last()).toBeFocused();
  await invoiceFields(alice).submit.tap();
  await expect(alice.getByRole('alert').filter({ hasText: 'need a change' })).toBeFocused();
  await expectTouchable(alice, 'a new invoice with errors');
  await submitInvoice(alice, { customer: uniqueCustomer('Platform'), priceEach: '40' });
  await expect(progressOf(alice)).toContainText(['You submitted it', 'Approved']);
  await expectTouchable(alice, 'an invoice');
  await visit(alice, '/invoices');
  await expect(alice.getByRole('table')).toBeVisible();
  await expectTouchable(alice, 'invoices');
  await alice.getByRole('button', { name: /^Account menu/ }).tap();
  await alice.getByRole('link', { name: 'Settings' }).tap();
  await expect(alice.getByRole('switch').first()).toBeVisible();
  await expectTouchable(alice, 'settings');
});

test('an execution is watched and decided about with a thumb', async ({ as }) => {
  const customer = uniqueCustomer('Signal');
  const alice = await as('alice');
  await submitInvoice(alice, { customer, priceEach: '1800' });
  await expect(progressOf(alice)).toContainText(['You submitted it', 'Waiting for a manager']);
  const omar = await as('omar', phone);
  await visit(omar, '/admin/executions');
  await expectTouchable(omar, 'executions');
  await omar.getByText('Filter', { exact: true }).tap();
  await expectTouchable(omar, 'the filters of executions');
  await omar.getByRole('link', { name: /^InvoiceReview/ }).tap();
  await expect(omar).toHaveURL(/workflow=InvoiceReview/);
  await expectTouchable(omar, 'executions with a filter');
  await omar.getByRole('region', { name: 'Executions' }).getByRole('link', { name: customer }).first().tap();
  const main = omar.getByRole('main');
  await expect(main.getByRole('region', { name: 'Waiting for' })).toBeVisible();
  await expectTouchable(omar, 'an execution');
  for (const name of ['Entry', /^Waits/]) {
    await main.getByRole('tab', { name }).tap();
    await expectTouchable(omar, `an execution, ${name}`);
  }
  await main.getByRole('button', { name: 'Full' }).tap();
  await expectTouchable(omar, 'the whole history');
  await main.getByRole('button', { name: 'Cancel…' }).tap();
  await expectTouchable(omar, 'the dialog that cancels');
  await omar.getByRole('dialog').getByRole('button', { name: 'Never mind' }).tap();
  await expect(omar.getByRole('dialog')).toBeHidden();
});

test('every other page of the console fits a thumb', async ({ as }) => {
  const omar = await as('omar', phone);
  for (const address of [
    '/admin/dead-letters',
    '/admin/attachments',
    '/admin/health',
    '/admin/task-definitions',
    '/admin/task-definitions/new',
    '/admin/task-definitions/system/invoice_review',
  ]) {
    await visit(omar, address);
    await expect(omar.getByRole('heading', { level: 1 })).toBeVisible();
    await expectTouchable(omar, address);
  }
  const pat = await as('pat', phone);
  await visit(pat, '/admin/health');
  await expect(pat.getByRole('table').first()).toBeVisible();
  await expectTouchable(pat, 'the health of the platform');
});

test('members, roles and the authoring of a form fit a thumb', async ({ as, colleague }) => {
  const tenant = uniqueCustomer('crew').replace(' ', '-');
  const nora = await as(await colleague({ name: 'Nora Berg', tenant, roles: ['administrator'] }), phone);
  await visit(nora, '/admin/roles');
  await expect(nora.getByRole('table')).toBeVisible();
  await expectTouchable(nora, 'roles');
  await visit(nora, '/admin/members');
  await expectTouchable(nora, 'members');
  await nora.getByRole('button', { name: 'Change Nora Berg' }).tap();
  await expect(nora.getByRole('dialog', { name: 'Change Nora Berg' })).toBeVisible();
  await expectTouchable(nora, 'the dialog that changes a member');
  await nora.getByRole('dialog').getByRole('button', { name: 'Never mind' }).tap();
  await visit(nora, '/admin/task-definitions/system/invoice_review');
  await nora.getByRole('link', { name: 'Make your own' }).tap();
  await nora.getByRole('button', { name: 'Create' }).tap();
  await expect(nora.getByRole('link', { name: 'Make your own' })).toBeHidden();
  await expectTouchable(nora, 'a task definition of one’s own');
  await visit(nora, '/admin/forms/own/invoice-review-form');
  await expect(nora.getByRole('textbox', { name: 'Schema', exact: true })).toContainText('isUrgent');
  await expectTouchable(nora, 'the authoring of a form');
});

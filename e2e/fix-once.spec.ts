// Fix once, retry many: invoices that fail over the same product wait for one answer, and each goes on by itself.
import { expect, type Page } from 'playwright/test';
import { foundBookingTenant } from './support/bookingTenant';
import { expectAccessible } from './support/accessible';
import { progressOf, submitInvoice, uniqueCustomer } from './support/invoices';
import { test, visit } from './support/journey';
import { tabTo } from './support/keyboard';
import { taskOf } from './support/tasks';

/** Opens the inbox once a row says so: what comes later would wait behind a button. */
async function openInboxWith(page: Page, words: string): Promise<void> {
  await expect(async () => {
    await visit(page, '/inbox');
    await expect(page.getByRole('region', { name: 'Tasks' }).getByRole('link')).toContainText([words], {
      timeout: 2_000,
    });
  }).toPass();
}

test('three invoices that fail over one product are one task, and one answer by keyboard books them all', async ({
  as,
  colleague,
  database,
}) => {
  const tenant = await foundBookingTenant(database);
  const [rita, max, olga] = await Promise.all([
    colleague({ name: 'Rita Falk', tenant, roles: ['requester'] }),
    colleague({ name: 'Max Roth', tenant, roles: ['manager'] }),
    colleague({ name: 'Olga Stein', tenant, roles: ['administrator'] }),
  ]);
  const requester = await as(rita);
  const product = uniqueCustomer('Toner');
  for (const customer of ['Lumen', 'Nimbus', 'Tavolo']) {
    await submitInvoice(requester, { customer, item: product, priceEach: '90' });
    await expect(progressOf(requester)).toContainText(['You submitted it', 'Approved']);
  }

  const approver = await as(max);
  await visit(approver, '/invoices');
  const book = approver.getByRole('button', { name: 'Book 3 approved' });
  await tabTo(approver, book);
  await approver.keyboard.press('Enter');
  await expect(book).toBeHidden();
  await expect(approver.getByRole('table').getByText('being booked', { exact: true })).toHaveCount(3);

  const question = `Which QuickBooks item is "${product}"?`;
  await openInboxWith(approver, '3 wait for this');
  const row = approver.getByRole('region', { name: 'Tasks' }).getByRole('link');
  await expect(row).toHaveCount(1);
  await expect(row).toContainText(question);
  await expectAccessible(approver, 'an inbox with a task that many wait for');
  await expect(row).toHaveAttribute('aria-current', 'true');
  await approver.keyboard.press('Enter');
  await expect(approver.getByRole('heading', { level: 1, name: question })).toBeVisible();

  const task = taskOf(approver, question);
  await expect(task).toContainText('3 wait for this. Your answer is given to all of them: to this one and to INV-000');
  await expect(task).toContainText(`No QuickBooks item is mapped to "${product}".`);
  await expectAccessible(approver, 'a task that many wait for');
  // Without an item there is nothing to book on.
  await tabTo(approver, task.getByRole('radio', { name: 'Yes, I name the item' }));
  await approver.keyboard.press('Space');
  await approver.keyboard.press('Control+Enter');
  const item = task.getByRole('textbox', { name: 'QuickBooks item' });
  await expect(item).toBeFocused();
  await expect(task.getByText('Name the item that this product is booked on.').first()).toBeVisible();
  await approver.keyboard.type('4930 Office supplies');
  await approver.keyboard.press('Control+Enter');

  await expect(task.getByText('You decided: resolved', { exact: true })).toBeVisible();
  await task.getByText(/^Activity/).click();
  await expect(task.getByRole('listitem').filter({ hasText: 'You decided' })).toContainText(
    'You decided: Resolved, with one answer for all 3 that waited for it',
  );

  await visit(approver, '/invoices');
  await expect(approver.getByRole('table').getByText('booked', { exact: true })).toHaveCount(3);
  await approver.getByRole('link', { name: 'Lumen' }).click();
  await expect(approver.getByRole('table')).toContainText('Booked on 4930 Office supplies');

  // Each execution has the end of its own task in its own log.
  const administrator = await as(olga);
  for (const customer of ['Lumen', 'Nimbus', 'Tavolo']) {
    await visit(administrator, '/admin/executions?workflow=InvoiceBooking');
    const execution = administrator.getByRole('region', { name: 'Executions' }).getByRole('row', { name: customer });
    await expect(execution).toContainText('Completed');
    await execution.getByRole('link', { name: customer }).click();
    await expect(administrator.getByRole('region', { name: 'History' }).getByRole('listitem')).toContainText([
      /Started.*INVOICE_BOOKING_REQUESTED/,
      /Action failed.*findQuickBooksItem/,
      /Task created/,
      /Task ended.*resolved by Max Roth/,
      /Action completed.*bookInvoice/,
      /Completed/,
    ]);
  }
});

test('a task that many wait for and a colleague holds is shown once, with whose answer they get', async ({
  as,
  colleague,
  database,
}) => {
  const tenant = await foundBookingTenant(database);
  const max = await as(await colleague({ name: 'Max Roth', tenant, roles: ['manager', 'requester'] }));
  const mara = await as(await colleague({ name: 'Mara Lindt', tenant, roles: ['manager'] }));
  const product = uniqueCustomer('Ink');
  for (const customer of ['Lumen', 'Nimbus']) {
    await submitInvoice(max, { customer, item: product, priceEach: '90' });
    await expect(progressOf(max)).toContainText(['You submitted it', 'Approved']);
  }
  await visit(max, '/invoices');
  await max.getByRole('button', { name: 'Book 2 approved' }).click();
  await openInboxWith(max, '2 wait for this');
  await max.keyboard.press('c');
  await expect(taskOf(max, product)).toContainText('Claimed by you');

  // Nobody else is asked what Max is about to answer; those who look for it find it, once.
  await visit(mara, '/inbox');
  await expect(mara.getByRole('region', { name: 'Tasks' })).toBeVisible();
  await expect(mara.getByRole('region', { name: 'Tasks' }).getByRole('link', { name: product })).toHaveCount(0);
  await visit(mara, '/inbox?view=groups');
  const held = mara.getByRole('region', { name: 'Tasks' }).getByRole('link', { name: product });
  await expect(held).toHaveCount(1);
  await held.click();
  await expect(taskOf(mara, product)).toContainText(
    '2 wait for this. Max Roth has it, and that answer is given to all',
  );
});

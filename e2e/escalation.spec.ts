// A task that takes too long: the next people of its chain get it by mail, and answer it from there.
import { expect } from 'playwright/test';
import { foundBookingTenant } from './support/bookingTenant';
import { progressOf, submitInvoice, uniqueCustomer } from './support/invoices';
import { signIn, test, visit } from './support/journey';
import { startMailing } from './support/mail';
import { taskOf } from './support/tasks';

test('whom a task is escalated to is told by mail, and the link leads to what they can now answer', async ({
  as,
  visitor,
  colleague,
  database,
  baseURL,
}) => {
  const tenant = await foundBookingTenant(database);
  const max = await colleague({ name: 'Max Roth', tenant, roles: ['manager'] });
  const olga = await colleague({ name: 'Olga Stein', tenant, roles: ['administrator'] });
  const mailing = await startMailing(database, baseURL ?? '');
  try {
    const page = await as(max);
    const product = uniqueCustomer('Toner');
    await submitInvoice(page, { customer: 'Nimbus', item: product, priceEach: '90' });
    await expect(progressOf(page)).toContainText(['You submitted it', 'Approved']);
    await visit(page, '/invoices');
    await page.getByRole('button', { name: 'Book 1 approved' }).click();
    const question = `Which QuickBooks item is "${product}"?`;
    await mailing.mailTo(max.email, `A new task for your role: ${question}`);

    // The three days until then are over sooner here; the reminder of the first one goes with them.
    await database.sql`
      UPDATE workflow_timers SET fire_at = now()
      WHERE execution_id IN (SELECT execution_id FROM workflow_tasks WHERE title = ${question})`;
    const mail = await mailing.mailTo(olga.email, `This took too long and comes to you now: ${question}`);
    const link = /Open the task: (\S+)/.exec(mail.text)?.[1] ?? '';
    const reader = await visitor();
    await visit(reader, link);
    await signIn(reader, olga);
    const task = taskOf(reader, product);
    await expect(task).toBeVisible();
    await task.getByText(/^Activity/).click();
    await expect(task.getByRole('listitem').filter({ hasText: 'It took too long and went to' })).toHaveCount(1);
    await task.getByText('Why am I seeing this?').click();
    await expect(task).toContainText('You have the role Administrator');
    await task.getByRole('radio', { name: 'Yes, I name the item' }).check();
    await task.getByRole('textbox', { name: 'QuickBooks item' }).fill('4400 Freight');
    await task.getByRole('button', { name: /^Resolved/ }).click();
    await expect(task).toContainText('You decided: resolved');
    await visit(page, '/invoices');
    await expect(page.getByRole('table')).toContainText('booked');
  } finally {
    await mailing.stop();
  }
});

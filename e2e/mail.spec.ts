// Mail through the whole product: what somebody is given is told, the link leads to it, and who wants none gets none.
import { expect, type Page } from 'playwright/test';
import { foundBookingTenant } from './support/bookingTenant';
import { progressOf, submitInvoice, uniqueCustomer } from './support/invoices';
import { signIn, test, visit } from './support/journey';
import { startMailing } from './support/mail';
import { addressOfTask, taskOf } from './support/tasks';

async function assign(
  page: Page,
  { customer, to }: { readonly customer: string; readonly to: string },
): Promise<string> {
  await submitInvoice(page, { customer, priceEach: '1800' });
  await expect(progressOf(page)).toContainText(['You submitted it', 'Waiting for a manager']);
  await visit(page, '/inbox?view=unassigned');
  await page.getByRole('link', { name: customer }).click();
  await expect(taskOf(page, customer)).toBeVisible();
  await page.keyboard.press('a');
  const dialog = page.getByRole('dialog', { name: 'Assign' });
  await dialog.getByRole('combobox').selectOption({ label: to });
  await dialog.getByRole('button', { name: 'Assign' }).click();
  await expect(taskOf(page, customer)).toContainText(`${to} is on it.`);
  return new URL(page.url()).searchParams.get('task') ?? '';
}

test('a task is told by mail, its link opens it after the sign-in, it reminds, and who wants no mail gets none', async ({
  as,
  visitor,
  colleague,
  database,
  baseURL,
}) => {
  test.slow();
  const tenant = await foundBookingTenant(database);
  const olga = await colleague({ name: 'Olga Stein', tenant, roles: ['administrator'] });
  const nora = await colleague({ name: 'Nora Berg', tenant, roles: ['manager'] });
  const page = await as(olga);
  const publicUrl = baseURL ?? '';
  const mailing = await startMailing(database, publicUrl);
  try {
    const customer = uniqueCustomer('Lumen');
    const taskId = await assign(page, { customer, to: 'Nora Berg' });
    const mail = await mailing.mailTo(nora.email, 'Olga Stein gave you a task: Approve invoice INV-0001');
    const link = `${publicUrl}/tasks/${taskId}`;
    expect(mail.text).toContain(`Open the task: ${link}`);
    for (const part of [mail.text, mail.html]) {
      expect(part).toContain(`Approve invoice INV-0001 · ${customer}`);
      expect(part).toMatch(/Due \w{3} \d+ \w{3} \d{4}, \d\d:\d\d \(UTC\)/);
      // What it is about stays behind the sign-in.
      expect(part).not.toContain('1,800');
    }

    // The mail as a mail program shows it, on a phone and beside a list: it fits, and its button leads to the task.
    const reader = await visitor();
    for (const width of [390, 600]) {
      await reader.setViewportSize({ width, height: 700 });
      await reader.setContent(mail.html);
      expect(await reader.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    }
    await expect(reader.getByRole('link', { name: 'Open the task' })).toHaveAttribute('href', link);
    await visit(reader, link);
    await expect(reader).toHaveURL(/\/sign-in\?/);
    await signIn(reader, nora);
    await expect(reader.getByRole('heading', { level: 1, name: customer })).toBeVisible();
    await expect(taskOf(reader, customer)).toContainText('Claimed by you');

    // A reminder: the day until then is over sooner here.
    const product = uniqueCustomer('Toner');
    await submitInvoice(page, { customer: 'Nimbus', item: product, priceEach: '90' });
    await expect(progressOf(page)).toContainText(['You submitted it', 'Approved']);
    await visit(page, '/invoices');
    await page.getByRole('button', { name: 'Book 1 approved' }).click();
    const question = `Which QuickBooks item is "${product}"?`;
    await mailing.mailTo(nora.email, `A new task for your role: ${question}`);
    await database.sql`
      UPDATE workflow_timers SET fire_at = now()
      WHERE (execution_id, command_id) = (
        SELECT t.execution_id, t.command_id FROM workflow_timers t
        JOIN workflow_tasks k ON k.execution_id = t.execution_id WHERE k.title = ${question}
        ORDER BY t.fire_at LIMIT 1)`;
    await mailing.mailTo(nora.email, `This still waits for you: ${question}`);
    await visit(reader, await addressOfTask(reader, product));
    await taskOf(reader, product)
      .getByText(/^Activity/)
      .click();
    await expect(taskOf(reader, product).getByRole('listitem')).toContainText([/Its people were reminded/]);

    await visit(reader, '/settings');
    const given = reader.getByRole('switch', { name: 'A task comes to me' });
    await given.click();
    await expect(given).not.toBeChecked();
    const unwanted = await assign(page, { customer: uniqueCustomer('Quiet'), to: 'Nora Berg' });
    // A mail is written with what it tells of, or never: the task is assigned, so this one never will be.
    const written = await database.sql`
      SELECT 1 FROM outgoing_mails m JOIN users u ON u.user_id = m.user_id
      WHERE m.task_id = ${unwanted} AND m.kind = 'assignment' AND u.email = ${nora.email}`;
    expect(written).toHaveLength(0);
  } finally {
    await mailing.stop();
  }
});

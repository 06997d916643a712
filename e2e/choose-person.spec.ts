// Handing a task to one of many: whoever is not among the first by name is found by words of their name.
import { expect } from 'playwright/test';
import { foundBookingTenant } from './support/bookingTenant';
import { progressOf, submitInvoice, uniqueCustomer } from './support/invoices';
import { test, visit } from './support/journey';
import { taskOf } from './support/tasks';

test('in a tenant of hundreds somebody is found by name on the server, and gets the task', async ({
  as,
  colleague,
  database,
}) => {
  const tenant = await foundBookingTenant(database);
  const olga = await colleague({ name: 'Olga Stein', tenant, roles: ['administrator'] });
  await colleague({ name: 'Zoe Zimmermann', tenant, roles: ['manager'] });
  await database.sql`
    INSERT INTO users (user_id, email, name, tenant_id)
    SELECT ${tenant} || '-' || n, n || '@' || ${tenant} || '.test',
      CASE WHEN n > 600 THEN 'Porter ' ELSE 'Member ' END || lpad(n::text, 3, '0'), ${tenant}
    FROM generate_series(1, 610) n`;
  const customer = uniqueCustomer('Crowd');
  const page = await as(olga);
  await submitInvoice(page, { customer, priceEach: '1800' });
  await expect(progressOf(page)).toContainText(['You submitted it', 'Waiting for a manager']);
  await visit(page, '/inbox?view=unassigned');
  await page.getByRole('link', { name: customer }).click();
  const task = taskOf(page, customer);
  await expect(task).toBeVisible();
  await page.keyboard.press('a');
  const dialog = page.getByRole('dialog', { name: 'Assign' });
  const who = dialog.getByRole('combobox', { name: 'Who decides' });
  const words = dialog.getByRole('searchbox', { name: 'Find by name' });
  await expect(words).toBeFocused();
  await expect(dialog.getByText('The first 100 by name')).toBeVisible();
  await expect(who.getByRole('option', { name: 'Zoe Zimmermann' })).toHaveCount(0);
  await words.fill('porter');
  await expect(dialog.getByText('10 people fit')).toBeVisible();
  await who.selectOption({ label: 'Porter 604' });
  // Whoever was chosen stays chosen until somebody else is.
  await words.fill('zimm zo');
  await expect(dialog.getByText('One person fits')).toBeVisible();
  await expect(who.locator('option:checked')).toHaveText('Porter 604');
  await words.fill('nobody like this');
  await expect(dialog.getByText('Nobody is called so')).toBeVisible();
  await words.fill('zoe');
  await expect(dialog.getByText('One person fits')).toBeVisible();
  await who.selectOption({ label: 'Zoe Zimmermann' });
  await dialog.getByRole('button', { name: 'Assign' }).click();
  await expect(task).toContainText('Zoe Zimmermann is on it.');
});

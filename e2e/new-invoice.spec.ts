// The form for a new invoice: what is wrong is said twice, and nothing typed is lost.
import { expect } from 'playwright/test';
import { invoiceFields, progressOf, uniqueCustomer } from './support/invoices';
import { test, visit } from './support/journey';

test('an invoice with mistakes is not sent: each is named above and at its field, and what was typed stays', async ({
  as,
}) => {
  const alice = await as('alice');
  await visit(alice, '/invoices/new');
  const { customer, item, quantity, priceEach, note, submit } = invoiceFields(alice);
  await item.fill('Conveyor belt, 12 m');
  await quantity.fill('two');
  await priceEach.fill('about 200');
  await note.fill('Replaces the belt that broke in hall 2.');
  await submit.click();

  const summary = alice.getByRole('alert').filter({ hasText: '3 fields need a change before this can go' });
  await expect(summary).toBeFocused();
  const mistakes = [
    { field: customer, says: 'Enter the customer.' },
    { field: quantity, says: 'Enter a whole number, 1 or more.' },
    { field: priceEach, says: 'Enter a price such as 120.00.' },
  ];
  await expect(summary.getByRole('link')).toHaveText(mistakes.map(({ says }) => says));
  for (const { field, says } of mistakes) {
    await expect(field).toHaveAttribute('aria-invalid', 'true');
    await expect(field).toHaveAccessibleDescription(says);
    await summary.getByRole('link', { name: says }).click();
    await expect(field).toBeFocused();
  }
  await expect(item).toHaveValue('Conveyor belt, 12 m');
  await expect(quantity).toHaveValue('two');
  await expect(priceEach).toHaveValue('about 200');
  await expect(note).toHaveValue('Replaces the belt that broke in hall 2.');
  await expect(alice).toHaveURL(/\/invoices\/new/);

  const name = uniqueCustomer('Ferrum');
  await customer.fill(name);
  await quantity.fill('2');
  await priceEach.fill('200');
  await expect(summary).toBeHidden();
  await submit.click();
  await expect(alice.getByRole('heading', { name: /^Invoice INV-\d+$/ })).toBeVisible();
  await expect(alice.getByRole('main')).toContainText(name);
  await expect(alice.getByRole('main')).toContainText('€400.00');
  await expect(progressOf(alice)).toContainText(['You submitted it', 'Approved']);
});

// From a train: a narrow screen, a finger and no keyboard.
import { expect } from 'playwright/test';
import { submitInvoice, uniqueCustomer } from './support/invoices';
import { test, visit } from './support/journey';
import { reviewForm, taskOf } from './support/tasks';

test('an invoice is found and rejected with a comment on a phone', async ({ as, colleague }) => {
  const alice = await as('alice');
  const customer = uniqueCustomer('Train');
  await submitInvoice(alice, { customer, priceEach: '1900' });

  const ben = await as(await colleague({ name: 'Ben Okafor', tenant: 'acme', roles: ['manager'] }), {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  });
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

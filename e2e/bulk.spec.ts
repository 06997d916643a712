// Many tasks at once, by keyboard: what is selected is claimed and answered together, and every refusal says by whom.
import { expect, type Page, type Route } from 'playwright/test';
import { expectAccessible } from './support/accessible';
import { foundTenantWithForm, publishDeliveryForm } from './support/deliveryForm';
import { progressOf, submitInvoice, uniqueCustomer } from './support/invoices';
import { test, visit } from './support/journey';
import { pickTask, reviewForm } from './support/tasks';

test('invoices are claimed and approved together, and the one that a colleague took is told with her name', async ({
  as,
  colleague,
}) => {
  const customer = uniqueCustomer('Bulk');
  const alice = await as('alice');
  for (const name of ['One', 'Two', 'Three']) {
    await submitInvoice(alice, { customer: `${customer} ${name}`, priceEach: '1800' });
    await expect(progressOf(alice)).toContainText(['You submitted it', 'Waiting for a manager']);
  }

  const mia = await as('mia');
  await visit(mia, '/inbox');
  await mia.keyboard.press('/');
  await mia.keyboard.type(customer);
  // All rows, not those of this customer alone: they are there before the search has come down to them.
  const rows = mia.getByRole('region', { name: 'Tasks' }).getByRole('link');
  await expect(rows).toHaveCount(3);
  await mia.keyboard.press('Enter');
  await mia.keyboard.press('Shift+X');
  const bar = mia.getByRole('group', { name: 'Selected tasks' });
  await expect(bar).toContainText('3 selected');
  const chosen = mia.getByRole('article', { name: '3 tasks selected' });
  await expect(chosen.getByRole('listitem')).toHaveCount(3);
  await expectAccessible(mia, 'the inbox with selected tasks');

  // While her claim is on its way, a colleague takes one of them.
  const release = await holdBulk(mia);
  await mia.keyboard.press('c');
  const mara = await as(await colleague({ name: 'Mara Lindt', tenant: 'acme', roles: ['manager'] }));
  const taken = await pickTask(mara, `${customer} Three`);
  await mara.keyboard.press('c');
  await expect(taken.getByRole('button', { name: /^Release/ })).toBeVisible();
  await release();

  await expect(mia.getByText('2 claimed')).toBeVisible();
  await expect(mia.getByRole('alert').filter({ hasText: 'One task was left as it is' })).toContainText(
    /Three.*: Mara Lindt claimed it on/,
  );
  await expect(bar).toContainText('2 selected');

  const both = mia.getByRole('article', { name: '2 tasks selected' });
  await expect(reviewForm(both).approve).toBeVisible();
  await mia.keyboard.press('Enter');
  await expect(both.locator(':focus')).toBeVisible();
  await reviewForm(both).comment.fill('Both are right.');
  await mia.keyboard.press('Control+Enter');
  await expect(mia.getByText('2 answered: approve')).toBeVisible();
  await expect(bar).toBeHidden();

  await visit(alice, '/invoices');
  for (const name of ['One', 'Two']) {
    await alice.getByRole('link', { name: new RegExp(`${customer} ${name}`) }).click();
    await expect(progressOf(alice)).toContainText(['You submitted it', 'Mia approved it']);
    await expect(alice.getByRole('main')).toContainText('Both are right.');
    await visit(alice, '/invoices');
  }
});

test('tasks with other versions of a form are not answered together, and those of one version are', async ({
  as,
  colleague,
  database,
}) => {
  const tenant = await foundTenantWithForm(database);
  const max = await as(await colleague({ name: 'Max Roth', tenant, roles: ['manager'] }));
  const rita = await as(await colleague({ name: 'Rita Falk', tenant, roles: ['requester'] }));
  const shortForm = (title: string) => ({
    type: 'object',
    properties: { comment: { type: 'string', title } },
    'x-outcomes': [{ value: 'approve', title: 'Approve' }],
  });
  const submit = async (customer: string) => {
    await submitInvoice(rita, { customer, priceEach: '1800' });
    await expect(progressOf(rita)).toContainText(['You submitted it', 'Waiting for a manager']);
  };
  await publishDeliveryForm(database, { tenant, version: 2, jsonSchema: shortForm('Comment') });
  await submit('Older One');
  await submit('Older Two');
  await publishDeliveryForm(database, { tenant, version: 3, jsonSchema: shortForm('Other comment') });
  await submit('Newer');

  await visit(max, '/inbox');
  await expect(max.getByRole('region', { name: 'Tasks' }).getByRole('link')).toHaveCount(3);
  await max.keyboard.press('Shift+X');
  const all = max.getByRole('article', { name: '3 tasks selected' });
  await expect(all).toContainText('These do not ask the same. Select those of one kind to answer them together.');
  await expect(all.getByRole('button', { name: /^Approve/ })).toBeHidden();
  await max.getByRole('checkbox', { name: /^Select .*Newer$/ }).uncheck();
  const older = max.getByRole('article', { name: '2 tasks selected' });
  await older.getByRole('textbox', { name: 'Comment' }).fill('Both are right.');
  await older.getByRole('button', { name: /^Approve/ }).click();
  await expect(max.getByText('2 answered: approve')).toBeVisible();
  await expect(max.getByRole('region', { name: 'Tasks' }).getByRole('link', { name: 'Newer' })).toBeVisible();
});

/**
 * Holds what is done to many tasks.
 * @returns lets it go, once it is on its way.
 */
async function holdBulk(page: Page): Promise<() => Promise<void>> {
  const held: Route[] = [];
  let isHolding = true;
  await page.route('**/inbox**', async (route) => {
    if (isHolding && route.request().postData()?.includes('"taskIds"')) held.push(route);
    else await route.fallback();
  });
  return async () => {
    await expect.poll(() => held.length, 'the claim on its way').toBe(1);
    isHolding = false;
    await Promise.all(held.map((route) => route.continue()));
  };
}

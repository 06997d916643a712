// A form with every kind of field, answered by keyboard alone, and how it is shown when it is done.
import { expect, type Locator, type Page } from 'playwright/test';
import { expectAccessible } from './support/accessible';
import { deliveryForm, foundTenantWithForm, publishDeliveryForm } from './support/deliveryForm';
import { submitInvoice, uniqueCustomer } from './support/invoices';
import { test, visit } from './support/journey';
import { tabTo } from './support/keyboard';
import { watchPolicies } from './support/policies';
import { addressOfTask, taskOf } from './support/tasks';

test('a form with conditions, lists, groups, dates and money is answered by keyboard and stays as it was answered', async ({
  as,
  colleague,
  database,
}) => {
  // One person, a long form, and every key pressed: patience, not speed.
  test.slow();
  const tenant = await foundTenantWithForm(database);
  const customer = uniqueCustomer('Nordwind');
  const rosa = await as(await colleague({ name: 'Rosa Diaz', tenant, roles: ['requester'] }));
  await submitInvoice(rosa, { customer, priceEach: '1800' });

  const browser = { timezoneId: 'Europe/Berlin' };
  const ben = await as(await colleague({ name: 'Ben Okafor', tenant, roles: ['manager'] }), browser);
  const { refused } = await watchPolicies(ben);
  const address = await addressOfTask(ben, customer);
  await visit(ben, address);
  const task = taskOf(ben, customer);
  const field = (name: string) => task.getByRole('textbox', { name });
  const press = (name: string | RegExp) =>
    tabTo(ben, task.getByRole('button', { name })).then(() => ben.keyboard.press('Enter'));

  // Nothing is answered for the person, and templates are text.
  await expect(task).toContainText(`${customer} charges €1,800.00.`);
  await expect(task).toContainText('Write ${notes} below.');
  for (const answer of await task.getByRole('radio').all()) await expect(answer).not.toBeChecked();
  await expect(field('Amount to deduct')).toHaveCount(0);

  await tabTo(ben, task.getByRole('radio', { name: 'Yes' }));
  await ben.keyboard.press('ArrowDown');
  await expect(task.getByRole('radio', { name: 'No' })).toBeChecked();
  await expect(field('Amount to deduct')).toBeVisible();

  // Whether day or month is typed first depends on the browser: this date reads the same both ways.
  await tabTo(ben, task.getByLabel('Checked on'));
  await ben.keyboard.type('11112026');
  await expect(task.getByLabel('Checked on')).toHaveValue('2026-11-11');
  await tabTo(ben, task.getByLabel('Arrived at'));
  await ben.keyboard.type('11112026');
  await ben.keyboard.press('ArrowRight');
  await ben.keyboard.type('0930AM');
  await expect(task.getByLabel('Arrived at')).toHaveValue('2026-11-11T09:30');
  await expect(task.getByLabel('Arrived at')).toHaveAccessibleDescription(/Time zone: Europe\/Berlin/);
  await tabTo(ben, task.getByRole('combobox', { name: 'Packing' }));
  await ben.keyboard.type('Pal');
  await expect(task.getByRole('combobox', { name: 'Packing' }).locator('option:checked')).toHaveText('Pallet');
  for (const damage of ['Wet', 'Open']) {
    await tabTo(ben, task.getByRole('checkbox', { name: damage }));
    await ben.keyboard.press('Space');
  }
  await tabTo(ben, field('Name of the carrier'));
  await ben.keyboard.type('Swift Freight');

  for (const [index, label] of ['First', 'Second', 'Third'].entries()) {
    if ((await field('Label').count()) <= index) await press('Add to Parcels');
    await expect(field('Label')).toHaveCount(index + 1);
    await tabTo(ben, field('Label').nth(index));
    await ben.keyboard.type(label);
    await tabTo(ben, field('Weight in kg').nth(index));
    await ben.keyboard.type(`${index + 1},5`);
  }
  await press('Move entry 3 up');
  await expect(field('Label').nth(1)).toHaveValue('Third');
  await press('Remove entry 1');
  await expect(field('Label')).toHaveCount(2);
  await expect(field('Label').nth(0)).toHaveValue('Third');

  // What is wrong is told from top to bottom, and the first of it has the focus.
  await field('Name of the carrier').fill('');
  await press(/^Reject/);
  await expect(field('Name of the carrier')).toBeFocused();
  const told = task.getByRole('group', { name: /need(s)? a change/ }).getByRole('link');
  await expect(told).toHaveText([/^Name of the carrier/, /^Amount to deduct/, /^Comment/]);
  await ben.keyboard.type('Swift Freight');

  // The condition asks for the amount, which takes cents and no fractions of them.
  await ben.keyboard.press('Control+Enter');
  await expect(field('Amount to deduct')).toBeFocused();
  await ben.keyboard.type('19.999');
  await ben.keyboard.press('Control+Enter');
  await expect(field('Amount to deduct')).toHaveAttribute('aria-invalid', 'true');
  await ben.keyboard.press('Control+a');
  await ben.keyboard.type('1,019.99');

  // Rejecting asks for a comment of its own; approving asks for a yes.
  await press(/^Reject/);
  await expect(field('Comment')).toBeFocused();
  await expectAccessible(ben, 'a form with every kind of field');
  await ben.keyboard.press('Control+Enter');
  await expect(task.getByText(`Approve the invoice of ${customer}?`)).toBeVisible();
  await ben.keyboard.press('Escape');
  await ben.keyboard.press('Control+Enter');
  await expect(task.getByRole('group', { name: 'Confirm' }).getByRole('button', { name: 'Approve' })).toBeFocused();
  await ben.keyboard.press('Enter');
  await expect(task.getByText('You decided: approve', { exact: true })).toBeVisible();

  const [stored] = await database.sql`
    SELECT output FROM workflow_tasks WHERE task_id = ${address.replace('/tasks/', '')}`;
  expect(stored?.output).toEqual({
    summary: `${customer} charges €1,800.00.\nWrite \${notes} below.`,
    isComplete: false,
    checkedOn: '2026-11-11',
    arrivedAt: '2026-11-11T08:30:00.000Z',
    packing: 'Pallet',
    damages: ['Wet', 'Open'],
    carrier: { name: 'Swift Freight' },
    parcels: [
      { label: 'Third', weight: 3.5 },
      { label: 'Second', weight: 2.5 },
    ],
    deduction: 101_999,
  });

  // Another version of the form is none of this task's business.
  const renamed = { ...deliveryForm, properties: { other: { type: 'string', title: 'Another question' } } };
  await publishDeliveryForm(database, { tenant, version: 2, jsonSchema: renamed });
  await visit(ben, address);
  await expect(answerTo(ben, 'Amount to deduct')).toHaveText('€1,019.99');
  await expect(answerTo(ben, 'Is everything there?')).toHaveText('No');
  await expect(answerTo(ben, 'Damages')).toHaveText('Wet, Open');
  await expect(answerTo(ben, 'Name of the carrier')).toHaveText('Swift Freight');
  await expect(answerTo(ben, 'Arrived at')).toHaveText('11 November 2026, 08:30 UTC');
  await expect(ben.getByText('Another question')).toHaveCount(0);
  await expectAccessible(ben, 'a form with every kind of field, answered');
  expect(refused, 'what the browser refused').toEqual([]);
});

test('a form without buttons of its own is answered with Submit, and what was emptied stays empty', async ({
  as,
  colleague,
  database,
}) => {
  const tenant = await foundTenantWithForm(database);
  const properties = {
    place: { type: 'string', title: 'Place', default: 'Berlin' },
    remark: { type: 'string', title: 'Remark' },
  };
  const jsonSchema = { type: 'object', properties, required: ['remark'] };
  await publishDeliveryForm(database, { tenant, version: 2, jsonSchema });
  const customer = uniqueCustomer('Plain');
  const rosa = await as(await colleague({ name: 'Rosa Diaz', tenant, roles: ['requester'] }));
  await submitInvoice(rosa, { customer, priceEach: '1800' });

  const ben = await as(await colleague({ name: 'Ben Okafor', tenant, roles: ['manager'] }));
  const address = await addressOfTask(ben, customer);
  await visit(ben, address);
  const task = taskOf(ben, customer);
  const place = task.getByRole('textbox', { name: 'Place' });
  await expect(place).toHaveValue('Berlin');
  await place.fill('');
  await task.getByRole('textbox', { name: 'Remark' }).fill('All is there.');
  await expect(task.getByText('Saved for you')).toBeVisible();
  await visit(ben, address);
  await expect(task.getByRole('textbox', { name: 'Remark' })).toHaveValue('All is there.');
  await expect(place).toHaveValue('');
  await task.getByRole('button', { name: 'Submit' }).click();
  await expect(task.getByText('You answered this', { exact: true })).toBeVisible();
  const [stored] = await database.sql`
    SELECT status, outcome, output FROM workflow_tasks WHERE task_id = ${address.replace('/tasks/', '')}`;
  expect(stored).toEqual({ status: 'completed', outcome: null, output: { remark: 'All is there.' } });
});

test('a form that cannot be drawn says so, and takes nothing of the inbox or of its task with it', async ({
  as,
  colleague,
  database,
}) => {
  const tenant = await foundTenantWithForm(database);
  // Nobody could publish this; it is what an older version might have let through.
  const definitions = { a: { $ref: '#/definitions/b' }, b: { $ref: '#/definitions/a' } };
  const jsonSchema = { type: 'object', properties: { a: { $ref: '#/definitions/a' } }, definitions };
  await publishDeliveryForm(database, { tenant, version: 2, jsonSchema });
  const customer = uniqueCustomer('Circle');
  const rosa = await as(await colleague({ name: 'Rosa Diaz', tenant, roles: ['requester'] }));
  await submitInvoice(rosa, { customer, priceEach: '1800' });

  const ben = await as(await colleague({ name: 'Ben Okafor', tenant, roles: ['manager'] }));
  await visit(ben, '/inbox');
  await expect(ben.getByRole('link', { name: customer })).toBeVisible();
  const task = taskOf(ben, customer);
  await expect(task.getByText('This form cannot be shown')).toBeVisible();
  await expect(task.getByRole('button', { name: /^Claim/ })).toBeVisible();

  // Its own page is answered with it in words, not with an error; the rest of the task is there and works.
  await expect(ben).toHaveURL(/[?&]task=/);
  const address = `/tasks/${new URL(ben.url()).searchParams.get('task')}`;
  expect(await (await ben.request.get(address)).text()).toContain('This form cannot be shown');
  await visit(ben, address);
  await expect(task.getByText('This form cannot be shown')).toBeVisible();
  await task.getByRole('button', { name: /^Claim/ }).click();
  await expect(task.getByRole('button', { name: /^Release/ })).toBeVisible();
  await task.locator('summary', { hasText: 'Activity' }).click();
  await expect(task.getByText('You claimed it', { exact: true })).toBeVisible();
  await expectAccessible(ben, 'a task whose form cannot be drawn');
});

test('what was emptied in rows and in fields by reference stays empty, and a part within itself opens', async ({
  as,
  colleague,
  database,
}) => {
  const tenant = await foundTenantWithForm(database);
  const city = { type: 'string', title: 'City', default: 'Berlin' };
  const remark = { type: 'string', title: 'Remark' };
  const jsonSchema = {
    type: 'object',
    properties: {
      stops: { type: 'array', title: 'Stops', minItems: 2, items: { type: 'object', properties: { city, remark } } },
      place: { $ref: '#/definitions/place' },
      part: { $ref: '#/definitions/part' },
    },
    required: ['stops'],
    definitions: {
      place: {
        type: 'object',
        title: 'Place',
        properties: { town: { type: 'string', title: 'Town', default: 'Kiel' } },
      },
      part: {
        type: 'object',
        properties: { label: { type: 'string', title: 'Label' }, within: { $ref: '#/definitions/part' } },
      },
    },
  };
  await publishDeliveryForm(database, { tenant, version: 2, jsonSchema });
  const customer = uniqueCustomer('Rows');
  const rosa = await as(await colleague({ name: 'Rosa Diaz', tenant, roles: ['requester'] }));
  await submitInvoice(rosa, { customer, priceEach: '1800' });

  const ben = await as(await colleague({ name: 'Ben Okafor', tenant, roles: ['manager'] }));
  const { refused } = await watchPolicies(ben);
  const address = await addressOfTask(ben, customer);
  await visit(ben, address);
  const task = taskOf(ben, customer);
  const field = (name: string) => task.getByRole('textbox', { name });
  await expect(field('City')).toHaveCount(2);
  await expect(field('City').nth(1)).toHaveValue('Berlin');
  await expect(field('Town')).toHaveValue('Kiel');
  await field('City').nth(1).fill('');
  await field('Town').fill('');
  await field('Remark').nth(0).fill('To the back door.');
  await expect(task.getByText('Saved for you')).toBeVisible();
  await visit(ben, address);
  await expect(field('Remark').nth(0)).toHaveValue('To the back door.');
  await expect(field('City').nth(0)).toHaveValue('Berlin');
  await expect(field('City').nth(1)).toHaveValue('');
  await expect(field('Town')).toHaveValue('');
  // A row that is added begins with its default, as it did before.
  await task.getByRole('button', { name: 'Add to Stops' }).click();
  await expect(field('City').nth(2)).toHaveValue('Berlin');
  await expect(field('City').nth(1)).toHaveValue('');

  await expect(field('Label')).toHaveCount(1);
  await task.getByRole('button', { name: 'Open Within' }).click();
  await field('Label').nth(1).fill('Inner');
  await task.getByRole('button', { name: 'Submit' }).click();
  await expect(task.getByText('You answered this', { exact: true })).toBeVisible();
  const [stored] = await database.sql`
    SELECT output FROM workflow_tasks WHERE task_id = ${address.replace('/tasks/', '')}`;
  expect(stored?.output).toMatchObject({
    stops: [{ city: 'Berlin', remark: 'To the back door.' }, {}, { city: 'Berlin' }],
    part: { within: { label: 'Inner' } },
  });
  expect(stored?.output).not.toHaveProperty('place.town');
  expect(stored?.output).not.toHaveProperty('stops.1.city');
  expect(refused, 'what the browser refused').toEqual([]);
});

const answerTo = (page: Page, question: string): Locator =>
  page.locator('dt', { hasText: question }).locator('xpath=following-sibling::dd[1]');

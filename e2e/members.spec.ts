// Administrators manage who is here and what they may do; members feel it at their next click.
import { expect } from 'playwright/test';
import { progressOf, submitInvoice, uniqueCustomer } from './support/invoices';
import { signIn, test, visit } from './support/journey';
import { addressOfTask, reviewForm, taskOf } from './support/tasks';

test('a new member is given a role, sees the task in the inbox, and is signed out at once when deactivated', async ({
  as,
  visitor,
}) => {
  const customer = uniqueCustomer('Nordwind');
  const email = `${uniqueCustomer('nora').replace(' ', '-').toLowerCase()}@acme.test`;
  const name = uniqueCustomer('Nora');
  const alice = await as('alice');
  await submitInvoice(alice, { customer, priceEach: '5000' });
  await expect(progressOf(alice)).toContainText(['You submitted it', 'Waiting for a manager']);

  const omar = await as('omar');
  await visit(omar, '/admin/members');
  await omar.getByRole('button', { name: 'Add a member' }).click();
  const adding = omar.getByRole('dialog', { name: 'Add a member' });
  await adding.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(adding.getByText('Enter a name.')).toBeVisible();
  await adding.getByRole('textbox', { name: 'Name' }).fill(name);
  await adding.getByRole('textbox', { name: 'E-mail' }).fill(email);
  await adding.getByRole('button', { name: 'Add', exact: true }).click();
  const told = omar.getByRole('dialog', { name: `Tell ${name} this password` });
  const password = (await told.getByRole('button', { name: /^Copy password/ }).innerText()).trim();
  await told.getByRole('button', { name: 'Done' }).click();
  await expect(omar.getByRole('row', { name })).toContainText(email);

  const nora = await visitor();
  await visit(nora, '/sign-in');
  await signIn(nora, { name, email, password });
  await visit(nora, '/inbox');
  await expect(nora.getByText('Nothing is waiting for you')).toBeVisible();

  await omar.getByRole('button', { name: `Change ${name}` }).click();
  const changing = omar.getByRole('dialog', { name: `Change ${name}` });
  await changing.getByRole('checkbox', { name: 'Manager' }).check();
  await changing.getByRole('button', { name: 'Save' }).click();
  await expect(omar.getByRole('row', { name })).toContainText('Manager');
  const address = await addressOfTask(nora, customer);
  await visit(nora, address);
  await nora.getByRole('button', { name: /^Claim/ }).click();
  await expect(nora.getByRole('button', { name: /^Release/ })).toBeVisible();
  await visit(nora, '/settings');

  await visit(omar, '/admin/members');
  await omar.getByRole('button', { name: `Deactivate ${name}` }).click();
  const leaving = omar.getByRole('dialog', { name: `Deactivate ${name}?` });
  await expect(leaving).toContainText('The open task that they hold goes back');
  await leaving.getByRole('button', { name: 'Deactivate' }).click();
  await expect(omar.getByRole('row', { name })).toContainText('Deactivated');
  await nora.reload();
  await expect(nora).toHaveURL(/\/sign-in/);
  const mia = await as('mia');
  await visit(mia, '/inbox');
  await expect(mia.getByRole('link', { name: customer })).toBeVisible();
});

test('a role that is added and renamed leads the same people to the same tasks', async ({ as, colleague }) => {
  const tenant = uniqueCustomer('roles').replace(' ', '-');
  const nora = await as(await colleague({ name: 'Nora Berg', tenant, roles: ['administrator'] }));
  await visit(nora, '/admin/roles');
  await nora.getByRole('textbox', { name: 'Name' }).fill('Finance team');
  await expect(nora.getByRole('textbox', { name: /^Key/ })).toHaveValue('finance-team');
  await nora.getByRole('textbox', { name: /^Key/ }).fill('finance');
  await nora.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(nora.getByRole('row', { name: /Finance team/ })).toContainText('finance');
  await nora.getByRole('button', { name: 'Rename Finance team' }).click();
  const renaming = nora.getByRole('dialog', { name: 'Rename Finance team' });
  await renaming.getByRole('textbox', { name: 'Name' }).fill('Money people');
  await renaming.getByRole('button', { name: 'Rename' }).click();
  await expect(nora.getByRole('row', { name: /Money people/ })).toContainText('finance');
  await visit(nora, '/admin/members');
  await nora.getByRole('button', { name: 'Change Nora Berg' }).click();
  const changing = nora.getByRole('dialog', { name: 'Change Nora Berg' });
  await changing.getByRole('checkbox', { name: 'Money people' }).check();
  await changing.getByRole('checkbox', { name: 'Administrator' }).uncheck();
  await changing.getByRole('button', { name: 'Save' }).click();
  await expect(changing.getByRole('alert')).toContainText('the only administrator left');
  await changing.getByRole('checkbox', { name: 'Administrator' }).check();
  await changing.getByRole('button', { name: 'Save' }).click();
  await expect(nora.getByRole('row', { name: 'Nora Berg' })).toContainText('Money people');
});

test('mails are switched off and on by one click each', async ({ as, colleague }) => {
  const tenant = uniqueCustomer('mail').replace(' ', '-');
  const nora = await as(await colleague({ name: 'Nora Berg', tenant, roles: ['manager'] }));
  await visit(nora, '/inbox');
  await nora.getByRole('button', { name: /^Account menu/ }).click();
  await nora.getByRole('link', { name: 'Settings' }).click();
  const reminders = nora.getByRole('switch', { name: 'A task waits' });
  await expect(reminders).toBeChecked();
  await reminders.click();
  await expect(reminders).not.toBeChecked();
  await nora.getByRole('combobox', { name: 'Times in mails are of' }).selectOption('Europe/Berlin');
  await expect(nora.getByRole('status').filter({ hasText: 'Europe/Berlin' })).toBeVisible();
  await visit(nora, '/settings');
  await expect(reminders).not.toBeChecked();
  await expect(nora.getByRole('combobox', { name: 'Times in mails are of' })).toHaveValue('Europe/Berlin');
});

test('a member changes their own password: other browsers are signed out, this one stays', async ({
  as,
  visitor,
  colleague,
}) => {
  const nora = await colleague({
    name: 'Nora Berg',
    tenant: uniqueCustomer('own').replace(' ', '-'),
    roles: ['manager'],
  });
  const password = 'a new one that nobody else knows';
  const elsewhere = await visitor();
  await visit(elsewhere, '/sign-in');
  await signIn(elsewhere, nora);
  const page = await as(nora);
  await visit(page, '/settings');
  const section = page.getByRole('region', { name: 'Password' });
  const now = section.getByLabel('Password now');
  const next = section.getByLabel('New password');
  await now.fill('not the right one');
  await next.fill('short');
  await page.keyboard.press('Enter');
  await expect(section.getByText('Use 12 characters or more.')).toBeVisible();
  await next.fill(password);
  await page.keyboard.press('Enter');
  await expect(section.getByText('This is not the password that you have now.')).toBeVisible();
  await now.fill(nora.password);
  await section.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Your password is changed' })).toBeVisible();
  await expect(now).toHaveValue('');

  await elsewhere.goto('/inbox');
  await expect(elsewhere).toHaveURL(/\/sign-in/);
  await signIn(elsewhere, { ...nora, password });
  await visit(page, '/settings');
  await expect(section).toBeVisible();
});

test('a question to somebody who leaves goes back to who asked it', async ({ as, colleague }) => {
  const customer = uniqueCustomer('Lumen');
  const name = uniqueCustomer('Quinn');
  const alice = await as('alice');
  await submitInvoice(alice, { customer, priceEach: '5000' });
  await expect(progressOf(alice)).toContainText(['You submitted it', 'Waiting for a manager']);
  await colleague({ name, tenant: 'acme', roles: [] });
  const mia = await as('mia');
  await visit(mia, await addressOfTask(mia, customer));
  const task = taskOf(mia, customer);
  await reviewForm(task).claim.click();
  await expect(task).toContainText('Claimed by you');
  await task.getByText('More', { exact: true }).click();
  await task.getByRole('button', { name: 'Ask a question…' }).click();
  const asking = mia.getByRole('dialog', { name: 'Ask a question' });
  await asking.getByRole('combobox').selectOption({ label: name });
  await asking.getByRole('textbox').fill('Which project is it for?');
  await asking.getByRole('button', { name: 'Ask' }).click();
  await expect(asking).toBeHidden();
  await expect(task).toContainText(`You asked ${name}`);

  const omar = await as('omar');
  await visit(omar, '/admin/members');
  await omar.getByRole('searchbox', { name: 'Name or address' }).fill(name);
  await omar.keyboard.press('Enter');
  await expect(omar.getByRole('button', { name: /^Deactivate/ })).toHaveCount(1);
  await omar.getByRole('button', { name: `Deactivate ${name}` }).click();
  const leaving = omar.getByRole('dialog', { name: `Deactivate ${name}?` });
  await expect(leaving).toContainText('The question that they were asked goes back to who asked it.');
  await leaving.getByRole('button', { name: 'Deactivate' }).click();
  await expect(omar.getByRole('row', { name })).toContainText('Deactivated');

  await expect(task).toContainText(`Omar Haddad ended the question to ${name}`);
  await expect(task).toContainText(`${name} can no longer answer. Ask somebody else.`);
  await expect(task).toContainText('Claimed by you');
});

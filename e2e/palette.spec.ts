// The command palette, by keyboard and by its button: what can be done here, where one can go, and what there is.
import { expect, type Page } from 'playwright/test';
import { expectAccessible } from './support/accessible';
import { progressOf, submitInvoice, uniqueCustomer } from './support/invoices';
import { test, visit } from './support/journey';
import { pickTask, reviewForm, taskOf } from './support/tasks';

/** The open palette; its key opens it from wherever the focus is. */
async function openPalette(page: Page) {
  await page.keyboard.press('Control+k');
  return paletteOf(page);
}

function paletteOf(page: Page) {
  const box = page.getByRole('dialog', { name: 'Search or act' });
  return {
    box,
    field: box.getByRole('combobox'),
    options: box.getByRole('option'),
    option: (name: string | RegExp) => box.getByRole('option', { name }),
  };
}

async function submitForReview(alice: Page, customer: string): Promise<void> {
  await submitInvoice(alice, { customer, priceEach: '1800' });
  await expect(progressOf(alice)).toContainText(['You submitted it', 'Waiting for a manager']);
}

test('a task is found, claimed, commented on, delegated and approved without the mouse', async ({ as, colleague }) => {
  const customer = uniqueCustomer('Palette');
  await submitForReview(await as('alice'), customer);
  const helper = uniqueCustomer('Finn');
  await colleague({ name: helper, tenant: 'acme', roles: [] });
  const mia = await as('mia');
  await visit(mia, '/invoices');

  // Found by words from another page; the answer of the server comes below what the page itself knows.
  const found = await openPalette(mia);
  await expect(found.field).toBeFocused();
  await mia.keyboard.type(customer);
  await expect(found.option(new RegExp(customer))).toBeVisible();
  await expect(found.option(new RegExp(customer))).toHaveAttribute('aria-selected', 'true');
  await mia.keyboard.press('Enter');
  await expect(found.box).toBeHidden();
  const task = taskOf(mia, customer);
  await expect(reviewForm(task).claim).toBeVisible();

  // What works now is there, and nothing else.
  const here = await openPalette(mia);
  await expect(here.option(/^Claim/)).toBeVisible();
  await expect(here.option(/^Release/)).toBeHidden();
  await expect(here.option(/^Approve/)).toBeVisible();
  await expect(here.option(/^Next task/)).toBeVisible();
  await mia.keyboard.type('cla');
  await mia.keyboard.press('Enter');
  await expect(task).toContainText('Claimed by you');

  await openPalette(mia);
  await mia.keyboard.type('comm');
  await mia.keyboard.press('Enter');
  await expect(task.getByRole('textbox', { name: 'Add a comment' })).toBeFocused();

  await openPalette(mia);
  await mia.keyboard.type('dele');
  await mia.keyboard.press('Enter');
  const dialog = mia.getByRole('dialog', { name: 'Delegate' });
  await expect(dialog.getByRole('combobox')).toBeVisible();
  await mia.keyboard.press('Escape');
  await expect(dialog).toBeHidden();

  await openPalette(mia);
  await mia.keyboard.type('appr');
  // Not to undo the claim, whose words have it in them as well, nor to open other invoices to approve.
  await expect(here.options.first()).toHaveAccessibleName(/^Approve Ctrl/);
  await expect(here.options.first()).toHaveAttribute('aria-selected', 'true');
  await mia.keyboard.press('Enter');
  await expect(mia.getByText(/: approve$/)).toBeVisible();
});

test('it is a combobox over a list: arrows choose, Escape closes, and the focus goes back', async ({ as }) => {
  const mia = await as('mia');
  await visit(mia, '/inbox');
  const opener = mia.getByRole('button', { name: 'Search or act' });
  await opener.focus();
  await mia.keyboard.press('Enter');
  const { box, field, options } = paletteOf(mia);
  await expect(field).toBeFocused();
  await expect(field).toHaveAttribute('aria-expanded', 'true');
  const chosen = box.getByRole('option', { selected: true });
  await expect(chosen).toHaveCount(1);
  const first = await chosen.innerText();
  await mia.keyboard.press('ArrowDown');
  await expect(chosen).not.toHaveText(first);
  await expect(field).toHaveAttribute('aria-activedescendant', (await chosen.getAttribute('id')) ?? 'none');
  await mia.keyboard.press('ArrowUp');
  await mia.keyboard.press('ArrowUp');
  await expect(options.last()).toHaveAttribute('aria-selected', 'true');
  await mia.keyboard.type('nothing is called like this');
  await expect(box.getByRole('status')).toContainText('Nothing fits.');
  await expect(field).toHaveAttribute('aria-expanded', 'false');
  await mia.keyboard.press('Escape');
  await expect(box).toBeHidden();
  await expect(opener).toBeFocused();

  // Its own key closes it, too; and letters typed in it do nothing to the page.
  await openPalette(mia);
  await mia.keyboard.type('j?');
  await expect(field).toHaveValue('j?');
  await mia.keyboard.press('Control+k');
  await expect(box).toBeHidden();
  await openPalette(mia);
  await expectAccessible(mia, 'the open palette');
});

test('views, saved views, filters and pages are reached from it', async ({ as, colleague }) => {
  const mara = await as(await colleague({ name: 'Mara Lindt', tenant: 'acme', roles: ['manager'] }));
  await visit(mara, '/inbox');
  const run = async (words: string) => {
    const { box } = await openPalette(mara);
    await mara.keyboard.type(words);
    await expect(box.getByRole('option', { selected: true })).toBeVisible();
    await mara.keyboard.press('Enter');
    await expect(box).toBeHidden();
  };
  await run('unassigned');
  await expect(mara).toHaveURL(/view=unassigned/);
  await run('filter priority high');
  await expect(mara).toHaveURL(/priority=high/);
  await expect(mara.getByRole('combobox', { name: 'Priority' })).toHaveValue('high');
  await run('save view');
  const dialog = mara.getByRole('dialog', { name: 'Save this view' });
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Burning');
  await mara.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await run('clear filters');
  await expect(mara).not.toHaveURL(/priority=high/);
  await expect(mara.getByRole('list', { name: 'Saved' }).getByRole('link', { name: 'Burning' })).toBeVisible();
  await run('burning');
  await expect(mara).toHaveURL(/view=unassigned.*priority=high/);
  await run('settings');
  await expect(mara.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible();
  await run('invoices');
  await expect(mara.getByRole('heading', { level: 1, name: 'Invoices' })).toBeVisible();
  await run('sign out');
  await expect(mara).toHaveURL(/\/sign-in/);
});

test('the list of keys says what the keys of the page do, and single keys can be switched off', async ({ as }) => {
  const customer = uniqueCustomer('Keys');
  await submitForReview(await as('alice'), customer);
  const mia = await as('mia');
  const task = await pickTask(mia, customer);
  await expect(reviewForm(task).claim).toBeVisible();
  await mia.keyboard.press('?');
  const keys = mia.getByRole('dialog', { name: 'Keys' });
  for (const line of ['Next task', 'Previous task', 'Claim', 'Comment', 'Search these tasks', 'Approve', 'Reject']) {
    await expect(keys.getByText(line, { exact: true })).toBeVisible();
  }
  await expectAccessible(mia, 'the list of keys');
  await keys.getByRole('checkbox', { name: 'Single keys act on this device' }).uncheck();
  await mia.keyboard.press('Escape');
  await expect(keys).toBeHidden();
  await mia.locator('body').press('c');
  await mia.keyboard.press('Control+k');
  const { box, option } = paletteOf(mia);
  await expect(box).toBeVisible();
  // Nothing was claimed meanwhile: it is still offered.
  await expect(option(/^Claim/)).toBeVisible();
  await mia.keyboard.type('switch single');
  await mia.keyboard.press('Enter');
  await expect(box).toBeHidden();
  await mia.locator('body').press('c');
  await expect(task).toContainText('Claimed by you');
});

test('each is offered what they may do: operators find executions and the console, clerks do not', async ({ as }) => {
  const customer = uniqueCustomer('Gate');
  const alice = await as('alice');
  await submitForReview(alice, customer);
  const omar = await as('omar');
  await visit(omar, '/admin/executions');
  const executions = omar.getByRole('region', { name: 'Executions' });
  // Beside the task that it waits for.
  await executions.getByRole('link', { name: new RegExp(`^INV-.*${customer}`) }).click();
  await expect(omar.getByRole('heading', { level: 1, name: customer })).toBeVisible();
  const executionId = new URL(omar.url()).pathname.split('/').at(-1) ?? '';
  const sought = executionId.slice(0, 18);

  await visit(omar, '/admin/members');
  const his = await openPalette(omar);
  await expect(his.option('Health')).toBeVisible();
  await omar.keyboard.type(sought);
  await expect(his.option(new RegExp(customer))).toBeVisible();
  await omar.keyboard.press('Enter');
  await expect(omar).toHaveURL(new RegExp(executionId));
  await openPalette(omar);
  await expectAccessible(omar, 'the palette in the console');

  await visit(alice, '/invoices');
  const hers = await openPalette(alice);
  await expect(hers.option('New invoice')).toBeVisible();
  await expect(hers.option('Health')).toBeHidden();
  await alice.keyboard.type(sought);
  await expect(hers.box.getByRole('status')).toContainText('Nothing fits.');
});

// Deciding a task: what is refused and why, two people at once, and everything by keyboard.
import { expect, type Locator, type Page, type Route } from 'playwright/test';
import { progressOf, submitInvoice, uniqueCustomer } from './support/invoices';
import { test, visit } from './support/journey';
import { tabTo } from './support/keyboard';
import { addressOfTask, pickTask, reviewForm, taskOf } from './support/tasks';

/** An invoice that a manager has to decide on, on the page of its requester. */
async function submitForReview(alice: Page, customer: string): Promise<void> {
  await submitInvoice(alice, { customer, priceEach: '1800' });
  await expect(progressOf(alice)).toContainText(['You submitted it', 'Waiting for a manager']);
}

test('rejecting needs a comment, keeps what was typed, and tells the requester why', async ({ as }) => {
  const customer = uniqueCustomer('Brightleaf');
  const alice = await as('alice');
  await submitForReview(alice, customer);

  const mia = await as('mia');
  const task = await pickTask(mia, customer);
  const { notes, comment, reject } = reviewForm(task);
  await notes.fill('Ordered 10, charged 12.');
  await reject.click();

  const why = 'Say why you reject, so that the next version can be right.';
  const summary = task.getByRole('group', { name: 'One answer needs a change before this can go' });
  await expect(summary.getByRole('link', { name: why })).toBeVisible();
  await expect(comment).toHaveAttribute('aria-invalid', 'true');
  await expect(comment).toHaveAccessibleDescription(new RegExp(why));
  await expect(comment).toBeFocused();
  await expect(notes).toHaveValue('Ordered 10, charged 12.');

  await notes.focus();
  await summary.getByRole('link', { name: why }).click();
  await expect(comment).toBeFocused();
  await comment.fill('Two boxes too many are charged.');
  await expect(summary).toBeHidden();
  await reject.click();

  await expect(progressOf(alice)).toContainText(['You submitted it', 'Mia rejected it', 'Booked as rejected']);
  await expect(alice.getByRole('main')).toContainText('Two boxes too many are charged.');
});

test('of two managers who decide at once one wins, and the other is told who and keeps what was typed', async ({
  as,
  colleague,
}) => {
  const customer = uniqueCustomer('Helios');
  await submitForReview(await as('alice'), customer);
  const [mia, mara] = [
    await as('mia'),
    await as(await colleague({ name: 'Mara Lindt', tenant: 'acme', roles: ['manager'] })),
  ];
  const address = await addressOfTask(mia, customer);
  const release = await holdDecisions([mia, mara], address);

  for (const page of [mia, mara]) await visit(page, address);
  await reviewForm(taskOf(mia, customer)).comment.fill('Mia says yes.');
  await reviewForm(taskOf(mara, customer)).comment.fill('Mara says no.');
  for (const page of [mia, mara]) await expect(taskOf(page, customer)).toContainText('Saved for you');
  await reviewForm(taskOf(mia, customer)).approve.click();
  await reviewForm(taskOf(mara, customer)).reject.click();
  await release();

  const decided = [
    { page: mia, name: 'Mia Rossi', note: 'You decided: approve', verb: 'approve', typed: 'Mia says yes.' },
    { page: mara, name: 'Mara Lindt', note: 'You decided: reject', verb: 'reject', typed: 'Mara says no.' },
  ];
  const shows = (page: Page, text: string) => taskOf(page, customer).getByText(text, { exact: true }).isVisible();
  await expect.poll(async () => Promise.all(decided.map(({ page, note }) => shows(page, note)))).toContain(true);
  const miaWon = await shows(mia, 'You decided: approve');
  const [winner, loser] = miaWon ? decided : decided.toReversed();
  const lost = taskOf(loser.page, customer);
  await expect(
    lost
      .getByRole('alert')
      .filter({ hasText: `${winner.name} decided: ${winner.verb}. What you typed is still below` }),
  ).toBeVisible();
  await expect(reviewForm(lost).comment).toHaveValue(loser.typed);
  await expect(reviewForm(lost).approve).toBeDisabled();
  await expect(reviewForm(lost).reject).toBeDisabled();
  await expect(taskOf(winner.page, customer)).toContainText(winner.typed);

  // It is still there for whoever comes back later, and for nobody else.
  await visit(loser.page, address);
  await expect(reviewForm(lost).comment).toHaveValue(loser.typed);
  await expect(reviewForm(lost).approve).toBeDisabled();
  await visit(winner.page, address);
  await expect(taskOf(winner.page, customer)).not.toContainText(loser.typed);
});

test('whoever decides while the workflow withdraws the task is told so and keeps what was typed', async ({ as }) => {
  const customer = uniqueCustomer('Helios');
  await submitForReview(await as('alice'), customer);
  const mia = await as('mia');
  const address = await addressOfTask(mia, customer);
  await visit(mia, address);
  const task = taskOf(mia, customer);
  const number = (await task.innerText()).match(/INV-\d+/)?.[0] ?? '';
  const release = await holdDecisions([mia], address);
  await reviewForm(task).comment.fill('Half of it was returned.');
  await expect(task).toContainText('Saved for you');
  await reviewForm(task).approve.click();

  const omar = await as('omar');
  await visit(omar, '/admin/executions');
  await omar.getByRole('link', { name: number }).first().click();
  const header = omar.getByRole('main').locator('header').first();
  await header.getByRole('button', { name: 'Cancel…' }).click();
  const dialog = omar.getByRole('dialog', { name: 'Cancel this execution' });
  await dialog.getByRole('textbox', { name: 'Why' }).fill('Sent twice by mistake.');
  await dialog.getByRole('button', { name: 'Cancel the execution' }).click();
  await expect(header).toContainText('Canceled');
  await release();

  const told = task.getByRole('alert').filter({
    hasText: 'The workflow no longer needs an answer. What you typed is still below',
  });
  await expect(told).toBeVisible();
  await expect(reviewForm(task).comment).toHaveValue('Half of it was returned.');
  await expect(reviewForm(task).approve).toBeDisabled();
  await visit(mia, address);
  await expect(told).toBeVisible();
  await expect(reviewForm(task).comment).toHaveValue('Half of it was returned.');
});

test('an answer of 5 MB is refused in words, and stays on the page', async ({ as }) => {
  const customer = uniqueCustomer('Folio');
  await submitForReview(await as('alice'), customer);
  const mia = await as('mia');
  await visit(mia, await addressOfTask(mia, customer));
  const task = taskOf(mia, customer);
  const form = reviewForm(task);
  // Pasted, as nobody types so much.
  await form.notes.evaluate((field: HTMLTextAreaElement) => {
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')?.set?.call(field, 'x'.repeat(5_000_000));
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
  await form.comment.fill('With the whole contract.');
  await form.approve.click();
  await expect(task.getByRole('group', { name: 'One answer needs a change before this can go' })).toBeVisible();
  await expect(task).toContainText('Not saved yet');
  expect(await form.notes.evaluate((field: HTMLTextAreaElement) => field.value.length)).toBe(5_000_000);
  await expect(form.comment).toHaveValue('With the whole contract.');
  await form.notes.fill('See the contract.');
  await form.approve.click();
  await expect(task).toContainText('You decided: approve');
});

test('a draft typed in one browser opens in another, and goes with the decision', async ({ as, colleague }) => {
  const customer = uniqueCustomer('Drava');
  await submitForReview(await as('alice'), customer);
  const here = await as('mia');
  const address = await addressOfTask(here, customer);
  await visit(here, address);
  await reviewForm(taskOf(here, customer)).comment.fill('Half a senten');
  await expect(taskOf(here, customer)).toContainText('Saved for you');

  const there = await as('mia');
  await visit(there, address);
  await expect(reviewForm(taskOf(there, customer)).comment).toHaveValue('Half a senten');
  await expect(taskOf(there, customer)).toContainText('Restored what you typed');

  const other = await as(await colleague({ name: 'Marek Novak', tenant: 'acme', roles: ['manager'] }));
  await visit(other, address);
  await expect(reviewForm(taskOf(other, customer)).comment).toHaveValue('');

  await reviewForm(taskOf(there, customer)).comment.fill('A whole sentence.');
  await reviewForm(taskOf(there, customer)).approve.click();
  await expect(taskOf(there, customer)).toContainText('You decided: approve');
  await expect(taskOf(there, customer)).toContainText('A whole sentence.');
});

test('a task is found, claimed and decided by keyboard alone', async ({ as, visitor }) => {
  const customer = uniqueCustomer('Tavolo');
  await submitForReview(await as('alice'), customer);
  const mia = await visitor();
  const { keyboard } = mia;
  await visit(mia, '/sign-in?next=/inbox');

  await tabTo(mia, mia.getByRole('button', { name: 'Mia Rossi' }));
  await keyboard.press('Enter');
  const list = mia.getByRole('region', { name: 'Tasks' });
  const current = list.locator('[aria-current="true"]');
  await expect(current).toHaveCount(1);
  const step = async (key: 'j' | 'k') => {
    // By address: two reviews of one invoice look alike.
    const before = (await current.getAttribute('href')) ?? '';
    await keyboard.press(key);
    await expect(current).not.toHaveAttribute('href', before);
  };
  await step('j');
  await step('k');
  // Down the list and up again: it grows and is put in order while somebody walks through it.
  const rows = list.getByRole('link');
  const isHere = async () => (await current.innerText()).includes(customer);
  const isAt = async (row: Locator) => (await row.getAttribute('aria-current')) === 'true';
  while (!(await isHere()) && !(await isAt(rows.last()))) await step('j');
  while (!(await isHere()) && !(await isAt(rows.first()))) await step('k');
  await expect(current).toContainText(customer);
  await keyboard.press('Enter');
  await expect(mia.getByRole('heading', { level: 1, name: customer })).toBeVisible();

  const task = taskOf(mia, customer);
  await keyboard.press('c');
  await expect(task).toContainText('Claimed by you');
  const { notes, comment } = reviewForm(task);
  await tabTo(mia, notes);
  await keyboard.type('Seen and tasted.');
  await keyboard.press('Tab');
  await expect(comment).toBeFocused();
  await keyboard.type('Bon appetit.');
  await keyboard.press('Control+Enter');
  await expect(task).toContainText('You decided: approve');
  await expect(task).toContainText('Bon appetit.');
});

/**
 * Holds what these pages send to the server from this address, so that none is ahead.
 * @returns lets everything go, once each of them has sent something.
 */
async function holdDecisions(pages: readonly Page[], address: string): Promise<() => Promise<void>> {
  const held: Route[] = [];
  for (const page of pages) {
    await page.route(`**${address}`, async (route) => {
      if (route.request().postData()?.includes('"outcome"')) held.push(route);
      else await route.fallback();
    });
  }
  return async () => {
    await expect.poll(() => held.length, 'decisions on their way').toBe(pages.length);
    await Promise.all(held.map((route) => route.continue()));
  };
}

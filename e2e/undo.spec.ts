// A claim is seen at once and given up again when somebody was quicker; and what was done is taken back for real.
import { expect, type Page, type Route } from 'playwright/test';
import { progressOf, submitInvoice, uniqueCustomer } from './support/invoices';
import { test, visit } from './support/journey';
import { addressOfTask, reviewForm, taskOf } from './support/tasks';

async function submitForReview(alice: Page, customer: string): Promise<void> {
  await submitInvoice(alice, { customer, priceEach: '1800' });
  await expect(progressOf(alice)).toContainText(['You submitted it', 'Waiting for a manager']);
}

/** Holds what the page asks of the server about one task, until it is let go. */
async function holdActs(page: Page, taskId: string): Promise<{ readonly letGo: () => Promise<void> }> {
  const held: Route[] = [];
  let isHolding = true;
  await page.route('**/*', async (route) => {
    const request = route.request();
    const isAct = request.method() === 'POST' && request.headers()['next-action'] !== undefined;
    if (isHolding && isAct && request.postData()?.includes(taskId)) held.push(route);
    else await route.fallback();
  });
  return {
    letGo: async () => {
      await expect.poll(() => held.length, 'an act on its way').toBeGreaterThan(0);
      isHolding = false;
      await Promise.all(held.map((route) => route.continue()));
    },
  };
}

const undoOf = (page: Page) => page.getByRole('button', { name: /^Undo/ });

test('a claim shows at once in the row and beside it, and goes back with the name of who was quicker', async ({
  as,
  colleague,
}) => {
  const customer = uniqueCustomer('Swift');
  await submitForReview(await as('alice'), customer);
  const mia = await as('mia');
  const address = await addressOfTask(mia, customer);
  const taskId = address.split('/').at(-1) ?? '';
  await visit(mia, `/inbox?q=${encodeURIComponent(customer)}`);
  const row = mia.getByRole('region', { name: 'Tasks' }).getByRole('link', { name: customer });
  const task = taskOf(mia, customer);
  await expect(reviewForm(task).claim).toBeVisible();

  // Nothing of it has reached the server: a colleague takes the task meanwhile.
  const { letGo } = await holdActs(mia, taskId);
  await mia.keyboard.press('c');
  await expect(row).toContainText('Yours');
  await expect(task).toContainText('Claimed by you');
  await expect(task.getByRole('button', { name: /^Release/ })).toBeVisible();
  const mara = await as(await colleague({ name: 'Mara Lindt', tenant: 'acme', roles: ['manager'] }));
  await visit(mara, address);
  await reviewForm(taskOf(mara, customer)).claim.click();
  // Undo is there at once, too: only what the server drew says that hers has reached it.
  await expect(taskOf(mara, customer).getByText('Activity 2', { exact: true })).toBeVisible();
  await letGo();

  await expect(mia.getByText(/Mara Lindt claimed it on/)).toBeVisible();
  await expect(task).not.toContainText('Claimed by you');
  await expect(task).toContainText('Claimed by Mara Lindt');
});

test('what was assigned is taken back, and both are in the activity', async ({ as, colleague }) => {
  const customer = uniqueCustomer('Astray');
  await submitForReview(await as('alice'), customer);
  const name = uniqueCustomer('Jana');
  await colleague({ name, tenant: 'acme', roles: ['manager'] });
  const mia = await as('mia');
  const address = await addressOfTask(mia, customer);
  const omar = await as('omar');
  await visit(omar, address);
  const task = taskOf(omar, customer);
  await omar.keyboard.press('a');
  const dialog = omar.getByRole('dialog', { name: 'Assign' });
  await dialog.getByRole('combobox').selectOption({ label: name });
  await dialog.getByRole('button', { name: 'Assign' }).click();
  await expect(task).toContainText(`Claimed by ${name}`);
  await undoOf(omar).focus();
  await omar.keyboard.press('Enter');
  await expect(omar.getByText(/: taken back$/)).toBeVisible();
  await expect(task).not.toContainText(`Claimed by ${name}`);
  await task.getByText(/^Activity/).click();
  await expect(task.getByText(`You assigned it to ${name}`)).toBeVisible();
  await expect(task.getByText('You took the assignment back')).toBeVisible();
  await visit(mia, address);
  await expect(reviewForm(taskOf(mia, customer)).claim).toBeVisible();
});

test('what somebody has acted on since is not taken back, and it is said who did', async ({ as, colleague }) => {
  const customer = uniqueCustomer('Late');
  await submitForReview(await as('alice'), customer);
  const mia = await as('mia');
  const address = await addressOfTask(mia, customer);
  await visit(mia, address);
  const task = taskOf(mia, customer);
  await mia.keyboard.press('c');
  await expect(undoOf(mia)).toBeVisible();
  await mia.keyboard.press('u');
  await expect(reviewForm(task).claim).toBeVisible();
  await expect(undoOf(mia)).toHaveCount(1);
  // It stays as long as the focus is on it.
  await undoOf(mia).focus();
  const mara = await as(await colleague({ name: 'Mara Lindt', tenant: 'acme', roles: ['manager'] }));
  await visit(mara, address);
  await reviewForm(taskOf(mara, customer)).claim.click();
  await expect(task).toContainText('Claimed by Mara Lindt');
  await mia.keyboard.press('Enter');
  await expect(mia.getByText(/Mara Lindt changed this task since: it cannot be taken back any more/)).toBeVisible();
  await expect(task).toContainText('Claimed by Mara Lindt');
});

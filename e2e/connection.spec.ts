// A connection that comes and goes: what is typed is kept, said to be kept, and saved; and no page is lost.
import { expect, type Page, type Request } from 'playwright/test';
import { progressOf, submitInvoice, uniqueCustomer } from './support/invoices';
import { test, visit } from './support/journey';
import { expectTouchable, phone } from './support/phone';
import { addressOfTask, reviewForm, taskOf } from './support/tasks';

async function submitForReview(alice: Page, customer: string): Promise<void> {
  await submitInvoice(alice, { customer, priceEach: '1800' });
  await expect(progressOf(alice)).toContainText(['You submitted it', 'Waiting for a manager']);
}

test('what is typed in a tunnel is kept, said to be kept, and saved behind it', async ({ as }) => {
  const customer = uniqueCustomer('Tunnel');
  await submitForReview(await as('alice'), customer);
  const desk = await as('mia');
  const address = await addressOfTask(desk, customer);
  const mia = await as('mia', phone);
  // As soon as it listens, the page reads itself again: a connection that is cut just then takes the page with it.
  const isReadAgain = (request: Request) => request.url().includes(`${address}?_rsc`);
  // What a page has read enough of, it may break off.
  const readAgain = Promise.race([
    mia.waitForEvent('requestfinished', isReadAgain),
    mia.waitForEvent('requestfailed', isReadAgain),
  ]);
  await visit(mia, address);
  await readAgain;
  const { comment, claim } = reviewForm(taskOf(mia, customer));
  const notice = mia.getByText('No connection.');
  await expect(comment).toBeEnabled();

  await mia.context().setOffline(true);
  await comment.fill('Typed in the dark.');
  await expect(notice).toBeVisible();
  await expectTouchable(mia, 'a task without a connection');
  // What needs the server says so, and the page stays.
  await claim.tap();
  await expect(mia.getByText('The server did not answer.')).toBeVisible();
  await expect(claim).toBeVisible();
  await expect(comment).toHaveValue('Typed in the dark.');
  await mia.context().setOffline(false);
  await expect(notice).toBeHidden();
  await expect(mia.getByText('Saved for you')).toBeVisible();
  await visit(desk, address);
  await expect(reviewForm(taskOf(desk, customer)).comment).toHaveValue('Typed in the dark.');

  // The phone put the page away meanwhile. Either the page saved what was typed with its last breath, or the next one
  // does.
  await mia.context().setOffline(true);
  await comment.fill('Typed in the next one.');
  await expect(notice).toBeVisible();
  await mia.goto('about:blank');
  await mia.context().setOffline(false);
  await visit(mia, address);
  await expect(comment).toHaveValue('Typed in the next one.');
  await expect(async () => {
    await visit(desk, address);
    await expect(reviewForm(taskOf(desk, customer)).comment).toHaveValue('Typed in the next one.', { timeout: 1000 });
  }).toPass({ timeout: 30_000 });
});

test('the console keeps its pages without a connection, and reads them again with one', async ({ as }) => {
  const customer = uniqueCustomer('Viaduct');
  await submitForReview(await as('alice'), customer);
  const mia = await as('mia');
  const address = await addressOfTask(mia, customer);

  // A page that reads itself again every few seconds: much later, it is the same page still.
  const watcher = await as('omar');
  await watcher.clock.install();
  await visit(watcher, '/admin/health');
  const open = watcher.getByText('Open tasks');
  await expect(open).toBeVisible();
  // Its device believes that it is connected, as in a tunnel.
  await watcher.context().route('**', (route) => route.abort('internetdisconnected'));
  const failed = watcher.waitForEvent('requestfailed');
  await watcher.clock.runFor('01:00');
  await failed;
  await expect(open).toBeVisible();
  await watcher.context().unroute('**');
  const readAgain = watcher.waitForResponse((answer) => answer.request().headers()['rsc'] !== undefined);
  await watcher.clock.runFor('01:00');
  await readAgain;
  await expect(open).toBeVisible();

  // A page that is read again when something happens, and when a dialog above it is closed.
  const omar = await as('omar');
  await visit(omar, '/admin/executions');
  await omar.getByRole('region', { name: 'Executions' }).getByRole('link', { name: customer }).first().click();
  const header = omar.getByRole('main').locator('header').first();
  await expect(header).toContainText('Waiting for a person');
  await omar.context().setOffline(true);
  await header.getByRole('button', { name: 'Pause' }).click();
  await expect(header.getByText('The server did not answer.')).toBeVisible();
  await header.getByRole('button', { name: 'Cancel…' }).click();
  await omar.getByRole('dialog').getByRole('button', { name: 'Never mind' }).click();
  await expect(omar.getByRole('dialog')).toBeHidden();
  await visit(mia, address);
  await reviewForm(taskOf(mia, customer)).approve.click();
  await expect(taskOf(mia, customer)).toContainText('You decided: approve');
  await expect(header).toContainText('Waiting for a person');
  await omar.context().setOffline(false);
  await expect(header).toContainText('Completed');
});

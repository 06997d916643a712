// A chain of runs in the console: an earlier one leads to the current one, and what is decided about it is told to that.
import { expect, type Page } from 'playwright/test';
import { expectAccessible } from './support/accessible';
import { progressOf, submitInvoice, uniqueCustomer } from './support/invoices';
import { test, visit } from './support/journey';

/** The executions that review invoices of these customers. */
async function submitAll(alice: Page, invoices: readonly (readonly [customer: string, priceEach: string])[]) {
  for (const [customer, priceEach] of invoices) {
    await submitInvoice(alice, { customer, priceEach });
    await expect(progressOf(alice)).toContainText(['You submitted it', /Approved|Waiting for a manager/]);
  }
}

test('an earlier run says that it went on, links to the current one, and decisions on it reach that one', async ({
  as,
  database: { sql },
}) => {
  const first = uniqueCustomer('Chain one');
  const second = uniqueCustomer('Chain two');
  const third = uniqueCustomer('Chain three');
  const alice = await as('alice');
  await submitAll(alice, [
    [first, '40'],
    [second, '50'],
    [third, '1800'],
  ]);
  // As if each had continued as the next: no workflow that ships with the product goes on like that.
  const runs: string[] = [];
  for (const customer of [first, second, third]) {
    const found = async () =>
      sql<{ execution_id: string }[]>`
        SELECT e.execution_id FROM workflow_executions e JOIN invoices i ON e.subject LIKE '%' || i.customer || '%'
        WHERE i.customer = ${customer}`;
    await expect.poll(async () => (await found()).length, { message: `the execution of ${customer}` }).toBe(1);
    runs.push((await found())[0]?.execution_id ?? '');
  }
  for (const [at, next] of runs.slice(1).entries()) {
    await sql`
      UPDATE workflow_executions SET status = 'continued_as_new', continued_to = ${next}
      WHERE execution_id = ${runs[at] ?? ''}`;
    await sql`UPDATE workflow_executions SET continued_from = ${runs[at] ?? ''} WHERE execution_id = ${next}`;
  }

  const omar = await as('omar');
  await visit(omar, `/admin/executions/${runs[0]}`);
  const main = omar.getByRole('main');
  const header = main.locator('header').first();
  const note = main.getByText('It went on as a new run.').locator('..');
  await expect(header).toContainText('Continued as new');
  await expect(note).toContainText('Waiting');
  await expect(note).toContainText('What is decided here is told to the current run.');
  await expect(main.getByRole('region', { name: 'Related' })).toContainText(/Next run.*Current run/);
  await expectAccessible(omar, 'an earlier run');

  await header.getByRole('button', { name: 'Pause' }).click();
  await expect(omar.getByText('The current run is held')).toBeVisible();
  await expect(note).toContainText('Paused');
  await note.getByRole('link', { name: /^current run/ }).click();
  await expect(omar).toHaveURL(new RegExp(runs[2] ?? ''));
  await expect(header).toContainText('Paused');
  await expect(main.getByRole('heading', { level: 1, name: third })).toBeVisible();
  await expect(main.getByText('It went on as a new run.')).toHaveCount(0);

  await visit(omar, `/admin/executions/${runs[1]}`);
  await header.getByRole('button', { name: 'Resume' }).click();
  await expect(note).toContainText('Waiting');
  await header.getByRole('button', { name: 'Terminate…' }).click();
  const dialog = omar.getByRole('dialog', { name: 'Terminate this execution' });
  await dialog.getByRole('textbox', { name: 'Why' }).fill('All of it was a mistake.');
  await dialog.getByRole('button', { name: 'Terminate' }).click();
  await expect(note).toContainText('Terminated');
  await expect(header.getByRole('button', { name: /Pause|Cancel|Terminate/ })).toHaveCount(0);
});

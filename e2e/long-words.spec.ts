// Words without an end: links, part numbers, names. Wherever people write them, no page becomes wider than the screen.
import { expect, type Page } from 'playwright/test';
import { foundTenantWithForm, publishDeliveryForm } from './support/deliveryForm';
import { progressOf, submitInvoice, uniqueCustomer } from './support/invoices';
import { test, visit } from './support/journey';
import { addressOfTask, taskOf } from './support/tasks';

const word = 'w'.repeat(400);
const widths = [390, 1440];

/** Pixels that the page, and the pane beside the list, are wider than they are shown. */
const sideways = (page: Page) =>
  page.evaluate(() => {
    const pane = document.querySelector('.detail');
    const root = document.documentElement;
    return Math.max(root.scrollWidth - innerWidth, pane === null ? 0 : pane.scrollWidth - pane.clientWidth);
  });

async function expectNoWider(page: Page, what: string): Promise<void> {
  const before = page.viewportSize();
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    await expect
      .poll(() => sideways(page), { message: `${what} at ${width} pixels is wider than the screen by` })
      .toBeLessThanOrEqual(0);
  }
  if (before !== null) await page.setViewportSize(before);
}

test('a word of 400 letters makes no page wider than the screen, wherever it is written', async ({ as }) => {
  test.slow();
  const customer = uniqueCustomer('Endless');
  const [alice, mia] = [await as('alice'), await as('mia')];
  await submitInvoice(alice, { customer, priceEach: '1800', item: 'i'.repeat(150), note: word });
  await expect(progressOf(alice)).toContainText(['You submitted it', 'Waiting for a manager']);
  await expectNoWider(alice, 'an invoice with a long note and a long item');

  const address = await addressOfTask(mia, customer);
  await visit(mia, address);
  const task = taskOf(mia, customer);
  await task.getByText(/^Activity/).click();
  await task.getByRole('textbox', { name: 'Add a comment' }).fill(word);
  await task.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(task.locator('.acts-l .said')).toHaveText(word);
  await expectNoWider(mia, 'a task with a long comment');

  await mia.keyboard.press('Escape');
  await task.getByRole('button', { name: /^Claim/ }).click();
  await expect(task).toContainText('Claimed by you');
  await mia.getByText('More', { exact: true }).click();
  await mia.getByRole('button', { name: 'Ask a question…' }).click();
  const ask = mia.getByRole('dialog');
  await ask.getByRole('combobox').selectOption({ label: 'Alice Chen' });
  await ask.getByRole('textbox').fill(word);
  await ask.getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(ask).toBeHidden();
  await expect(task.getByRole('region', { name: 'Open question' })).toContainText(word);
  await expectNoWider(mia, 'a task with a long question');
  await visit(alice, address);
  await expectNoWider(alice, 'a long question for its reader');
  await visit(alice, `/inbox?q=${encodeURIComponent(customer)}`);
  await expect(alice.getByRole('region', { name: 'Tasks' }).getByRole('link', { name: customer })).toContainText(
    'Mia asks you',
  );
  await expectNoWider(alice, 'the inbox of whoever is asked');

  await mia.getByText('More', { exact: true }).click();
  await mia.getByRole('button', { name: 'Plan…' }).click();
  const plan = mia.getByRole('dialog', { name: 'Plan' });
  for (const wrong of ['9999-12-31T23:59', '0001-01-01T00:00']) {
    await plan.getByLabel('Due').fill(wrong);
    await plan.getByRole('button', { name: 'Save' }).click();
    await expect(plan.getByText('Give a date in the years 2000 to 2999, or none.')).toBeVisible();
    await expect(plan.getByLabel('Due')).toBeFocused();
  }
  await mia.keyboard.press('Escape');
  await expect(plan).toBeHidden();

  await mia.getByText('More', { exact: true }).click();
  await mia.getByRole('button', { name: /^Decline/ }).click();
  const decline = mia.getByRole('dialog');
  await decline.getByRole('textbox').fill(word);
  await decline.getByRole('button', { name: 'Decline' }).click();
  await expect(task).toContainText('You declined it');
  await expectNoWider(mia, 'a task with a long reason');

  await visit(mia, `/inbox?q=${'y'.repeat(190)}`);
  await expect(mia.locator('.none', { hasText: 'Words are found by how they begin.' })).toBeVisible();
  await expectNoWider(mia, 'a search for a long word');
});

test('nor do long words of a form, or a long title', async ({ as, colleague, database }) => {
  const tenant = await foundTenantWithForm(database);
  const title = 'l'.repeat(400);
  await publishDeliveryForm(database, {
    tenant,
    version: 2,
    jsonSchema: {
      type: 'object',
      properties: {
        told: { type: 'string', title, readOnly: true, default: word },
        one: { type: 'string', title: 'One', enum: ['a', 'b'].map((letter) => letter.repeat(400)) },
        select: { type: 'string', title, enum: Array.from({ length: 12 }, (_, at) => `${at}`.repeat(200)) },
        many: { type: 'array', title: 'Many', uniqueItems: true, items: { type: 'string', enum: [word, title] } },
        isSo: { type: 'boolean', title },
        comment: { type: 'string', title: 'Comment', description: word },
      },
      'x-outcomes': [
        { value: 'approve', title: 'a'.repeat(100), tone: 'primary' },
        { value: 'reject', title: 'Reject', tone: 'danger' },
      ],
    },
  });
  const ada = await as(await colleague({ name: 'Ada Stein', tenant, roles: ['requester'] }));
  const customer = uniqueCustomer('Lengthy');
  await submitInvoice(ada, { customer, priceEach: '1800' });
  await expect(progressOf(ada)).toContainText(['You submitted it', 'Waiting for a manager']);
  await database.sql`UPDATE workflow_tasks SET title = ${word} WHERE tenant_id = ${tenant}`;
  const nora = await as(await colleague({ name: 'Nora Berg', tenant, roles: ['manager'] }));
  const address = await addressOfTask(nora, word);
  await expectNoWider(nora, 'the inbox with a long title and a long form');
  await visit(nora, address);
  await expect(nora.getByRole('button', { name: /^Reject/ })).toBeInViewport({ ratio: 1 });
  await expectNoWider(nora, 'a task with a long title and a long form');
});

// Two people on one task: somebody has typed an answer and sends it, and somebody else was quicker with whatever may be
// done to a task. What was typed stays in the field, and who did what is said.
import { expect, type Locator, type Page, type Route } from 'playwright/test';
import { foundBookingTenant } from './support/bookingTenant';
import { progressOf, submitInvoice, uniqueCustomer } from './support/invoices';
import { test, visit } from './support/journey';
import { addressOfTask, reviewForm, taskOf } from './support/tasks';

/**
 * Holds the answer that the page sends next, until the other deed is done.
 * @returns lets it go, and waits until the page knows that the server has said no.
 */
async function holdAnswer(page: Page, address: string): Promise<() => Promise<void>> {
  const held: Route[] = [];
  const hold = async (route: Route) => {
    if (route.request().postData()?.includes('"outcome"')) held.push(route);
    else await route.fallback();
  };
  await page.route(`**${address}`, hold);
  return async () => {
    await expect.poll(() => held.length, 'answers on their way').toBe(1);
    await held[0]?.continue();
    await expect(page.getByRole('heading', { name: 'This was not sent' })).toBeVisible();
    await page.unroute(`**${address}`, hold);
  };
}

async function choose(page: Page, act: string): Promise<void> {
  await page.getByText('More', { exact: true }).click();
  await page.getByRole('button', { name: act }).click();
}

/** Fills the dialog of an act and sends it. */
async function fill(page: Page, title: string, { who, words }: { readonly who?: string; readonly words?: string }) {
  const dialog = page.getByRole('dialog', { name: title });
  if (who !== undefined) await dialog.getByRole('combobox').selectOption({ label: who });
  if (words !== undefined) await dialog.getByRole('textbox').fill(words);
  await dialog.getByRole('button', { name: title }).click();
  await expect(dialog).toBeHidden();
}

/** Told that it is over for them, and by whose deed; with what they typed, which cannot be sent any more. */
async function expectLost(task: Locator, { told, typed }: { readonly told: string; readonly typed: string }) {
  const note = task.getByRole('alert').filter({ hasText: `${told}. What you typed is still below` });
  await expect(note).toBeVisible();
  await expect(reviewForm(task).comment).toHaveValue(typed);
  await expect(reviewForm(task).approve).toBeDisabled();
}

test('whoever answers while somebody else does something to the task keeps what they typed, and is told who did what', async ({
  as,
  colleague,
  database,
}) => {
  // Every deed on one task after the other, each with its way back.
  test.slow();
  const tenant = await foundBookingTenant(database);
  const person = (name: string, ...roles: string[]) => colleague({ name, tenant, roles });
  const customer = uniqueCustomer('Pavo');
  const max = await as(await person('Max Roth', 'manager'));
  const mara = await as(await person('Mara Lindt', 'manager'));
  const olga = await as(await person('Olga Stein', 'administrator'));
  await person('Jana Wolf', 'finance');
  const rosa = await as(await person('Rosa Diaz', 'requester'));
  await submitInvoice(rosa, { customer, priceEach: '1800' });
  await expect(progressOf(rosa)).toContainText(['You submitted it', 'Waiting for a manager']);

  const address = await addressOfTask(mara, customer);
  for (const page of [max, mara, olga]) await visit(page, address);
  const hers = taskOf(mara, customer);
  const { comment, approve } = reviewForm(hers);

  /** What the others do while the answer of Mara is on its way, what she is told, and how the task is free again. */
  const pairs: readonly {
    readonly typed: string;
    readonly deed: () => Promise<void>;
    readonly told: string;
    readonly back: () => Promise<void>;
  }[] = [
    {
      typed: 'While it is claimed.',
      deed: () =>
        taskOf(max, customer)
          .getByRole('button', { name: /^Claim/ })
          .click(),
      told: 'Max Roth claimed it',
      // Given back by who has it: nobody loses, and what was typed can be sent again.
      back: () =>
        taskOf(max, customer)
          .getByRole('button', { name: /^Release/ })
          .click(),
    },
    {
      typed: 'While it is assigned.',
      deed: async () => {
        await choose(olga, 'Assign…');
        await fill(olga, 'Assign', { who: 'Max Roth' });
      },
      told: 'Olga Stein assigned it to Max Roth',
      back: () =>
        taskOf(max, customer)
          .getByRole('button', { name: /^Release/ })
          .click(),
    },
    {
      typed: 'While it is delegated.',
      deed: async () => {
        await taskOf(max, customer)
          .getByRole('button', { name: /^Claim/ })
          .click();
        await choose(max, 'Delegate…');
        await fill(max, 'Delegate', { who: 'Jana Wolf', words: 'Is the price right?' });
      },
      told: 'Max Roth asked for the help of Jana Wolf',
      back: async () => {
        await choose(max, 'Take it back…');
        await fill(max, 'Take back', {});
        await taskOf(max, customer)
          .getByRole('button', { name: /^Release/ })
          .click();
      },
    },
    {
      typed: 'While it is forwarded.',
      deed: async () => {
        await taskOf(max, customer)
          .getByRole('button', { name: /^Claim/ })
          .click();
        await choose(max, 'Forward…');
        await fill(max, 'Forward', { who: 'Jana Wolf', words: 'The rest is yours.' });
      },
      told: 'Max Roth handed it on to Jana Wolf',
      back: async () => {
        await choose(olga, 'Assign…');
        await fill(olga, 'Assign', { who: 'Max Roth' });
        await taskOf(max, customer)
          .getByRole('button', { name: /^Release/ })
          .click();
      },
    },
  ];
  for (const { typed, deed, told, back } of pairs) {
    await comment.fill(typed);
    await expect(hers).toContainText('Saved for you');
    const letGo = await holdAnswer(mara, address);
    await approve.click();
    await deed();
    await letGo();
    await expectLost(hers, { told, typed });
    await back();
    await expect(approve, 'free again').toBeEnabled();
    await expect(comment).toHaveValue(typed);
  }

  const typed = 'While it is declined.';
  await comment.fill(typed);
  await expect(hers).toContainText('Saved for you');
  const letGo = await holdAnswer(mara, address);
  await approve.click();
  await choose(max, 'Decline…');
  await fill(max, 'Decline', { words: 'The supplier withdrew it.' });
  await letGo();
  await expectLost(hers, { told: 'Max Roth declined it', typed });
  await visit(mara, address);
  await expectLost(hers, { told: 'Max Roth declined it', typed });
});

test('whoever answers while the time of the task runs out keeps what they typed', async ({
  as,
  colleague,
  database,
}) => {
  const tenant = await foundBookingTenant(database);
  const person = (name: string, role: string) => colleague({ name, tenant, roles: [role] });
  const rosa = await as(await person('Rosa Diaz', 'requester'));
  const mara = await as(await person('Mara Lindt', 'manager'));
  const customer = uniqueCustomer('Pavo');
  await submitInvoice(rosa, { customer, priceEach: '1800' });
  await expect(progressOf(rosa)).toContainText(['You submitted it', 'Waiting for a manager']);
  const address = await addressOfTask(mara, customer);
  await visit(mara, address);
  const task = taskOf(mara, customer);
  await reviewForm(task).comment.fill('While the time runs out.');
  await expect(task).toContainText('Saved for you');
  const letGo = await holdAnswer(mara, address);
  await reviewForm(task).approve.click();
  // The three days are over sooner here.
  await database.sql`
    UPDATE workflow_timers SET fire_at = now() WHERE execution_id = (
      SELECT execution_id FROM workflow_tasks WHERE task_id = ${address.replace('/tasks/', '')})`;
  await expect
    .poll(async () => {
      const [row] = await database.sql`
        SELECT status FROM workflow_tasks WHERE task_id = ${address.replace('/tasks/', '')}`;
      return row?.status as unknown;
    })
    .toBe('expired');
  await letGo();
  await expectLost(task, { told: 'Nobody decided in time', typed: 'While the time runs out.' });
});

// Work on a task before its answer: lent, asked about, commented on, handed on, assigned, declined.
import { expect, type Page } from 'playwright/test';
import { progressOf, submitInvoice, uniqueCustomer } from './support/invoices';
import { test, visit } from './support/journey';
import { addressOfTask, reviewForm, taskOf } from './support/tasks';

async function submitForReview(alice: Page, customer: string): Promise<void> {
  await submitInvoice(alice, { customer, priceEach: '1800' });
  await expect(progressOf(alice)).toContainText(['You submitted it', 'Waiting for a manager']);
}

/** Fills the dialog that an act opens, and sends it. */
async function fillAct(
  page: Page,
  title: string,
  { who, words, verb = title }: { readonly who?: string; readonly words?: string; readonly verb?: string },
) {
  const dialog = page.getByRole('dialog', { name: title });
  if (who !== undefined) await dialog.getByRole('combobox').selectOption({ label: who });
  if (words !== undefined) await dialog.getByRole('textbox').fill(words);
  await dialog.getByRole('button', { name: verb }).click();
  await expect(dialog).toBeHidden();
}

test('a task is lent and given back, asked about and answered, and its story can be read', async ({
  as,
  colleague,
}) => {
  const customer = uniqueCustomer('Lumen');
  await submitForReview(await as('alice'), customer);
  const mia = await as('mia');
  const helper = uniqueCustomer('Finn');
  const finn = await as(await colleague({ name: helper, tenant: 'acme', roles: [] }));
  const address = await addressOfTask(mia, customer);
  await visit(mia, address);
  const task = taskOf(mia, customer);
  await reviewForm(task).claim.click();
  await expect(task).toContainText('Claimed by you');

  // By keyboard: D opens the dialog, and a person has to be chosen.
  await mia.keyboard.press('d');
  const dialog = mia.getByRole('dialog', { name: 'Delegate' });
  await dialog.getByRole('button', { name: 'Delegate' }).click();
  await expect(dialog.getByRole('combobox')).toBeFocused();
  await expect(dialog).toContainText('Choose somebody.');
  await fillAct(mia, 'Delegate', { who: helper, words: 'Is the price the agreed one?' });
  await expect(task).toContainText(`${helper} works on it for Mia Rossi.`);
  await expect(reviewForm(task).approve).toBeHidden();

  await visit(finn, '/inbox');
  await finn.getByRole('link', { name: customer }).click();
  const lent = taskOf(finn, customer);
  await expect(lent).toContainText('Mia Rossi decides this and asked for your help.');
  await expect(reviewForm(lent).approve).toBeHidden();
  await lent.getByText('More', { exact: true }).click();
  await lent.getByRole('button', { name: 'Give it back to Mia Rossi…' }).click();
  await fillAct(finn, 'Give back', { words: 'It is, see the contract.' });

  await expect(reviewForm(task).approve).toBeEnabled();
  await task.getByText('More', { exact: true }).click();
  await task.getByRole('button', { name: 'Ask a question…' }).click();
  await fillAct(mia, 'Ask a question', { who: 'Alice Chen', words: 'Which project is it for?', verb: 'Ask' });
  const question = task.getByRole('region', { name: 'Open question' });
  await expect(question).toContainText('Which project is it for?');

  const alice = await as('alice');
  await visit(alice, address);
  const asked = taskOf(alice, customer);
  await asked.getByRole('textbox', { name: 'Your answer' }).fill('The west wing.');
  await asked.getByRole('button', { name: 'Answer' }).click();
  await expect(question).toBeHidden();

  await mia.locator('body').press('m');
  await task.getByRole('textbox', { name: 'Add a comment' }).fill('All clear now.');
  await task.getByRole('button', { name: 'Add', exact: true }).click();
  const story = task.getByRole('listitem');
  for (const line of [
    `You asked for the help of ${helper}`,
    'It is, see the contract.',
    'You asked Alice Chen',
    'The west wing.',
    'All clear now.',
  ]) {
    await expect(story.filter({ hasText: line })).toBeVisible();
  }
  await reviewForm(task).approve.click();
  await expect(task).toContainText('You decided: approve');
});

test('an administrator gives a task to somebody, who hands it on, and who has it declines it with a reason', async ({
  as,
  colleague,
}) => {
  const customer = uniqueCustomer('Nimbus');
  const alice = await as('alice');
  await submitForReview(alice, customer);
  const mia = await as('mia');
  const address = await addressOfTask(mia, customer);
  const omar = await as('omar');
  const name = uniqueCustomer('Jana');
  const person = await colleague({ name, tenant: 'acme', roles: [] });
  await visit(omar, address);
  await omar.keyboard.press('a');
  await fillAct(omar, 'Assign', { who: name });
  await expect(taskOf(omar, customer)).toContainText(`${name} is on it.`);

  const jana = await as(person);
  await visit(jana, address);
  const task = taskOf(jana, customer);
  await task.getByText('More', { exact: true }).click();
  await task.getByRole('button', { name: 'Forward…' }).click();
  await fillAct(jana, 'Forward', { who: 'Mia Rossi', words: 'Not my area.' });

  await visit(mia, address);
  const hers = taskOf(mia, customer);
  await hers.getByText('More', { exact: true }).click();
  await hers.getByRole('button', { name: 'Decline…' }).click();
  await fillAct(mia, 'Decline', { words: 'The supplier withdrew it.' });
  await expect(hers).toContainText('You declined it');

  // Declined by the manager, it is asked of an administrator.
  await visit(omar, '/inbox');
  await expect(omar.getByRole('link', { name: customer })).toBeVisible();
});

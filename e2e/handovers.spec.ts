// All that can be done with a task, by several people, by keyboard where there is a key; and its story in words.
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

/** Opens an act of the menu beside the title. */
async function choose(page: Page, act: string): Promise<void> {
  await page.getByText('More', { exact: true }).click();
  await page.getByRole('button', { name: act }).click();
}

/** The lines of the activity, without what people wrote and when. */
async function storyOf(page: Page, customer: string): Promise<readonly string[]> {
  const task = taskOf(page, customer);
  const activity = task.locator('details', { hasText: 'Activity' }).first();
  if ((await activity.getAttribute('open')) === null) await activity.getByText(/^Activity/).click();
  return activity.locator('li > div > span').allInnerTexts();
}

test('every act on a task works for those who may, and the activity tells each in words', async ({ as, colleague }) => {
  test.slow();
  const customer = uniqueCustomer('Lumen');
  const alice = await as('alice');
  await submitForReview(alice, customer);
  const [mia, omar] = [await as('mia'), await as('omar')];
  const [finnName, janaName] = [uniqueCustomer('Finn'), uniqueCustomer('Jana')];
  const finn = await as(await colleague({ name: finnName, tenant: 'acme', roles: [] }));
  const jana = await as(await colleague({ name: janaName, tenant: 'acme', roles: [] }));
  const address = await addressOfTask(mia, customer);
  await visit(mia, address);
  const task = taskOf(mia, customer);
  const free = task.getByRole('button', { name: /^Claim/ });

  // Taken and given back, by keyboard.
  await mia.keyboard.press('c');
  await expect(task).toContainText('Claimed by you');
  await mia.keyboard.press('u');
  await expect(free).toBeVisible();

  // An administrator gives it to somebody, and then to somebody else.
  await visit(omar, address);
  await omar.keyboard.press('a');
  await fillAct(omar, 'Assign', { who: janaName });
  await expect(taskOf(omar, customer)).toContainText(`${janaName} is on it.`);
  await omar.keyboard.press('a');
  await fillAct(omar, 'Assign', { who: 'Mia Rossi', words: 'Jana is away.' });
  await expect(taskOf(omar, customer)).toContainText('Mia Rossi is on it.');
  await expect(task).toContainText('Claimed by you');

  // Planned: the priority, and when she looks at it again.
  await choose(mia, 'Plan…');
  const plan = mia.getByRole('dialog', { name: 'Plan' });
  await plan.getByRole('combobox', { name: 'Priority' }).selectOption('High');
  await plan.getByLabel('Follow up').fill('2030-01-07T09:30');
  await plan.getByRole('button', { name: 'Save' }).click();
  await expect(plan).toBeHidden();
  await expect(task).toContainText('Follow up 7 January 2030');
  await expect(task).toContainText('High');

  // Lent, by keyboard: a person has to be chosen.
  await mia.keyboard.press('d');
  const dialog = mia.getByRole('dialog', { name: 'Delegate' });
  await dialog.getByRole('button', { name: 'Delegate' }).click();
  await expect(dialog.getByRole('combobox')).toBeFocused();
  await expect(dialog).toContainText('Choose somebody.');
  await fillAct(mia, 'Delegate', { who: finnName, words: 'Is the price the agreed one?' });
  await expect(task).toContainText(`${finnName} works on it for Mia Rossi.`);
  await expect(reviewForm(task).approve).toBeHidden();
  await visit(finn, '/inbox');
  await finn.getByRole('link', { name: customer }).click();
  const lent = taskOf(finn, customer);
  await expect(lent).toContainText('Mia Rossi decides this and asked for your help.');
  await expect(reviewForm(lent).approve).toBeHidden();
  await choose(finn, 'Give it back to Mia Rossi…');
  await fillAct(finn, 'Give back', { words: 'It is, see the contract.' });
  await expect(reviewForm(task).approve).toBeEnabled();

  // Asked, taken back, asked again and answered.
  const question = task.getByRole('region', { name: 'Open question' });
  await choose(mia, 'Ask a question…');
  await fillAct(mia, 'Ask a question', { who: finnName, words: 'Which contract?', verb: 'Ask' });
  await question.getByRole('button', { name: 'Take the question back' }).click();
  await expect(question).toBeHidden();
  await choose(mia, 'Ask a question…');
  await fillAct(mia, 'Ask a question', { who: 'Alice Chen', words: 'Which project is it for?', verb: 'Ask' });
  await expect(question).toContainText('Which project is it for?');
  await visit(alice, address);
  const asked = taskOf(alice, customer);
  await asked.getByRole('textbox', { name: 'Your answer' }).fill('The west wing.');
  await asked.getByRole('button', { name: 'Answer' }).click();
  await expect(question).toBeHidden();

  // A comment, by keyboard.
  await mia.locator('body').press('m');
  await expect(task.getByRole('textbox', { name: 'Add a comment' })).toBeFocused();
  await mia.keyboard.type('All clear now.');
  await mia.keyboard.press('Control+Enter');
  await expect(task.getByRole('listitem').filter({ hasText: 'All clear now.' })).toBeVisible();

  // Handed on for good, and answered by keyboard.
  await choose(mia, 'Forward…');
  await fillAct(mia, 'Forward', { who: janaName, words: 'The rest is yours.' });
  await expect(task).toContainText(`${janaName} is on it.`);
  await visit(jana, address);
  const hers = taskOf(jana, customer);
  await reviewForm(hers).comment.fill('Right as it is.');
  await jana.keyboard.press('Control+Enter');
  await expect(hers).toContainText('You decided: approve');
  await expect(task).toContainText(`${janaName} decided: approve`);

  await expect
    .poll(() => storyOf(mia, customer))
    .toEqual([
      'The workflow asked for this',
      'You claimed it',
      'You gave it back',
      `Omar Haddad assigned it to ${janaName}`,
      'Omar Haddad assigned it to you',
      'You set the priority to high and set the follow-up to 7 Jan 2030, 09:30 UTC',
      `You asked for the help of ${finnName}`,
      `${finnName} gave it back`,
      `You asked ${finnName}`,
      'You took the question back',
      'You asked Alice Chen',
      'Alice Chen answered',
      'You commented',
      `You handed it on to ${janaName}`,
      `${janaName} decided: Approve`,
    ]);
  const written = task.locator('.said');
  await expect(written).toHaveText([
    'Jana is away.',
    'Is the price the agreed one?',
    'It is, see the contract.',
    'Which contract?',
    'Which project is it for?',
    'The west wing.',
    'All clear now.',
    'The rest is yours.',
  ]);
});

test('a task that should not be done is declined with a reason, and goes on to an administrator', async ({ as }) => {
  const customer = uniqueCustomer('Nimbus');
  await submitForReview(await as('alice'), customer);
  const mia = await as('mia');
  await visit(mia, await addressOfTask(mia, customer));
  const task = taskOf(mia, customer);
  await choose(mia, 'Decline…');
  const dialog = mia.getByRole('dialog', { name: 'Decline' });
  await dialog.getByRole('button', { name: 'Decline' }).click();
  await expect(dialog.getByRole('textbox')).toBeFocused();
  await fillAct(mia, 'Decline', { words: 'The supplier withdrew it.' });
  await expect(task).toContainText('You declined it');
  expect(await storyOf(mia, customer)).toEqual(['The workflow asked for this', 'You declined it']);
  await expect(task.locator('.said')).toHaveText('The supplier withdrew it.');

  // Declined by the manager, it is asked of an administrator.
  const omar = await as('omar');
  await visit(omar, '/inbox');
  await expect(omar.getByRole('link', { name: customer })).toBeVisible();
});

// Deciding one task after the other: each begins at its top, its buttons are free at once, and the focus is at its title.
import { expect, type Locator, type Page } from 'playwright/test';
import { progressOf, submitInvoice, uniqueCustomer } from './support/invoices';
import { test, visit } from './support/journey';
import { phone } from './support/phone';
import { reviewForm, taskOf } from './support/tasks';

/** Long enough to be scrolled. */
const note = 'Delivered in parts, as agreed on the phone.\n'.repeat(14);

async function submitMany(alice: Page, customer: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await submitInvoice(alice, { customer: `${customer} ${name}`, priceEach: '1800', note });
    await expect(progressOf(alice)).toContainText(['You submitted it', 'Waiting for a manager']);
  }
}

/** Nothing lies over the middle of it. */
async function expectFree(button: Locator): Promise<void> {
  const isOnTop = () =>
    button.evaluate((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
    });
  await expect.poll(isOnTop, { message: 'the button is not covered' }).toBe(true);
}

/** Null while there is no notice, or nothing to answer. */
const isNoticeAboveBar = (page: Page) =>
  page.evaluate(() => {
    const notice = document.querySelector('.toast')?.getBoundingClientRect();
    const bar = document.querySelector('[aria-label="Answer"]')?.getBoundingClientRect();
    return notice && bar ? notice.bottom <= bar.top : null;
  });

const scrolledBy = (page: Page) =>
  page.evaluate(() => Math.max(scrollY, document.querySelector('.detail')?.scrollTop ?? 0));
const focusedText = (page: Page) => page.evaluate(() => document.activeElement?.textContent);

test('the notice of a decision leaves the buttons of the next task free, which begins at its top', async ({ as }) => {
  const customer = uniqueCustomer('Sequel');
  await submitMany(await as('alice'), customer, ['One', 'Two', 'Three', 'Four']);
  const mia = await as('mia');
  await visit(mia, `/inbox?q=${encodeURIComponent(customer)}`);
  const rows = mia.getByRole('region', { name: 'Tasks' }).getByRole('link');
  await expect(rows).toHaveCount(4);
  await rows.first().click();
  const shown = () => mia.getByRole('article');
  const title = () => shown().getByRole('heading').first().innerText();
  const isAnother = async (before: string) => {
    await expect.poll(title, { message: 'another task is shown' }).not.toBe(before);
    await expect.poll(() => scrolledBy(mia), { message: 'it begins at its top' }).toBe(0);
  };
  const scrollDown = async () => {
    await reviewForm(shown()).comment.scrollIntoViewIfNeeded();
    await mia.evaluate(() => document.querySelector('.detail')?.scrollTo({ top: 400 }));
    await expect.poll(() => scrolledBy(mia)).toBeGreaterThan(100);
  };

  // By its key, and by its row.
  await expect(reviewForm(shown()).approve).toBeVisible();
  await scrollDown();
  let before = await title();
  await mia.keyboard.press('j');
  await isAnother(before);
  await scrollDown();
  before = await title();
  await rows.first().click();
  await isAnother(before);

  // Decided with the pointer, which stays where it is: the next answer is given by pressing there again.
  await scrollDown();
  before = await title();
  await reviewForm(shown()).approve.click();
  await expect.poll(() => isNoticeAboveBar(mia), { message: 'the notice is above the buttons' }).toBe(true);
  await isAnother(before);
  await expectFree(reviewForm(shown()).approve);
  await expectFree(reviewForm(shown()).reject);
  await expect.poll(() => focusedText(mia), { message: 'the focus is on the title' }).toBe(await title());

  // Decided from within a field.
  await reviewForm(shown()).comment.fill('Fine.');
  before = await title();
  await mia.keyboard.press('Control+Enter');
  await isAnother(before);
  await expect.poll(() => focusedText(mia), { message: 'the focus is on the title' }).toBe(await title());
  await expectFree(reviewForm(shown()).approve);
  // A pointer that rests does not keep the notices.
  await expect(mia.locator('.toast')).toHaveCount(0, { timeout: 30_000 });
});

test('on a phone a task begins at its top, and after the last decision its end does', async ({ as }) => {
  const customer = uniqueCustomer('Pocket');
  await submitMany(await as('alice'), customer, ['One', 'Two']);
  const mia = await as('mia', phone);
  await visit(mia, `/inbox?q=${encodeURIComponent(customer)}`);
  await mia.getByRole('region', { name: 'Tasks' }).getByRole('link').first().tap();
  const task = mia.getByRole('article');
  const heading = task.getByRole('heading').first();
  await expect(reviewForm(task).approve).toBeVisible();
  const first = await heading.innerText();
  await mia.evaluate(() => scrollTo({ top: 400 }));
  await reviewForm(task).approve.tap();
  await expect.poll(() => isNoticeAboveBar(mia), { message: 'the notice is above the buttons' }).toBe(true);
  await expect(heading).not.toHaveText(first);
  await expect.poll(() => scrolledBy(mia)).toBe(0);
  await expectFree(reviewForm(task).approve);
  const last = await heading.innerText();
  await mia.evaluate(() => scrollTo({ top: 400 }));
  await reviewForm(task).approve.tap();
  await expect(taskOf(mia, last)).toContainText('You decided: approve');
  await expect.poll(() => scrolledBy(mia)).toBe(0);
  await expect.poll(() => focusedText(mia)).toBe(last);
});

// Tasks as the people see them who decide them.
import { expect, type Locator, type Page } from 'playwright/test';
import { visit } from './journey';

/** A task in full, found by words of its title. */
export const taskOf = (page: Page, words: string): Locator => page.getByRole('article', { name: words });

/** Opens a task from the inbox in the pane beside the list. */
export async function pickTask(page: Page, words: string): Promise<Locator> {
  await visit(page, '/inbox');
  await page.getByRole('link', { name: words }).click();
  const task = taskOf(page, words);
  await expect(task).toBeVisible();
  return task;
}

/** The address of a task of the inbox. */
export async function addressOfTask(page: Page, words: string): Promise<string> {
  await pickTask(page, words);
  // A task that stands alone in the inbox is shown before its address is.
  await expect(page, 'the inbox names the task in its address').toHaveURL(/[?&]task=/);
  const taskId = new URL(page.url()).searchParams.get('task');
  return `/tasks/${taskId}`;
}

/** The parts of the form by which invoices are decided. */
export const reviewForm = (task: Locator) => ({
  notes: task.getByRole('textbox', { name: 'Notes' }),
  comment: task.getByRole('textbox', { name: 'Comment' }),
  claim: task.getByRole('button', { name: /^Claim/ }),
  approve: task.getByRole('button', { name: /^Approve/ }),
  reject: task.getByRole('button', { name: /^Reject/ }),
});

// The people of the demo, each in a browser session of their own.
import { expect, type Browser, type Page } from 'playwright/test';

export const people = {
  alice: 'alice@acme.test',
  mia: 'mia@acme.test',
  omar: 'omar@acme.test',
  gus: 'gus@globex.test',
  pat: 'pat@baton.test',
} as const;

/** Signs in with one click, as the demo's sign-in page offers it, and lands on `path`. */
export async function openAs({
  browser,
  person,
  path,
}: {
  readonly browser: Browser;
  readonly person: keyof typeof people;
  readonly path: string;
}): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto('/sign-in');
  const name = person.charAt(0).toUpperCase() + person.slice(1);
  await page.getByRole('button', { name: new RegExp(`\\b${name}\\b`) }).click();
  await expect(page).not.toHaveURL(/sign-in/);
  await page.goto(path);
  return page;
}

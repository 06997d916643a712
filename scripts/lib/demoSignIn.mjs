import { visit } from './shotPages.mjs';

const names = { alice: 'Alice', mia: 'Mia', omar: 'Omar', gus: 'Gus', pat: 'Pat' };

/**
 * Signs in as a person of the demo, by one click on the sign-in page.
 * @param {import('playwright').Page} page
 * @param {string} email
 */
export async function signInToDemo(page, email) {
  await visit(page, '/sign-in');
  await page.getByRole('button', { name: names[email.split('@')[0]] }).click();
  await page.waitForURL((address) => !address.pathname.startsWith('/sign-in'));
}

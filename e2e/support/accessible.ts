// The look of a page for everybody: axe with all of its rules, light and dark, on a wide screen and on a phone.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from 'playwright/test';

const wide = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };

/** Looks at the page as it stands, in both widths and both themes. `what` names it in a failure. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  // The title follows its page by a moment.
  await expect(page).toHaveTitle(/\S/);
  for (const size of [wide, phone]) {
    await page.setViewportSize(size);
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect.soft(sideways, `${what} is wider than ${size.width} pixels by`).toBeLessThanOrEqual(0);
    for (const colorScheme of ['light', 'dark'] as const) {
      // Colours in the middle of a transition are nobody's choice.
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
      const found = violations.flatMap(({ id, help, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id}: ${help}\n  ${target.join(' ')}\n  ${failureSummary}`),
      );
      expect.soft(found, `${what}, ${size.width} pixels, ${colorScheme}`).toEqual([]);
    }
  }
  await page.setViewportSize(wide);
}

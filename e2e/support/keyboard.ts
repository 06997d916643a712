// Pages as somebody uses them who has no mouse.
import { expect, type Locator, type Page } from 'playwright/test';

/** Presses Tab until this has the focus, forward and around. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let presses = 0; presses < 150; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('Tab does not lead there.');
}

// A phone in one hand: what is to be pressed is large enough, within reach, and nothing goes sideways.
import { expect, type Locator, type Page } from 'playwright/test';

/** What a context needs to be a phone. */
export const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const;

const leastPx = 44;

/**
 * Everything that can be pressed is at least 44 pixels in both directions, in light and in dark. `what` names the place
 * in a failure.
 */
export async function expectTouchable(page: Page, what: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expect
      .poll(() => tooSmall(page), { message: `${what}, ${colorScheme}: targets below ${leastPx} pixels` })
      .toEqual([]);
  }
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(sideways, `${what} is wider than the screen by`).toBeLessThanOrEqual(0);
}

/** What can be pressed here and is too small for it. */
function tooSmall(page: Page): Promise<readonly string[]> {
  return page.evaluate((least) => {
    const scope = document.querySelector('dialog[open]') ?? document;
    const parts = scope.querySelectorAll('a, button, input, select, textarea, summary, [role="option"]');
    // A link within a sentence is as high as its line.
    const isWithinText = (part: Element) =>
      part.matches('a') &&
      getComputedStyle(part).display === 'inline' &&
      [...(part.parentElement?.childNodes ?? [])].some((node) => node.nodeType === 3 && node.textContent?.trim());
    return [...parts].flatMap((part) => {
      // A box or a search field is pressed by its label.
      const target = part.closest('label') ?? part;
      if (!part.checkVisibility() || part.closest('.skip, .vh') !== null || isWithinText(part)) return [];
      const { width, height } = target.getBoundingClientRect();
      // Half a pixel of rounding is nobody's thumb.
      if (width === 0 || (width >= least - 0.5 && height >= least - 0.5)) return [];
      const name = (part.getAttribute('aria-label') ?? part.textContent ?? '').trim();
      return [`${part.tagName} "${name}" ${width} x ${height}`];
    });
  }, leastPx);
}

/** The lower end of the screen is where the thumb is. */
export async function expectAtThumb(page: Page, target: Locator): Promise<void> {
  const place = async () => {
    const box = await target.boundingBox();
    const height = page.viewportSize()?.height ?? 0;
    return box !== null && box.y > height / 2 && box.y + box.height <= height;
  };
  await expect.poll(place, { message: 'within reach of the thumb' }).toBe(true);
}

/** A field that has the focus is not covered by what sticks to the lower end of the screen. */
export async function expectUncovered(field: Locator, bar: Locator): Promise<void> {
  await field.focus();
  const gap = async () => {
    const [upper, lower] = await Promise.all([field.boundingBox(), bar.boundingBox()]);
    return upper && lower ? lower.y - (upper.y + upper.height) : -1;
  };
  await expect.poll(gap, { message: 'pixels between the field and the bar' }).toBeGreaterThanOrEqual(0);
}

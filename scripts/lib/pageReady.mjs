/**
 * Returns once an open page reacts: whoever drives it is quicker than any person, and would press what is drawn already
 * but does not listen yet.
 * @param {import('playwright/test').Page} page
 */
export async function untilReady(page) {
  await page.waitForFunction(
    () =>
      // Parts that are still on their way, or wait in the wings for their place.
      document.querySelector('template[id^="B:"], [hidden][id^="S:"]') === null &&
      [...document.querySelectorAll('button, input, select, textarea, main a')].every((control) =>
        Object.keys(control).some((key) => key.startsWith('__reactProps')),
      ),
  );
  // Keys are listened for by effects, which run after what is drawn.
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(() => resolve(undefined))));
}

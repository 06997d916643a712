// What `npm test` says of its parts. A part that was not run whole says so in its line and at the end; in CI it fails.

/** @typedef {{ passed: number, failed: number, notRun: string[] }} Totals */

/** @returns {Totals} */
export const noTotals = () => ({ passed: 0, failed: 0, notRun: [] });

/**
 * @param {Totals} totals
 * @param {import('./testParts.mjs').PartResult} result
 * @param {{ isCi: boolean }} where
 * @returns {Totals}
 */
export function withPart(totals, { passed, failed, notRun }, { isCi }) {
  return {
    passed: totals.passed + passed,
    failed: totals.failed + failed + (notRun !== undefined && isCi ? 1 : 0),
    notRun: notRun === undefined ? totals.notRun : [...totals.notRun, notRun],
  };
}

/**
 * @param {string} name
 * @param {string} duration
 * @param {import('./testParts.mjs').PartResult} result
 * @param {{ isCi: boolean }} where
 */
export function partLine(name, duration, { passed, failed, skipped = 0, notRun }, { isCi }) {
  const isFailed = failed > 0 || (notRun !== undefined && isCi);
  const counts = [`${passed} passed`, `${failed} failed`, ...(skipped > 0 ? [`${skipped} skipped`] : [])].join(', ');
  const missing = notRun === undefined ? '' : `; NOT RUN: ${notRun}`;
  return `${isFailed ? '✗' : '✓'} ${name.padEnd(12)} ${duration}  ${counts}${missing}`;
}

/**
 * The last lines. The very last one is always `N passed, N failed`.
 * @param {Totals} totals
 * @param {{ isCi: boolean }} where
 */
export function closingLines({ passed, failed, notRun }, { isCi }) {
  const missing = notRun.map((what) => `!! NOT RUN: ${what}.${isCi ? ' In CI that is a failure.' : ''}`);
  return [...missing, `${passed} passed, ${failed} failed`];
}

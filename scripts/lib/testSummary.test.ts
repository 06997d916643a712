import { describe, expect, it } from 'vitest';
import { closingLines, noTotals, partLine, withPart } from './testSummary.mjs';
import { withoutRedis } from './testParts.mjs';

const whole = { passed: 5, failed: 0, skipped: 0 };
const lacking = { passed: 3, failed: 0, skipped: 40, notRun: withoutRedis };

describe('the summary of npm test', () => {
  it('counts all parts and ends with the sums', () => {
    const totals = [whole, { ...whole, failed: 2 }].reduce(
      (sum, part) => withPart(sum, part, { isCi: true }),
      noTotals(),
    );
    expect(closingLines(totals, { isCi: true })).toEqual(['10 passed, 2 failed']);
    expect(partLine('unit', '3 s', whole, { isCi: true })).toBe('✓ unit         3 s  5 passed, 0 failed');
  });

  it('says in the line of the part and at the end what could not run for want of Redis', () => {
    const totals = withPart(noTotals(), lacking, { isCi: false });
    expect(partLine('integ', '3 s', lacking, { isCi: false })).toMatch(
      /^✓ integ .* 40 skipped; NOT RUN: races, kill points, chaos/,
    );
    expect(closingLines(totals, { isCi: false })).toEqual([
      expect.stringMatching(/^!! NOT RUN: races, kill points, chaos .*Redis/),
      '3 passed, 0 failed',
    ]);
  });

  it('fails in CI where something could not run', () => {
    const totals = withPart(noTotals(), lacking, { isCi: true });
    expect(totals.failed).toBe(1);
    expect(partLine('integ', '3 s', lacking, { isCi: true })).toMatch(/^✗/);
    expect(closingLines(totals, { isCi: true })[0]).toContain('In CI that is a failure.');
  });
});

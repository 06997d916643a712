import { describe, expect, it } from 'vitest';
import { countPlaywright, countVitest, withExitCode } from './reports.mjs';

describe('test reports', () => {
  it('counts a test file that could not be loaded as a failure', () => {
    const report = {
      numPassedTests: 3,
      numFailedTests: 1,
      numPendingTests: 2,
      numTodoTests: 0,
      testResults: [
        { status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'passed' }] },
        { status: 'failed', assertionResults: [] },
        { status: 'passed', assertionResults: [{ status: 'passed' }] },
      ],
    };
    expect(countVitest(report)).toEqual({ passed: 3, failed: 2, skipped: 2 });
  });

  it('counts a flaky journey and an error outside of journeys as failures', () => {
    const stats = { expected: 4, unexpected: 1, flaky: 1, skipped: 0 };
    expect(countPlaywright({ stats, errors: [{}] })).toEqual({ passed: 4, failed: 3, skipped: 0 });
  });

  it('does not let a run pass that failed without a failed test, or that ran nothing', () => {
    const counts = { passed: 5, failed: 0, skipped: 0 };
    expect(withExitCode({ counts, code: 0 }).failed).toBe(0);
    expect(withExitCode({ counts, code: 1 }).failed).toBe(1);
    expect(withExitCode({ counts: { ...counts, passed: 0 }, code: 0 }).failed).toBe(1);
  });
});

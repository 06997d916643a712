// Reads the JSON reports of the test runners into counts.

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 */

/** @returns {Counts} A file that could not be loaded has no test to fail, and counts as one failure. */
export function countVitest(report) {
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** @returns {Counts} An error outside of tests counts as one failure. */
export function countPlaywright(report) {
  const { expected, unexpected, flaky, skipped } = report.stats;
  return { passed: expected, failed: unexpected + flaky + report.errors.length, skipped };
}

/**
 * What a runner's exit code adds to its own counts: a run that fails without a failed test, or that ran no test at
 * all, is a failure.
 * @returns {Counts}
 */
export function withExitCode({ counts, code }) {
  const silent = counts.failed === 0 && (code !== 0 || counts.passed === 0);
  return silent ? { ...counts, failed: 1 } : counts;
}

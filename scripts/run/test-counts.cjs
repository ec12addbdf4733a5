'use strict'

/** Vitest's JSON report as counts. A file that could not be loaded, or an error outside every test, is a failure too. */
function unitCounts(report, status) {
  if (report === null) return { passed: 0, failed: 1, skipped: 0 }
  const unloaded = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  )
  const counts = {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded.length,
    skipped: report.numPendingTests + (report.numTodoTests ?? 0),
  }
  return withStatus(counts, status)
}

/** Playwright's JSON report as counts; a test that passed at the second try has passed. */
function browserCounts(report, status) {
  if (report === null) return { passed: 0, failed: 1, skipped: 0 }
  const { expected, unexpected, flaky, skipped } = report.stats
  return withStatus({ passed: expected + flaky, failed: unexpected, skipped }, status)
}

/** A runner that failed without a failed test has failed all the same. */
function withStatus(counts, status) {
  return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts
}

function addCounts(all) {
  const sum = { passed: 0, failed: 0, skipped: 0 }
  for (const { passed, failed, skipped } of all) {
    sum.passed += passed
    sum.failed += failed
    sum.skipped += skipped
  }
  return sum
}

/** The last line of "npm test", alone: "N passed, N failed", with the skipped ones where there are any. */
function finalLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

module.exports = { unitCounts, browserCounts, addCounts, finalLine }

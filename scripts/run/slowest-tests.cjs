'use strict'
const path = require('node:path')

/**
 * The tests that took longest, the slowest first, a line each: seconds, file, name. What a file's hooks take is in none of the reports.
 *
 * @param {(object | null)[]} reports Of Vitest and of Playwright, as their JSON reporters write them.
 * @param {string} root Paths are told from here.
 */
function slowestTests(reports, root, count = 10) {
  const tests = reports.flatMap((report) => {
    if (report === null) return []
    return report.testResults === undefined ? browserTests(report) : unitTests(report)
  })
  tests.sort((one, other) => other.durationMs - one.durationMs)
  return tests
    .slice(0, count)
    .map(
      ({ durationMs, file, name }) =>
        `${(durationMs / 1000).toFixed(1).padStart(7)} s  ${path.relative(root, file)}: ${name}`,
    )
}

function unitTests({ testResults }) {
  return testResults.flatMap(({ name: file, assertionResults }) =>
    assertionResults
      .filter(({ duration }) => typeof duration === 'number')
      .map(({ fullName, duration }) => ({ file, name: fullName, durationMs: duration })),
  )
}

/** A test that was tried twice took both tries. */
function browserTests({ config, suites }) {
  const of = (suite) => [
    ...(suite.specs ?? []).map((spec) => ({
      file: path.join(config.rootDir, spec.file),
      name: spec.title,
      durationMs: spec.tests
        .flatMap(({ results }) => results)
        .reduce((sum, { duration }) => sum + duration, 0),
    })),
    ...(suite.suites ?? []).flatMap(of),
  ]
  return suites.flatMap(of)
}

module.exports = { slowestTests }

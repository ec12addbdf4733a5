'use strict'
const path = require('node:path')
const { stripVTControlCharacters } = require('node:util')

/**
 * The tests that took longest, the slowest first, a line each: seconds, file, name. What a file's hooks take is in none of the reports.
 *
 * @param {(object | null)[]} reports Of Vitest and of Playwright, as their JSON reporters write them.
 * @param {string} root Paths are told from here.
 */
function slowestTests(reports, root, count = 10) {
  const tests = testsOf(reports).filter(({ durationMs }) => typeof durationMs === 'number')
  tests.sort((one, other) => other.durationMs - one.durationMs)
  return tests
    .slice(0, count)
    .map((test) => `${(test.durationMs / 1000).toFixed(1).padStart(7)} s  ${nameOf(test, root)}`)
}

/**
 * The tests that failed, at the end of the output, where they are found: file, name, and the first lines of what went wrong.
 * The parameters are those of `slowestTests`.
 */
function failedTests(reports, root) {
  return testsOf(reports)
    .filter(({ failure }) => failure !== null)
    .map((test) => `${nameOf(test, root)}${indented(test.failure)}`)
}

/**
 * The tests that failed and then passed when they were repeated: file, name, and the first lines of what went wrong at first, so that nothing is hidden.
 * The parameters are those of `slowestTests`.
 */
function repeatedTests(reports, root) {
  return testsOf(reports)
    .filter(({ firstFailure }) => firstFailure)
    .map((test) => `${nameOf(test, root)}${indented(test.firstFailure)}`)
}

const nameOf = ({ file, name }, root) => `${path.relative(root, file)}${name === '' ? '' : `: ${name}`}`

function indented(message) {
  const lines = stripVTControlCharacters(message)
    .split('\n')
    .filter((line) => line.trim() !== '')
  return lines
    .slice(0, 8)
    .map((line) => `\n    ${line}`)
    .join('')
}

function testsOf(reports) {
  return reports.flatMap((report) => {
    if (report === null) return []
    return report.testResults === undefined ? browserTests(report) : unitTests(report)
  })
}

/** A file that could not be loaded holds no test, and counts as one that failed. */
function unitTests({ testResults }) {
  return testResults.flatMap(({ name: file, status, message, assertionResults }) =>
    assertionResults.length === 0 && status === 'failed'
      ? [{ file, name: '', failure: message ?? '' }]
      : assertionResults.map(({ fullName, duration, status, failureMessages }) => ({
          file,
          name: fullName,
          durationMs: duration,
          failure: status === 'failed' ? (failureMessages ?? []).join('\n') : null,
          firstFailure: status === 'passed' ? failureMessages?.[0] : undefined,
        })),
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
      failure: spec.ok === false ? messagesOf(spec).join('\n') : null,
      firstFailure: spec.ok === true && isFlaky(spec) ? messagesOf(spec)[0] : undefined,
    })),
    ...(suite.suites ?? []).flatMap(of),
  ]
  return suites.flatMap(of)
}

const messagesOf = (spec) =>
  spec.tests.flatMap(({ results }) => results).flatMap(({ error }) => error?.message ?? [])

const isFlaky = (spec) => spec.tests.some(({ status }) => status === 'flaky')

module.exports = { slowestTests, failedTests, repeatedTests }

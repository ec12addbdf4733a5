'use strict'
const fs = require('node:fs')
const path = require('node:path')
const { readJson } = require('../setup/files.cjs')
const { root } = require('../setup/folders.cjs')
const { failedChecks } = require('./check.cjs')
const { addCounts, browserCounts, finalLine, unitCounts } = require('./test-counts.cjs')
const { failedTests, repeatedTests, slowestTests } = require('./told-tests.cjs')

/**
 * Checks, unit tests, end-to-end tests, and at the very end one line with the sums. With words, only the tests that they name:
 * files under test/e2e go to Playwright, all others to Vitest.
 */
async function test(context) {
  const reports = fs.mkdtempSync(path.join(context.cachePath, 'reports-'))
  try {
    const counts = await runAll(context, reports)
    const both = ['unit.json', 'e2e.json'].map((name) => readJson(path.join(reports, name)))
    const list = (title, lines) => {
      if (lines.length > 0) console.log(`\n${title}:\n${lines.join('\n')}`)
    }
    list('The slowest tests', slowestTests(both, context.root))
    list('Passed only when repeated', repeatedTests(both, context.root))
    list('The tests that failed', failedTests(both, context.root))
    console.log(`\n${finalLine(counts)}`)
    return counts.failed === 0 ? 0 : 1
  } finally {
    fs.rmSync(reports, { recursive: true, force: true })
  }
}

async function runAll(context, reports) {
  const named = context.words.length > 0
  const endToEnd = context.words.filter((word) => /^(\.\/)?test\/e2e/.test(word))
  const unit = context.words.filter((word) => !endToEnd.includes(word))
  const all = []
  if (!named) {
    const failed = await failedChecks(context, false)
    for (const name of failed) console.log(`Check failed: ${name}`)
    all.push({ passed: 0, failed: failed.length, skipped: 0 })
  }
  if (!named || unit.length > 0) all.push(await runUnit(context, unit, path.join(reports, 'unit.json')))
  if (!named || endToEnd.length > 0)
    all.push(await runEndToEnd(context, endToEnd, path.join(reports, 'e2e.json')))
  return addCounts(all)
}

/** Unit tests again and again: those that the words name, and what a changed file concerns. */
async function watch(context) {
  return await context.node(['node_modules/vitest/vitest.mjs', 'watch', ...context.words], unitEnvironment)
}

/** Hundreds of processes load the same programs: each after the first finds them compiled. */
const compiled = { NODE_COMPILE_CACHE: path.join(root, '.cache', 'node') }

/** What a trainer is started with: tests load the engine in their own processes. */
const unitEnvironment = {
  ...compiled,
  TF_ENABLE_ONEDNN_OPTS: '1',
  TF_CPP_MIN_LOG_LEVEL: '2',
  // Beside the editor's, which attaches its debugger by it.
  NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --disable-warning=DEP0051`.trim(),
}

async function runUnit(context, words, report) {
  const status = await context.node(
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...words,
    ],
    unitEnvironment,
  )
  return unitCounts(readJson(report), status)
}

async function runEndToEnd(context, words, report) {
  const playwright = [
    'node_modules/@playwright/test/cli.js',
    'test',
    '-c',
    'test/e2e/playwright.config.ts',
    '--reporter=list,json',
    ...words,
  ]
  const environment = {
    ...compiled,
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
    PLAYWRIGHT_JSON_OUTPUT_FILE: report,
    // Electron and Chromium look for a message bus, which a machine without a desktop lacks.
    DBUS_SESSION_BUS_ADDRESS: 'unix:path=/dev/null',
  }
  const needsDisplay =
    process.platform === 'linux' && !process.env.DISPLAY && fs.existsSync('/usr/bin/xvfb-run')
  const status = needsDisplay
    ? await context.program('/usr/bin/xvfb-run', ['-a', context.nodePath, ...playwright], environment)
    : await context.node(playwright, environment)
  return browserCounts(readJson(report), status)
}

module.exports = { test, watch }

'use strict'
const os = require('node:os')
const { sideBySide } = require('./side-by-side.cjs')

const typescript = ['node_modules/typescript/bin/tsc', '--noEmit', '--incremental']

/**
 * The longest first. What a part keeps lets it skip a file only where its answer for that file depends on nothing else: formatting and lint on the file's
 * content, the tool, and its configuration; types on the contents that TypeScript records. The others look at everything each time.
 */
const parts = [
  {
    name: 'types of the interface',
    parameters: [
      'node_modules/svelte-check/bin/svelte-check',
      // Keeps in .svelte-check what it found of each file, and of which others.
      ...['--tsconfig', 'tsconfig.web.json', '--output', 'human', '--incremental'],
    ],
  },
  {
    name: 'types of the main side',
    parameters: [
      ...typescript,
      '-p',
      'tsconfig.node.json',
      '--tsBuildInfoFile',
      '.cache/tsc/node.tsbuildinfo',
    ],
  },
  {
    name: 'lint',
    parameters: [
      'node_modules/eslint/bin/eslint.js',
      // In node_modules, so that they go with the tools that filled them.
      ...['--cache', '--cache-location', 'node_modules/.cache/eslint/', '--cache-strategy', 'content', '.'],
    ],
  },
  {
    name: 'format',
    parameters: [
      'node_modules/prettier/bin/prettier.cjs',
      ...['--check', '--log-level', 'warn', '--cache', '--cache-strategy', 'content', '.'],
    ],
  },
  { name: 'unused code', parameters: ['node_modules/knip/bin/knip.js', '--no-progress'] },
]
const layers = {
  name: 'layers',
  parameters: ['node_modules/vitest/vitest.mjs', 'run', 'test/layers.test.ts'],
}

/** Format, lint, types, unused code; the layers too, except before the tests, which have them. Resolves to the names of what failed. */
async function failedChecks(context, withLayers) {
  const programs = (withLayers ? [...parts, layers] : parts).map(({ name, parameters }) => ({
    name,
    program: context.nodePath,
    parameters,
  }))
  const options = { cwd: context.root, env: context.environment, width: os.cpus().length }
  return await sideBySide(programs, options, ({ name, status, elapsedMs, output }) => {
    console.log(`Check: ${name}, ${(elapsedMs / 1000).toFixed(1)} s${status === 0 ? '' : ', failed'}`)
    if (status !== 0) process.stdout.write(output)
  })
}

async function check(context) {
  const failed = await failedChecks(context, true)
  console.log(failed.length === 0 ? 'All checks passed' : `Failed: ${failed.join(', ')}`)
  return failed.length === 0 ? 0 : 1
}

module.exports = { check, failedChecks }

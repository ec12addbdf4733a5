'use strict'

const steps = [
  ['format', ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '--cache', '.']],
  [
    'lint',
    ['node_modules/eslint/bin/eslint.js', '--cache', '--cache-location', 'node_modules/.cache/eslint/', '.'],
  ],
  ['types of the main side', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.node.json', '--noEmit']],
  [
    'types of the interface',
    ['node_modules/svelte-check/bin/svelte-check', '--tsconfig', 'tsconfig.web.json', '--output', 'human'],
  ],
]
const layers = ['layers', ['node_modules/vitest/vitest.mjs', 'run', 'test/layers.test.ts']]

/** Formatting, lint, types; the layers too, except before the tests, which have them. Resolves to the names of what failed. */
async function failedChecks(context, withLayers) {
  const failed = []
  for (const [name, parameters] of withLayers ? [...steps, layers] : steps) {
    console.log(`Check: ${name}`)
    if ((await context.node(parameters)) !== 0) failed.push(name)
  }
  return failed
}

async function check(context) {
  const failed = await failedChecks(context, true)
  console.log(failed.length === 0 ? 'All checks passed' : `Failed: ${failed.join(', ')}`)
  return failed.length === 0 ? 0 : 1
}

module.exports = { check, failedChecks }

import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'
import { sourceHash } from './scripts/setup/build.cjs'
import { wasmKernels } from './src/wasm/vite-plugin.ts'
import { componentProject } from './test/support/component-project.ts'
import { LongestFirst } from './test/support/longest-first.ts'
import { runes } from './test/support/runes.ts'

/** These start nothing, and what they test keeps nothing from call to call: they share processes. */
const pure = ['test/domain/**/*.test.ts', 'test/renderer/!(state)/**/*.test.ts', 'test/renderer/*.test.ts']

export default defineConfig({
  test: {
    // One more than the least cores: files that start processes wait for them a third of the time.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    testTimeout: 300_000,
    hookTimeout: 300_000,
    passWithNoTests: false,
    projects: [
      {
        define: { __BITW_BUILD__: JSON.stringify(sourceHash(resolve('.'))) },
        plugins: [wasmKernels(), runes()],
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...pure, 'test/e2e/**', 'test/**/*.svelte.test.ts', 'node_modules/**'],
          pool: 'forks', // native addons: one process a file
          runner: resolve('test/support/repeating-runner.ts'),
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        plugins: [runes()],
        test: {
          name: 'pure',
          include: pure,
          exclude: ['test/**/*.svelte.test.ts'],
          pool: 'forks',
          isolate: false, // otherwise 131 processes of 0.2 s
        },
      },
      await componentProject(),
    ],
  },
})

import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'
import { sourceHash } from './scripts/setup/build.cjs'
import { wasmKernels } from './src/wasm/vite-plugin.ts'
import { componentProject } from './test/support/component-project.ts'
import { LongestFirst } from './test/support/longest-first.ts'
import { runes } from './test/support/runes.ts'

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
          exclude: ['test/e2e/**', 'test/**/*.svelte.test.ts', 'node_modules/**'],
          pool: 'forks', // native addons: one process a file
          runner: resolve('test/support/repeating-runner.ts'),
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      await componentProject(),
    ],
  },
})

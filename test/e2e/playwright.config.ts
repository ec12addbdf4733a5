/** The built product from end to end: the window in a real Electron, the served interface in Chromium. */
import { resolve } from 'node:path'
import { defineConfig } from '@playwright/test'
import { chromiumLaunch } from '../support/chromium'

export default defineConfig({
  testDir: '.',
  testMatch: '**/*.test.ts',
  outputDir: resolve('test-results'),
  globalSetup: './support/global-setup.ts',
  // A test takes half a core: it waits for its page, and few train. With four on two cores a window of Electron once took 30 s to start.
  workers: 3,
  fullyParallel: false,
  // They end what hangs; a machine on which others work, too, may take five times as long as one of one's own.
  timeout: 300_000,
  // The end of `npm test` names those that passed only then.
  retries: 1,
  expect: { timeout: 30_000 },
  forbidOnly: process.env['CI'] !== undefined,
  projects: [
    // One window at a time: two that start at once take each other the focus, which keys need.
    { name: 'electron', testMatch: '**/electron*.test.ts', workers: 1 },
    {
      name: 'chromium',
      testIgnore: '**/electron*.test.ts',
      use: {
        browserName: 'chromium',
        viewport: { width: 1360, height: 860 },
        screenshot: 'only-on-failure',
        launchOptions: chromiumLaunch,
      },
    },
  ],
})

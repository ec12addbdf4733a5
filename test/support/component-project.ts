/** The tests of components (`X.svelte.test.ts`), in a real browser: what they do with sizes, focus and keys, only one knows. */
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { playwright } from '@vitest/browser-playwright'
import type { Plugin } from 'vite'
import type { TestProjectInlineConfiguration } from 'vitest/config'
import { chromiumLaunch, hasChromium } from './chromium.ts'

const componentTests = 'test/renderer/**/*.svelte.test.ts'

export async function componentProject(): Promise<TestProjectInlineConfiguration> {
  if (!(await hasChromium()))
    return { plugins: [skipped()], test: { name: 'components', include: [componentTests] } }
  return {
    plugins: [svelte({ configFile: false }), smallImages()],
    // All that the interface loads, so that the server does not find something new, and load the page again, amid the tests.
    optimizeDeps: { include: ['bits-ui', 'tinykeys', 'zod', 'marked'] },
    test: {
      name: 'components',
      include: [componentTests],
      // On a machine that is busy a frame may take long.
      expect: { poll: { timeout: 10_000 } },
      testTimeout: 30_000,
      retry: 1,
      setupFiles: ['test/renderer/support/page.ts'],
      browser: {
        enabled: true,
        headless: true,
        connectTimeout: 180_000,
        screenshotFailures: false,
        provider: playwright({ launchOptions: chromiumLaunch }),
        instances: [{ browser: 'chromium' }],
        viewport: { width: 1360, height: 860 },
      },
    },
  }
}

/** Where there is no browser, each file is one test that says so. */
function skipped(): Plugin {
  const reason =
    'Skipped: no Chromium. Install the package chromium, or run `npx playwright install chromium`.'
  return {
    name: 'skipped-without-browser',
    enforce: 'pre',
    load: {
      filter: { id: /\.svelte\.test\.ts$/ },
      handler: () => `import { it } from 'vitest'\nit.skip(${JSON.stringify(reason)}, () => {})`,
    },
  }
}

/** Images as the core serves them; number 404 is missing. */
function smallImages(): Plugin {
  return {
    name: 'small-images',
    configureServer({ middlewares }) {
      middlewares.use('/image', (request, response) => {
        if (request.url?.startsWith('/404') === true) {
          response.writeHead(404).end()
          return
        }
        response.setHeader('Content-Type', 'image/svg+xml')
        response.end('<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"/>')
      })
    },
  }
}

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Plugin } from 'vite'
import { defineConfig } from 'electron-vite'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { devServer, type DevServer } from './dev-server.config'
import { sourceHash } from './scripts/setup/build.cjs'
import { wasmKernels } from './src/wasm/vite-plugin.ts'

// CommonJS on the main side: Electron 22, which stands in where the current one cannot be fetched, takes nothing else.
const commonJs = {
  format: 'cjs' as const,
  entryFileNames: '[name].cjs',
  chunkFileNames: 'chunks/[name]-[hash].cjs',
}

/** The SIL Open Font License asks that its text goes wherever the font goes. */
const fontLicence: Plugin = {
  name: 'font-licence',
  generateBundle() {
    const source = readFileSync(resolve('node_modules/@fontsource-variable/inter/LICENSE'))
    this.emitFile({ type: 'asset', fileName: 'licences/Inter.txt', source })
  },
}

/** Of `npm run dev`, which says where its servers listen; a build has none. */
function developing(): DevServer | null {
  const ports = process.env['BITW_DEV_PORTS']
  if (ports === undefined) return null
  const [pagePort = 0, corePort] = ports.split(' ').map(Number)
  return devServer(pagePort, corePort ?? null)
}

export default defineConfig(({ command }) => {
  const dev = command === 'serve' ? developing() : null
  return {
    main: {
      define: {
        // Changes while it is worked on; then each start of the core names it.
        __BITW_BUILD__:
          dev === null ? JSON.stringify(sourceHash(resolve('.'))) : 'String(process.env.BITW_DEV_BUILD)',
        __BITW_DEV_SERVER__: JSON.stringify(dev?.windowAddress ?? null),
      },
      plugins: [wasmKernels()],
      build: {
        target: 'node16',
        outDir: dev === null ? 'out/main' : 'out/dev/main',
        sourcemap: dev !== null,
        externalizeDeps: true,
        rollupOptions: {
          input: {
            index: resolve('src/main/index.ts'),
            core: resolve('src/main/core.ts'),
            cli: resolve('src/main/cli.ts'),
            trainer: resolve('src/main/trainer/child.ts'),
            checker: resolve('src/main/checker.ts'),
            mapper: resolve('src/main/mapper.ts'),
            checkpointer: resolve('src/main/checkpointer.ts'),
            indexer: resolve('src/main/indexer.ts'),
            'bench-measure': resolve('src/main/bench/measure.ts'),
            'bench-input': resolve('src/main/bench/input.ts'),
            'bench-checkpoint': resolve('src/main/bench/checkpoint.ts'),
            'bench-gallery': resolve('src/main/bench/gallery.ts'),
            'bench-fuzz': resolve('src/main/bench/fuzz.ts'),
            'bench-curves': resolve('src/main/bench/curves.ts'),
            'bench-history': resolve('src/main/bench/history.ts'),
          },
          output: commonJs,
        },
      },
    },
    preload: {
      build: {
        target: 'node16',
        outDir: dev === null ? 'out/preload' : 'out/dev/preload',
        sourcemap: dev !== null,
        rollupOptions: { input: { index: resolve('src/preload/index.ts') }, output: commonJs },
      },
    },
    renderer: {
      ...dev?.renderer,
      root: 'src/renderer',
      plugins: [svelte({ configFile: false }), fontLicence],
      // Lightning CSS lowers nesting and light-dark() for Chromium 108.
      css: { transformer: 'lightningcss', lightningcss: { targets: { chrome: 108 << 16 } } },
      build: {
        target: 'chrome108',
        cssMinify: 'lightningcss',
        outDir: 'out/renderer',
        rollupOptions: { input: { index: resolve('src/renderer/index.html') } },
      },
    },
  }
})

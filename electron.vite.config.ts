import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Plugin } from 'vite'
import { defineConfig } from 'electron-vite'
import { svelte } from '@sveltejs/vite-plugin-svelte'
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

export default defineConfig({
  main: {
    define: { __BITW_BUILD__: JSON.stringify(sourceHash(resolve('.'))) },
    plugins: [wasmKernels()],
    build: {
      target: 'node16',
      outDir: 'out/main',
      externalizeDeps: true,
      rollupOptions: {
        input: {
          index: resolve('src/main/index.ts'),
          core: resolve('src/main/core.ts'),
          cli: resolve('src/main/cli.ts'),
          trainer: resolve('src/main/trainer/child.ts'),
          'bench-measure': resolve('src/main/bench/measure.ts'),
          'bench-input': resolve('src/main/bench/input.ts'),
        },
        output: commonJs,
      },
    },
  },
  preload: {
    build: {
      target: 'node16',
      outDir: 'out/preload',
      rollupOptions: { input: { index: resolve('src/preload/index.ts') }, output: commonJs },
    },
  },
  renderer: {
    root: 'src/renderer',
    plugins: [svelte(), fontLicence],
    // Lightning CSS lowers nesting and light-dark() for Chromium 108.
    css: { transformer: 'lightningcss', lightningcss: { targets: { chrome: 108 << 16 } } },
    build: {
      target: 'chrome108',
      cssMinify: 'lightningcss',
      outDir: 'out/renderer',
      rollupOptions: { input: { index: resolve('src/renderer/index.html') } },
    },
  },
})

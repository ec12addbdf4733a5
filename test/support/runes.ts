/** Lets a test import state classes (`.svelte.ts`) as a window has them: by themselves, tests get Svelte's server half, which runs no effects. */
import { resolve } from 'node:path'
import { compileModule } from 'svelte/compiler'
import type { Plugin } from 'vite'

const client = resolve('node_modules/svelte/src/index-client.js')

export function runes(): Plugin {
  return {
    name: 'runes',
    config: () => ({
      resolve: { alias: [{ find: /^svelte$/, replacement: client }] },
      test: { server: { deps: { inline: [/node_modules\/svelte\//] } } },
    }),
    // Vite has taken the types off before.
    transform: {
      order: 'post',
      filter: { id: /\.svelte\.ts$/ },
      handler: (code, id) => compileModule(code, { filename: id, generate: 'client' }).js,
    },
  }
}

/** Compiles AssemblyScript when something imports it: the default export is the module in base64. */
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'
import type { Plugin } from 'vite'

interface Source {
  readonly folder: string
  readonly options: readonly string[]
}

const sources: ReadonlyMap<string, Source> = new Map([
  [
    'virtual:wasm-kernels',
    {
      folder: fileURLToPath(new URL('./assembly/', import.meta.url)),
      options: [
        // no objects, no strings: nothing of the heap, which is the backend's, is taken
        ...['--runtime', 'stub', '--enable', 'simd,relaxed-simd,threads,bulk-memory'],
        ...['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
      ],
    },
  ],
  // `use abort=`: it imports nothing
  [
    'virtual:wasm-jpeg',
    {
      folder: fileURLToPath(new URL('./jpeg/', import.meta.url)),
      options: ['--runtime', 'stub', '--use', 'abort=', '--maximumMemory', '4096'],
    },
  ],
])

export function wasmKernels(): Plugin {
  return {
    name: 'wasm-kernels',
    resolveId: (source) => (sources.has(source) ? `\0${source}` : undefined),
    async load(loaded) {
      const source = sources.get(loaded.slice(1))
      if (source === undefined || !loaded.startsWith('\0')) return undefined
      for (const name of readdirSync(source.folder)) this.addWatchFile(source.folder + name)
      return `export default ${JSON.stringify(Buffer.from(await compile(source)).toString('base64'))}`
    },
  }
}

async function compile({ folder, options }: Source): Promise<Uint8Array> {
  let binary: Uint8Array | null = null
  const { error, stderr } = await asc.main(
    ['index.ts', '--outFile', 'out.wasm', '--baseDir', folder, '-O3', '--noAssert', ...options],
    {
      writeFile: (name, contents) => {
        if (name.endsWith('.wasm') && typeof contents !== 'string') binary = contents
      },
    },
  )
  if (error !== null || binary === null)
    throw new Error(`The WebAssembly of ${folder} does not compile: ${stderr.toString()}`)
  return binary
}

/** Compiles the AssemblyScript of ./assembly when something imports `virtual:wasm-kernels`: its default export is the module in base64. */
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'
import type { Plugin } from 'vite'

const sourceFolder = fileURLToPath(new URL('./assembly/', import.meta.url))
const id = 'virtual:wasm-kernels'

export function wasmKernels(): Plugin {
  return {
    name: 'wasm-kernels',
    resolveId: (source) => (source === id ? `\0${id}` : undefined),
    async load(loaded) {
      if (loaded !== `\0${id}`) return undefined
      for (const name of readdirSync(sourceFolder)) this.addWatchFile(sourceFolder + name)
      return `export default ${JSON.stringify(Buffer.from(await compile()).toString('base64'))}`
    },
  }
}

async function compile(): Promise<Uint8Array> {
  let binary: Uint8Array | null = null
  const { error, stderr } = await asc.main(
    [
      'index.ts',
      ...['--outFile', 'kernels.wasm', '--baseDir', sourceFolder, '-O3', '--noAssert'],
      // no objects, no strings: nothing of the heap, which is the backend's, is taken
      ...['--runtime', 'stub', '--enable', 'simd,relaxed-simd,threads,bulk-memory'],
      ...['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
    ],
    {
      writeFile: (name, contents) => {
        if (name.endsWith('.wasm') && typeof contents !== 'string') binary = contents
      },
    },
  )
  if (error !== null || binary === null)
    throw new Error(`The WebAssembly kernels do not compile: ${stderr.toString()}`)
  return binary
}

/** Builds the trainer as the product does, for tests that start the real one. Once per state of the sources. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { build } from 'vite'
import { wasmKernels } from '../../src/wasm/vite-plugin'

const root = resolve(import.meta.dirname, '../..')

/** Of src/main: cli.cjs, core.cjs, and the trainer.cjs, checker.cjs, mapper.cjs, checkpointer.cjs and indexer.cjs that both start. */
export type Program = 'checker' | 'checkpointer' | 'cli' | 'core' | 'indexer' | 'trainer'

/** The product's programs, in one folder as in the product; answers with the path of one. One build for all tests. */
export async function buildProgram(name: Program): Promise<string> {
  const main = join(root, 'src/main')
  const trainerPath = await buildEntries('trainer', {
    trainer: join(main, 'trainer/child.ts'),
    checker: join(main, 'checker.ts'),
    mapper: join(main, 'mapper.ts'),
    checkpointer: join(main, 'checkpointer.ts'),
    indexer: join(main, 'indexer.ts'),
    core: join(main, 'core.ts'),
    cli: join(main, 'cli.ts'),
  })
  return join(dirname(trainerPath), `${name}.cjs`)
}

/** Builds src/main/trainer/child.ts and answers with the path of the CommonJS file. */
export function buildTrainer(): Promise<string> {
  return buildProgram('trainer')
}

/** Any entry file of the main side; packages stay outside, as in the product. */
export function buildEntry(name: string, entryPath: string): Promise<string> {
  return buildEntries(name, { [name]: entryPath })
}

/** Several entries that find each other in one folder; answers with the path of the one called `name`. */
async function buildEntries(name: string, entryPaths: Record<string, string>): Promise<string> {
  const folder = join(root, 'out', 'test', `${name}-${sourceHash(Object.values(entryPaths))}`)
  const built = join(folder, `${name}.cjs`)
  if (existsSync(built)) return built
  const making = `${folder}-${String(process.pid)}`
  await build({
    configFile: false,
    plugins: [wasmKernels()],
    root,
    logLevel: 'error',
    define: { __BITW_BUILD__: JSON.stringify(sourceHash(Object.values(entryPaths))) },
    build: {
      ssr: true,
      target: 'node22',
      outDir: making,
      minify: false,
      rollupOptions: {
        external: (id) =>
          builtinModules.includes(id.replace(/^node:/, '')) || /^(?![./]|[a-z]:|virtual:|\0)/i.test(id),
        input: entryPaths,
        output: { format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'chunks/[name].cjs' },
      },
    },
  })
  mkdirSync(join(root, 'out', 'test'), { recursive: true })
  // Two test files may build at once: the first to finish gives its folder the name.
  try {
    renameSync(making, folder)
  } catch (thrown) {
    if (!existsSync(built)) throw thrown
    rmSync(making, { recursive: true, force: true })
  }
  return built
}

function sourceHash(entryPaths: readonly string[]): string {
  const hash = createHash('sha256')
  for (const entryPath of entryPaths) hash.update(entryPath).update(readFileSync(entryPath))
  const source = join(root, 'src')
  for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!/\.(ts|cc|h)$/.test(file) || file.startsWith('renderer')) continue
    hash.update(file).update(readFileSync(join(source, file)))
  }
  return hash.digest('hex').slice(0, 16)
}

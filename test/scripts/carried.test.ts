/** A set-up that was made elsewhere, with real libraries: no network, no npm, no pip, no compiler, and another place than it was made in. */
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { copyFile, rename } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cacheFolder, readSetupRecord } from '../../src/main/engine/setup-record'
import { carryNode, carryRoot, runCarried, type Outcome } from './carried-root'

const record = readSetupRecord(process.env)
const addon = record?.graphAddon ?? null
const engine = addon === null ? '' : dirname(addon)
const isReady =
  process.platform === 'linux' &&
  record?.kind === 'tensorflow-cpu' &&
  /-[\da-f]{16}-[\da-f]{16}\.node$/.test(addon ?? '')

let folder = ''
let root = ''
beforeAll(async () => {
  if (!isReady) return
  folder = mkdtempSync(join(tmpdir(), 'bitw-carried-'))
  root = await carryRoot(folder)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A cache with what is compiled, and what `more` puts into it. */
async function makeCache(name: string, more: (engineFolder: string) => void): Promise<[string, string]> {
  const cachePath = join(folder, name)
  const engineFolder = join(cachePath, basename(engine))
  mkdirSync(engineFolder, { recursive: true })
  for (const file of readdirSync(engine).filter((one) => one.endsWith('.node')))
    await copyFile(join(engine, file), join(engineFolder, file))
  more(engineFolder)
  return [cachePath, carryNode(cachePath)]
}

const report = (nodePath: string, cachePath: string): Outcome =>
  runCarried(nodePath, cachePath, [join(root, 'scripts', 'bitw.cjs'), 'engine', '--json'])

function expectNative({ status, output }: Outcome): void {
  expect(status, output).toBe(0)
  expect(output).toMatch(/"kind":"tensorflow"/)
  expect(output).toMatch(/"recordedGraphs":true/)
}

describe.skipIf(!isReady)('a set-up that was carried to a machine without a network', () => {
  it('works with its cache, and again after the cache was moved', async () => {
    const [cachePath, nodePath] = await makeCache('cache', (engineFolder) => {
      symlinkSync(join(engine, 'tensorflow'), join(engineFolder, 'tensorflow'))
      writeFileSync(join(engineFolder, 'complete.json'), readFileSync(join(engine, 'complete.json')))
      const from = join(cacheFolder(process.env), 'engine.json')
      writeFileSync(join(engineFolder, '..', 'engine.json'), readFileSync(from))
    })
    const made = runCarried(nodePath, cachePath, [join(root, 'scripts', 'setup.cjs')])
    expect(made.status, made.output).toBe(0)
    expect(made.output).not.toMatch(/compiling|fetching|cannot be had/)
    expectNative(report(nodePath, cachePath))

    const moved = join(folder, 'moved')
    await rename(cachePath, moved)
    expectNative(report(nodePath.replace(cachePath, moved), moved))
  })

  it('takes TensorFlow from a folder of unpacked pieces, and remembers it', async () => {
    const pieces = join(folder, 'pieces')
    mkdirSync(join(pieces, 'tensorflow'), { recursive: true })
    mkdirSync(join(pieces, 'lib'))
    for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'])
      symlinkSync(join(engine, 'tensorflow', name), join(pieces, 'tensorflow', name))
    // Compiled files alone: no libraries, no headers.
    const [cachePath, nodePath] = await makeCache('compiled', () => undefined)
    const setUp = [join(root, 'scripts', 'setup.cjs')]

    const made = runCarried(nodePath, cachePath, setUp, { BITW_TENSORFLOW: pieces })
    expect(made.status, made.output).toBe(0)
    expect(made.output).toContain(`It is taken from ${pieces}.`)
    const kept = JSON.parse(readFileSync(join(cachePath, 'engine.json'), 'utf8')) as Record<string, unknown>
    expect(kept).toMatchObject({ kind: 'tensorflow-cpu', version: record?.version, tensorflow: pieces })
    expectNative(report(nodePath, cachePath))
    const again = runCarried(nodePath, cachePath, setUp)
    expect(again.output).not.toMatch(/fetching|compiling|Engine/)

    rmSync(join(pieces, 'tensorflow', 'libtensorflow_framework.so.2'))
    const refused = runCarried(nodePath, cachePath, setUp, { BITW_TENSORFLOW: pieces })
    expect(refused.status).toBe(1)
    expect(refused.output).toContain('lacks libtensorflow_framework.so.2 (looked in')
    // Remembered, and not asked for now: the set-up goes on without it.
    const without = runCarried(nodePath, cachePath, setUp)
    expect(without.status, without.output).toBe(0)
    expect(without.output).toContain('Going on with the WebAssembly engine')
  })
})

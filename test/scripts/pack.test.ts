import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keptLog, packFolder } from './setup-modules'

const bindingPlace = 'node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8/tfjs_binding.node'
const engine = 'tensorflow-2.20.0-linux-x64-cpu'

let folder: string
let root: string
let cachePath: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'bitw-pack-')))
  root = join(folder, 'root')
  cachePath = join(folder, 'cache')
  put('root/package.json', '{}')
  put('root/.git/HEAD', 'ref')
  put('root/test-results/shot.png', '')
  put('root/node_modules/.cache/lint', '')
  put('root/scripts/bitw.cjs', 'console.log("started with", process.argv.slice(2).join(" "))')
  put(`cache/${engine}/tfjs_binding-new.node`, 'binding')
  put(`cache/${engine}/bitw_graph-new.node`, 'addon')
  put(`cache/${engine}/bitw_graph-old.node`, 'old')
  put(`cache/${engine}/tensorflow/libtensorflow_cc.so.2`, 'library')
  put('cache/npm/a', '')
  put('cache/graphs/a', '')
  put('cache/webgpu-0.6.2/index.js', '')
  put('cache/node-22/bin/node', '')
  rmSync(join(cachePath, 'node-22/bin/node'))
  symlinkSync(process.execPath, join(cachePath, 'node-22/bin/node'))
  mkdirSync(dirname(join(root, bindingPlace)), { recursive: true })
  symlinkSync(join(cachePath, engine, 'tfjs_binding-new.node'), join(root, bindingPlace))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function put(name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), text)
}

function record(changes: object = {}): void {
  const plain = {
    kind: 'tensorflow-cpu',
    version: '2.20.0',
    libraryFolders: [],
    cudaDataFolder: null,
    note: '',
    graphAddon: `${engine}/bitw_graph-new.node`,
    plan: engine,
    tensorflow: null,
    failed: null,
  }
  put('cache/engine.json', JSON.stringify({ ...plain, ...changes }))
}

async function pack(): Promise<{ target: string; carried: string; kept: Record<string, unknown> }> {
  const target = join(folder, 'packed')
  const nodePath = join(cachePath, 'node-22', 'bin', 'node')
  await packFolder({ root, cachePath, nodePath, target, log: keptLog() })
  const carried = join(target, '.cache', 'bit-workbench')
  const kept = JSON.parse(readFileSync(join(carried, 'engine.json'), 'utf8')) as Record<string, unknown>
  return { target, carried, kept }
}

describe('packing a set-up', () => {
  it('copies the repository with its engine and its Node, and leaves out what is made again', async () => {
    record()
    const { target, carried, kept } = await pack()
    expect(kept).toMatchObject({ graphAddon: `${engine}/bitw_graph-new.node`, plan: engine })
    for (const there of ['package.json', 'scripts/bitw.cjs', 'bitw'])
      expect(existsSync(join(target, there))).toBe(true)
    for (const gone of ['.git', 'test-results', 'node_modules/.cache'])
      expect(existsSync(join(target, gone))).toBe(false)
    for (const there of [`${engine}/bitw_graph-new.node`, 'webgpu-0.6.2/index.js', 'node-22/bin/node'])
      expect(existsSync(join(carried, there))).toBe(true)
    for (const gone of [`${engine}/bitw_graph-old.node`, 'npm', 'graphs'])
      expect(existsSync(join(carried, gone))).toBe(false)
  })

  it('leads to its own engine wherever it is moved', async () => {
    record()
    const { target } = await pack()
    rmSync(cachePath, { recursive: true })
    renameSync(target, join(folder, 'moved'))
    expect(readlinkSync(join(folder, 'moved', bindingPlace))).toMatch(/^\.\./)
    expect(readFileSync(join(folder, 'moved', bindingPlace), 'utf8')).toBe('binding')
  })

  it('starts with the Node that it carries, from any folder', async () => {
    record()
    const { target } = await pack()
    const { stdout } = spawnSync(join(target, 'bitw'), ['engine'], {
      encoding: 'utf8',
      cwd: '/',
      env: { PATH: '/nowhere' },
    })
    expect(stdout).toBe('started with engine\n')
  })

  it('takes the libraries along where they are the user’s own, and of CUDA what TensorFlow opens', async () => {
    for (const name of ['libtensorflow_cc.so.2', 'libcublas.so.12', 'libcudnn_ops.so.9', 'libnpp.so.12'])
      put(`user/${name}`, name)
    put('user/nvvm/libdevice/libdevice.10.bc', '')
    rmSync(join(cachePath, engine, 'tensorflow', 'libtensorflow_cc.so.2'))
    symlinkSync(
      join(folder, 'user/libtensorflow_cc.so.2'),
      join(cachePath, engine, 'tensorflow', 'libtensorflow_cc.so.2'),
    )
    record({
      kind: 'tensorflow-gpu',
      tensorflow: join(folder, 'user'),
      libraryFolders: [join(folder, 'user')],
      cudaDataFolder: join(folder, 'user'),
    })
    const { carried, kept } = await pack()
    expect(kept).toMatchObject({
      tensorflow: 'tensorflow-carried',
      libraryFolders: ['tensorflow-carried/lib'],
      cudaDataFolder: 'tensorflow-carried/cuda_nvcc',
      graphAddon: 'tensorflow-carried/bitw_graph-new.node',
    })
    const inside = join(carried, 'tensorflow-carried')
    expect(lstatSync(join(inside, 'tensorflow/libtensorflow_cc.so.2')).isFile()).toBe(true)
    for (const there of [
      'lib/libcublas.so.12',
      'lib/libcudnn_ops.so.9',
      'cuda_nvcc/nvvm/libdevice/libdevice.10.bc',
    ])
      expect(existsSync(join(inside, there))).toBe(true)
    expect(existsSync(join(inside, 'lib/libnpp.so.12'))).toBe(false)
  })

  it('refuses a folder that holds something, or lies in the repository', async () => {
    record()
    put('packed/mine', '')
    await expect(pack()).rejects.toThrow('is not empty')
    const inside = packFolder({ root, cachePath, nodePath: '', target: join(root, 'out'), log: keptLog() })
    await expect(inside).rejects.toThrow('inside the repository')
  })
})

/** TensorFlow from a folder of the user's, in every layout that one can have; the files are empty, their names are real. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  cudaNeeded,
  enginePlan,
  files,
  headers,
  inspectEngineFolder,
  keptLog,
  libraries,
  missingWords,
  namedFolder,
  pins,
  plansToTry,
} from './setup-modules'
import type { Facts } from './setup-modules'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bitw-engine-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function put(place: string, names: readonly string[]): void {
  for (const name of names) {
    const file = join(folder, place, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, '')
  }
}

describe('the layouts of a folder with TensorFlow', () => {
  it('may have everything in one folder', () => {
    put('.', [...libraries, ...cudaNeeded])
    put('include', headers)
    const found = inspectEngineFolder(folder, { withCuda: true })
    expect(found.libraries['libtensorflow_cc.so.2']).toBe(join(folder, 'libtensorflow_cc.so.2'))
    expect(found).toMatchObject({
      include: join(folder, 'include'),
      cudaFolders: [folder],
      missing: [],
      missingHeaders: [],
      missingCuda: [],
    })
  })

  it.skipIf(process.platform === 'win32')('are read through no pipe: what is one is missing', () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    for (const name of libraries) execFileSync('mkfifo', [join(folder, name)])
    for (const named of [folder, pipe]) {
      const { missing } = inspectEngineFolder(named, { withCuda: true })
      expect(missing.map(({ name }) => name)).toEqual(libraries)
    }
  })

  const putWheel = (): void => {
    put('site-packages/tensorflow', libraries)
    put('site-packages/tensorflow/include', headers)
    for (const name of cudaNeeded) put(`site-packages/nvidia/${name.split('.')[0] ?? ''}/lib`, [name])
    put('site-packages/nvidia/cuda_nvcc/nvvm/libdevice', ['libdevice.10.bc'])
  }
  it.each(['site-packages', 'site-packages/tensorflow'])('may be what pip made, named by its %s', (named) => {
    putWheel()
    const found = inspectEngineFolder(join(folder, named), { withCuda: true })
    expect(found.libraries['libtensorflow_framework.so.2']).toBe(
      join(folder, 'site-packages/tensorflow/libtensorflow_framework.so.2'),
    )
    expect(found.include).toBe(join(folder, 'site-packages/tensorflow/include'))
    expect(found.cudaFolders).toHaveLength(cudaNeeded.length)
    expect(found.cudaDataFolder).toBe(join(folder, 'site-packages/nvidia/cuda_nvcc'))
    expect([...found.missing, ...found.missingCuda]).toEqual([])
  })

  it('may be unpacked pieces, with links to CUDA in lib and headers elsewhere', () => {
    put('pieces/tensorflow', libraries)
    put('elsewhere', cudaNeeded)
    mkdirSync(join(folder, 'pieces/lib'))
    for (const name of cudaNeeded)
      symlinkSync(join(folder, 'elsewhere', name), join(folder, 'pieces/lib', name))
    put('cache/include', headers)
    const found = inspectEngineFolder(join(folder, 'pieces'), {
      withCuda: true,
      moreHeaders: [join(folder, 'cache/include')],
    })
    expect(found).toMatchObject({
      include: join(folder, 'cache/include'),
      cudaFolders: [join(folder, 'pieces/lib')],
      missing: [],
      missingCuda: [],
    })
  })

  it('may leave CUDA to the machine’s own', () => {
    put('tensorflow', libraries)
    put('usr/local/cuda/lib64', cudaNeeded)
    const system = join(folder, 'usr/local/cuda/lib64')
    const found = inspectEngineFolder(join(folder, 'tensorflow'), { withCuda: true, systemFolders: [system] })
    expect(found.cudaFolders).toEqual([system])
  })
})

describe('what a folder lacks', () => {
  it('is named file by file, with where it was looked for', () => {
    put('.', ['libtensorflow_cc.so.2', ...cudaNeeded.slice(0, -1)])
    put('include', headers.slice(1))
    symlinkSync(join(folder, 'gone'), join(folder, 'libtensorflow_framework.so.2'))
    const found = inspectEngineFolder(folder, { withCuda: true })
    expect(missingWords(found.missing)).toBe(
      `libtensorflow_framework.so.2 (looked in ${['', 'tensorflow', 'lib', 'lib64'].map((one) => join(folder, one).replace(/\/$/, '')).join(', ')})`,
    )
    expect(found.include).toBeNull()
    expect(found.missingHeaders.map(({ name }) => name)).toEqual(['tensorflow/c/c_api.h'])
    expect(found.missingHeaders[0]?.looked).toContain(join(folder, 'include'))
    expect(found.missingCuda.map(({ name }) => name)).toEqual([cudaNeeded.at(-1)])
  })

  it('is no CUDA where none is wanted', () => {
    put('.', libraries)
    expect(inspectEngineFolder(folder)).toMatchObject({
      cudaFolders: [],
      cudaDataFolder: null,
      missingCuda: [],
    })
  })

  it('reads as a sentence', () => {
    const missing = ['a', 'b', 'c'].map((name) => ({ name, looked: ['/x', '/y'] }))
    expect(missingWords(missing)).toBe('a, b and c (looked in /x, /y)')
  })
})

describe('the folder that is named', () => {
  const before = { tensorflow: 'kept' }
  it('is the variable’s, else the one of the last set-up while it is there', () => {
    mkdirSync(join(folder, 'kept'))
    const log = keptLog()
    expect(namedFolder(before, folder, log, { BITW_TENSORFLOW: '/other' })).toEqual({
      folder: '/other',
      isAsked: true,
    })
    expect(namedFolder(before, folder, log, {})).toEqual({ folder: join(folder, 'kept'), isAsked: false })
    expect(namedFolder({ tensorflow: null }, folder, log, {})).toBeNull()
    expect(namedFolder(null, folder, log, {})).toBeNull()
  })

  it('is forgotten with an empty variable, and when it has gone, which is said', () => {
    const log = keptLog()
    expect(namedFolder(before, folder, log, { BITW_TENSORFLOW: '' })).toBeNull()
    expect(log.lines).toEqual([])
    expect(namedFolder(before, folder, log, {})).toBeNull()
    expect(log.lines.join()).toContain(join(folder, 'kept'))
  })
})

describe('which build is tried', () => {
  const cpuFacts: Facts = { platform: 'linux', arch: 'x64', glibc: '2.36', asked: 'auto', gpu: null }
  const cpu = enginePlan(cpuFacts, pins)
  const gpu = enginePlan({ ...cpuFacts, gpu: { name: 'NVIDIA H200', driver: '570.86.15' } }, pins)
  const complete = (plan: typeof cpu): void =>
    files.writeJson(join(folder, plan.folder, 'complete.json'), {
      sha256: plan.wheels.map(({ sha256 }) => sha256),
      members: plan.wheels.map(({ members }) => members),
    })
  const names = (plan: typeof cpu, sibling: typeof cpu, failedLately = false): string[] =>
    plansToTry(plan, sibling, folder, failedLately).map(({ kind }) => kind)

  it('is the right one, and it alone where nothing is here', () => {
    expect(names(gpu, cpu)).toEqual(['tensorflow-gpu'])
    expect(names(gpu, cpu, true)).toEqual([])
    complete(gpu)
    expect(names(gpu, cpu, true)).toEqual(['tensorflow-gpu'])
  })

  it('is the CPU build that was carried here where the other cannot be fetched', () => {
    complete(cpu)
    expect(names(gpu, cpu)).toEqual(['tensorflow-gpu', 'tensorflow-cpu'])
    expect(names(gpu, cpu, true)).toEqual(['tensorflow-cpu'])
  })

  it('is the GPU build that was carried here on a machine without a card: nothing is fetched', () => {
    complete(gpu)
    expect(names(cpu, gpu)).toEqual(['tensorflow-gpu'])
  })
})

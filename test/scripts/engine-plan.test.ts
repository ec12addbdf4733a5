import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { cacheFolder, enginePlan, pins } from './setup-modules'
import type { Facts } from './setup-modules'
import { cacheFolder as cacheFolderOfTheTrainer } from '../../src/main/engine/setup-record'

const plain: Facts = { platform: 'linux', arch: 'x64', glibc: '2.36', asked: 'auto', gpu: null }
const withGpu: Facts = { ...plain, gpu: { name: 'NVIDIA H200', driver: '570.86.15' } }

/** The dependencies that the recorded metadata of TensorFlow's own wheel names for its GPU extra: name → [least, below]. */
const required = new Map(
  readFileSync('test/fixtures/tensorflow-2.20.0-metadata.txt', 'utf8')
    .split('\n')
    .map((line) => /^Requires-Dist: ([\w-]+)<([\d.]+),>=([\d.]+); extra == "and-cuda"$/.exec(line))
    .filter((match) => match !== null)
    .map(([, name = '', below = '', least = '']) => [name, { least, below }]),
)

describe('the engine’s plan', () => {
  it('is the CPU wheel where there is no NVIDIA driver, and says so', () => {
    const plan = enginePlan(plain, pins)
    expect(plan.kind).toBe('tensorflow-cpu')
    expect(plan.wheels.map((wheel) => wheel.name)).toEqual(['tensorflow-cpu'])
    expect(plan.note).toContain('No NVIDIA driver')
    expect(plan.libraryFolders).toEqual([])
  })

  it('is the GPU wheel with all that its and-cuda extra names where there is a driver', () => {
    const plan = enginePlan(withGpu, pins)
    expect(plan.kind).toBe('tensorflow-gpu')
    expect(required.size).toBe(12)
    expect(new Set(plan.wheels.map((wheel) => wheel.name))).toEqual(
      new Set(['tensorflow', ...required.keys()]),
    )
    expect(plan.libraryFolders).toContain('nvidia/cudnn/lib')
    expect(plan.libraryFolders).toContain('nvidia/cuda_runtime/lib')
    expect(plan.cudaDataFolder).toBe('nvidia/cuda_nvcc')
  })

  it('pins CUDA versions within the ranges that TensorFlow’s metadata gives', () => {
    for (const [name, { least, below }] of required) {
      const version = pins.tensorflow.cuda[name]?.version ?? ''
      expect(compareVersions(version, least), `${name} ${version} >= ${least}`).toBeGreaterThanOrEqual(0)
      expect(compareVersions(version, below), `${name} ${version} < ${below}`).toBeLessThan(0)
    }
  })

  it('keeps to the CPU where the driver is too old for CUDA 12, and names it', () => {
    const plan = enginePlan({ ...plain, gpu: { name: 'Tesla K80', driver: '470.256.02' } }, pins)
    expect(plan.kind).toBe('tensorflow-cpu')
    expect(plan.note).toContain('470.256.02')
  })

  it('has a wheel for 64-bit Arm, CPU only', () => {
    const plan = enginePlan({ ...withGpu, arch: 'arm64' }, pins)
    expect(plan.kind).toBe('tensorflow-cpu')
    expect(plan.wheels[0]?.file).toContain('aarch64')
  })

  it.each([
    ['BITW_ENGINE', { ...plain, asked: 'wasm' }],
    ['Linux only', { ...plain, platform: 'darwin' }],
    ['WSL', { ...plain, platform: 'win32' }],
    ['glibc', { ...plain, glibc: null }],
    ['linux-riscv64', { ...plain, arch: 'riscv64' }],
  ])('has no wheels and the reason (%s) where TensorFlow cannot be had', (reason, facts) => {
    const plan = enginePlan(facts, pins)
    expect(plan.kind).toBe('none')
    expect(plan.wheels).toEqual([])
    expect(plan.note).toContain(reason)
  })

  it('pins every file by name and hash', () => {
    for (const wheel of enginePlan(withGpu, pins).wheels) {
      expect(wheel.sha256).toMatch(/^[0-9a-f]{64}$/)
      expect(wheel.file).toContain(`-${wheel.version}-`)
      expect(wheel.members.length).toBeGreaterThan(0)
    }
    for (const { integrity } of Object.values(pins.node.packages))
      expect(integrity).toMatch(/^sha512-.{86}==$/)
  })
})

describe('the cache folder', () => {
  it.each([
    { BITW_CACHE: '/somewhere/cache' },
    { XDG_CACHE_HOME: '/xdg' },
    { XDG_CACHE_HOME: 'relative' },
    {},
  ])('is the same for the set-up and for the trainer (%o)', (environment: Record<string, string>) => {
    expect(cacheFolder(environment)).toBe(cacheFolderOfTheTrainer(environment))
  })
})

/** Of dotted numbers; negative where a is the lower one. */
function compareVersions(a: string, b: string): number {
  const left = a.split('.').map(Number)
  const right = b.split('.').map(Number)
  for (let place = 0; place < Math.max(left.length, right.length); place++) {
    const difference = (left[place] ?? 0) - (right[place] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

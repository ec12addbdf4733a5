/** What recorded graphs need of the engine that is loaded; set by `loadEngine`, like tfjs's own backend. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { GraphAddon } from './graph-addon'
import { loadGraphAddon } from './graph-addon'
import { cardHasBfloat16, hasBfloat16, threadCount } from '../../../engine/machine'
import { openProgramCache } from './program-cache'
import type { ProgramCache } from './program-cache'
import { cacheFolder, readSetupRecord } from '../../../engine/setup-record'
import { registerTensorflowKernels } from './kernels'

export interface GraphEngine {
  readonly addon: GraphAddon
  readonly cache: ProgramCache
  readonly device: 'cpu' | 'gpu'
  readonly threadCount: number
  /** Compile what can be fused; decided for each state on a GPU. */
  readonly xla: boolean
  /** Changes with the device, TensorFlow, our kernels and our code. */
  readonly identity: string
  readonly cacheFolder: string
  /** Which of our kernels' instruction sets is in use, e.g. v4 (x86-64-v4: AVX-512). */
  readonly instructionSet: string
  /** Whether the device has instructions for bfloat16; null where that is not known. */
  readonly hasBfloat16: boolean | null
}

let current: GraphEngine | null = null

/** Null where the engine in use cannot run recorded graphs. */
export function graphEngine(): GraphEngine | null {
  return current
}

/**
 * Loads our addon beside native TensorFlow and, on the CPU, its kernels; or the reason where the set-up has not built it. Call it once, after
 * TensorFlow.
 */
export function startGraphEngine(options: {
  tensorflowVersion: string
  usesGpu: boolean
  deviceName: string
}): GraphEngine | string {
  // for comparison: tfjs-node as it comes, op by op and without our kernels
  if (process.env['BITW_GRAPHS'] === '0') return 'BITW_GRAPHS=0 switches them off'
  const path = readSetupRecord(process.env)?.graphAddon ?? null
  if (path === null) return 'the setup has not built the addon for recorded graphs'
  const addon = loadGraphAddon(path)
  const threads = threadCount(process.env)
  const instructionSet = addon.start(threads)
  if (!options.usesGpu) registerTensorflowKernels()
  const identity = [options.tensorflowVersion, options.usesGpu, hashFile(path), __BITW_BUILD__].join(' ')
  current = {
    addon,
    cache: openProgramCache(join(cacheFolder(process.env), 'graphs'), identity),
    device: options.usesGpu ? 'gpu' : 'cpu',
    threadCount: threads,
    xla: false,
    identity: [identity, options.deviceName].join(' '),
    cacheFolder: cacheFolder(process.env),
    instructionSet,
    hasBfloat16: options.usesGpu ? cardHasBfloat16() : hasBfloat16(),
  }
  return current
}

/** For engines that have none. */
export function stopGraphEngine(): void {
  current = null
}

function hashFile(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

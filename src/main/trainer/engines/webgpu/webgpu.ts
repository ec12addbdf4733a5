import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as tf from '@tensorflow/tfjs-core'
import { WorkbenchError } from '../../../../contract/errors'
import { importPackage } from '../import-package'
import { cacheFolder } from '../../../engine/setup-record'
import { registerGradients } from '../wasm/wasm'
import { describeAdapter, softwareReason } from './adapter'
import type { AdapterInfo } from './adapter'

export interface WebgpuEngine {
  readonly version: string
  /** Of Dawn's package. */
  readonly dawnVersion: string
  readonly deviceName: string
  readonly isSoftware: boolean
}

interface Adapter {
  readonly info: AdapterInfo
}
interface Gpu {
  requestAdapter(options: { powerPreference: 'high-performance' }): Promise<Adapter | null>
}
interface Dawn {
  create(flags: string[]): Gpu
  readonly globals: object
}

/** The set-up's pin (scripts/setup/pins.json) names the same. */
const dawnFolder = 'webgpu-0.6.2'

/**
 * WebGPU through Dawn, fetched by the set-up when asked for, on a hardware adapter; with `allowSoftware` on any. Leaves the backend set.
 * Throws 'engine-missing' where Dawn or an adapter is missing, 'unsupported' on a software adapter.
 */
export async function loadWebgpu(allowSoftware: boolean): Promise<WebgpuEngine> {
  const folder = join(cacheFolder(process.env), dawnFolder)
  if (!existsSync(join(folder, 'index.js'))) {
    throw new WorkbenchError(
      'engine-missing',
      'The WebGPU engine needs Dawn, which is not installed.',
      'Run "npm run setup -- --webgpu" (a download of 51 MB), or choose another engine.',
    )
  }
  const dawn = await importPackage<Dawn>(pathToFileURL(join(folder, 'index.js')).href)
  Object.assign(globalThis, dawn.globals)
  const gpu = dawn.create([])
  // held globally: once the garbage collector takes what `create` gave, the process ends without a word
  Object.assign(globalThis, { bitwDawn: gpu })
  const info = await hardwareOf(gpu, allowSoftware)
  // before the backend is imported, which looks for it there
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true, writable: true })
  await registerGradients()
  const backend = await importPackage<{ version_webgpu?: string }>('@tensorflow/tfjs-backend-webgpu')
  if (!(await tf.setBackend('webgpu'))) throw new Error('The WebGPU backend did not start.')
  return {
    version: backend.version_webgpu ?? tf.version_core,
    dawnVersion: dawnFolder.replace('webgpu-', ''),
    deviceName: describeAdapter(info),
    isSoftware: softwareReason(info) !== null,
  }
}

async function hardwareOf(gpu: Gpu, allowSoftware: boolean): Promise<AdapterInfo> {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
  if (adapter === null) {
    throw new WorkbenchError(
      'engine-missing',
      'WebGPU finds no graphics adapter.',
      "Install the card's Vulkan driver (on Linux) or a newer driver, or choose another engine.",
    )
  }
  const reason = softwareReason(adapter.info)
  if (reason !== null && !allowSoftware) {
    throw new WorkbenchError(
      'unsupported',
      `WebGPU finds only ${describeAdapter(adapter.info)}, and ${reason}: it computes on the processor, many times slower than the other engines.`,
      'Choose the engine "auto", "tensorflow" or "wasm"; or "webgpu-software" to use it anyway.',
    )
  }
  return adapter.info
}

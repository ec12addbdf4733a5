import * as tf from '@tensorflow/tfjs-core'
import type { EngineReport } from '../../../contract/entities/model'
import { WorkbenchError } from '../../../contract/errors'
import type { EngineWanted } from '../../protocol/engine-wanted'
import { checkGradients } from './gradient-check'
import { startGraphEngine, stopGraphEngine } from './tensorflow/graph-engine'
import { cpuName, findGpu, threadCount } from '../../engine/machine'
import { plainReport, tensorflowReport, wasmReport, webgpuReport } from './report'
import { loadTensorflow } from './tensorflow/tensorflow'
import { loadWasm, registerGradients } from './wasm/wasm'
import { loadWebgpu } from './webgpu/webgpu'

/**
 * Largest relative difference between an engine's gradients and the plain backend's. float32 gives some 1e-5; a GPU convolves in
 * TF32 (10 bits of fraction), which gives some 1e-3. The faults this is for are of the order of 1.
 */
const tolerance = { cpu: 1e-3, gpu: 2e-2 } as const

/**
 * Loads an engine, checks its gradients, and leaves it as tfjs-core's backend; for the trainer process only. 'auto' takes native
 * TensorFlow, and where that is missing or wrong WebAssembly, with the reason in the report; every other engine works only when asked for by
 * name. Throws 'engine-missing' where the engine asked for (or, with 'auto', any) does not work, 'unsupported' for WebGPU without hardware.
 */
export async function loadEngine(asked: EngineWanted): Promise<EngineReport> {
  stopGraphEngine()
  switch (asked) {
    case 'tensorflow':
      return only(checkedTensorflow, 'Native TensorFlow')
    case 'wasm':
      return only(() => checkedWasm('you chose it'), 'The WebAssembly engine')
    case 'webgpu':
    case 'webgpu-software':
      return only(() => checkedWebgpu(asked === 'webgpu-software'), 'The WebGPU engine')
    case 'cpu':
      await registerGradients()
      await tf.setBackend('cpu')
      return plainReport()
    case 'auto':
      return best()
  }
}

async function best(): Promise<EngineReport> {
  let reason: string
  try {
    return await checkedTensorflow()
  } catch (thrown) {
    reason = firstLine(thrown)
  }
  try {
    return await checkedWasm(`native TensorFlow cannot be used (${reason})`)
  } catch (thrown) {
    throw new WorkbenchError(
      'engine-missing',
      `No engine works on this machine. Native TensorFlow: ${reason}. WebAssembly: ${firstLine(thrown)}.`,
      'Run "npm run setup" and read its messages about the engine.',
      { cause: thrown },
    )
  }
}

async function only(load: () => Promise<EngineReport>, name: string): Promise<EngineReport> {
  try {
    return await load()
  } catch (thrown) {
    if (thrown instanceof WorkbenchError) throw thrown
    throw new WorkbenchError(
      'engine-missing',
      `${name} cannot be used: ${firstLine(thrown)}.`,
      'Run "npm run setup", or choose the engine "auto" to use another.',
      { cause: thrown },
    )
  }
}

async function checkedTensorflow(): Promise<EngineReport> {
  const native = await loadTensorflow()
  const graphs = startGraphEngine({
    tensorflowVersion: native.version,
    usesGpu: native.usesGpu,
    deviceName: native.usesGpu ? (findGpu()?.name ?? 'GPU') : cpuName(),
  })
  const wrong = await checkGradients('tensorflow', native.usesGpu ? tolerance.gpu : tolerance.cpu)
  if (wrong !== null) throw new Error(`It failed its check at the start: ${wrong}`)
  return tensorflowReport(native, graphs)
}

async function checkedWasm(why: string): Promise<EngineReport> {
  const wasm = await loadWasm(threadCount(process.env))
  const wrong = await checkGradients('wasm', tolerance.cpu)
  if (wrong !== null) throw new Error(`It failed its check at the start: ${wrong}`)
  return wasmReport(wasm, why)
}

async function checkedWebgpu(allowSoftware: boolean): Promise<EngineReport> {
  const webgpu = await loadWebgpu(allowSoftware)
  const wrong = await checkGradients('webgpu', tolerance.cpu) // float32 throughout: tfjs asks for no shorter numbers
  if (wrong !== null) throw new Error(`It failed its check at the start: ${wrong}`)
  return webgpuReport(webgpu)
}

function firstLine(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown)
  return (text.split('\n')[0] ?? '').trim().replace(/\.$/, '')
}

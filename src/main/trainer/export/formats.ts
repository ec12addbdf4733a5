/** How each format is written and how it is opened again. */
import { join } from 'node:path'
import type { ExportFormat } from '../../../contract/entities/export'
import { sizeWords } from '../../../domain/model/model-names'
import { writeModelMetadata } from '../../weights/model-metadata'
import { writeNpz } from '../../weights/npz'
import { writeSafetensors } from '../../weights/safetensors'
import type { WeightSet } from '../../weights/weight-set'
import type { ExportJob } from '../../protocol/messages'
import { weightFileNames } from './beside'
import { foldedWeights } from './folded-weights'
import type { ModelFacts } from '../../../domain/model/model-facts'
import type { Network } from './network'
import { writeNetwork } from './network'
import { writeOnnx } from './onnx/file'
import { OnnxWriter } from './onnx/writer'
import { openOnnx } from './runtimes/onnx'
import type { Runtime } from './runtimes/runtime'
import { openSavedModel } from './runtimes/saved-model'
import { openTfjs } from './runtimes/tfjs'
import { openWeightFile } from './runtimes/weight-file'
import { writeSavedModel } from './tensorflow/saved-model-file'
import { TensorflowWriter } from './tensorflow/writer'
import { writeTfjs } from './tensorflow/tfjs-files'

/** `sha256` of the parameters that were read back (see weights-hash.ts); null for graphs. */
type Opened = Runtime & { readonly sha256: string | null }

interface Format {
  write(folder: string, weights: WeightSet, job: ExportJob): Promise<void>
  open(folder: string, model: ModelFacts): Promise<Opened>
}

export const formats: Readonly<Record<ExportFormat, Format>> = {
  onnx: {
    async write(folder, weights, { model, workbenchVersion }) {
      const graph = new OnnxWriter()
      writeNetwork(graph, networkOf(weights, model))
      const description = `${model.name}: ${sizeWords(model.architecture)}, ${String(model.classCount)} classes. ${model.trainedOn}`
      await writeOnnx(folder, graph.graph(), {
        producerVersion: workbenchVersion,
        description,
        properties: metadataOf(model),
      })
    },
    open: async (folder) => ({ ...(await openOnnx(folder)), sha256: null }),
  },
  savedmodel: {
    async write(folder, weights, { model }) {
      const graph = new TensorflowWriter('DT_UINT8')
      writeNetwork(graph, networkOf(weights, model))
      await writeSavedModel(folder, graph.graph(), model.classNames)
    },
    open: async (folder) => ({ ...(await openSavedModel(folder)), sha256: null }),
  },
  tfjs: {
    async write(folder, weights, { model, workbenchVersion }) {
      const graph = new TensorflowWriter('DT_INT32')
      writeNetwork(graph, networkOf(weights, model))
      await writeTfjs(folder, graph.graph(), `BiT Workbench ${workbenchVersion}`, metadataOf(model))
    },
    open: async (folder) => ({ ...(await openTfjs(folder)), sha256: null }),
  },
  safetensors: {
    write: (folder, weights, { model }) =>
      writeSafetensors(weights, join(folder, weightFileNames.safetensors), metadataOf(model)),
    open: (folder, model) => openWeightFile(folder, weightFileNames.safetensors, model),
  },
  npz: {
    write: (folder, weights) => writeNpz(weights, join(folder, weightFileNames.npz)),
    open: (folder, model) => openWeightFile(folder, weightFileNames.npz, model),
  },
}

function networkOf(weights: WeightSet, model: ModelFacts): Network {
  return { ...model, ...foldedWeights(weights, model.spec) }
}

/** The same words in every format that has room for them. */
function metadataOf({ name, cropPx, loss, trainedOn, classNames }: ModelFacts): Record<string, string> {
  return writeModelMetadata({ name, cropPx, loss, trainedOn, ...(classNames !== null && { classNames }) })
}

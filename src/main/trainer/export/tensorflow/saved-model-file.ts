import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { WorkbenchError } from '../../../../contract/errors'
import { SavedModel } from './saved-model-schema'
import type { AttributeValue, Constant, TensorflowGraph, TensorflowNode, TensorflowPort } from './graph-def'
import { byteCountOf, dims } from './graph-def'

/** Of GraphDefs as TensorFlow 2.20 writes them; readers as old as 2.3 take it. */
const producer = 1882

/** One protobuf cannot pass 2 GiB. */
const largestBytes = 2 ** 31 - 2 ** 24

/**
 * Writes saved_model.pb into the folder, with the tag `serve` and the signatures `serving_default` and, where the names are known, `class_names`. Throws
 * 'unsupported' for models above 2 GiB. `limitBytes` is for tests.
 */
export async function writeSavedModel(
  folder: string,
  graph: TensorflowGraph,
  classNames: readonly string[] | null,
  limitBytes = largestBytes,
): Promise<void> {
  const total = graph.constants.reduce((sum, constant) => sum + byteCountOf(constant), 0)
  if (total > limitBytes) {
    throw new WorkbenchError(
      'unsupported',
      'This model is larger than 2 GiB, the limit of a SavedModel with constants.',
      'Export it as onnx or tfjs, which store the weights in separate files, or export the weights as safetensors or npz.',
    )
  }
  const constants = new Map(graph.constants.map((constant) => [constant.name, constant]))
  const signatures: Record<string, object> = {
    serving_default: {
      inputs: { [graph.input.name]: tensorInfo(graph.input) },
      outputs: Object.fromEntries(graph.outputs.map((port) => [port.name, tensorInfo(port)])),
      methodName: 'tensorflow/serving/predict',
    },
  }
  const nodes: object[] = graph.nodes.map((node) => withValue(node, constants))
  if (classNames !== null) {
    const port: TensorflowPort = {
      name: 'names',
      node: 'class_names',
      type: 'DT_STRING',
      shape: [classNames.length],
    }
    nodes.push(namesNode(port, classNames))
    signatures['class_names'] = {
      inputs: {},
      outputs: { names: tensorInfo(port) },
      methodName: 'tensorflow/serving/predict',
    }
  }
  const model = SavedModel.fromObject({
    savedModelSchemaVersion: 1,
    metaGraphs: [
      {
        metaInfoDef: { tags: ['serve'], tensorflowVersion: '2.20.0' },
        graphDef: { node: nodes, versions: { producer, minConsumer: 12 } },
        signatureDef: signatures,
      },
    ],
  })
  await writeFile(join(folder, 'saved_model.pb'), SavedModel.encode(model).finish())
}

function withValue(node: TensorflowNode, constants: ReadonlyMap<string, Constant>): TensorflowNode {
  const constant = constants.get(node.name)
  if (constant === undefined) return node
  const { buffer, byteOffset, byteLength } = constant.data()
  const value: AttributeValue = {
    tensor: {
      dtype: constant.type,
      tensorShape: dims(constant.shape),
      tensorContent: new Uint8Array(buffer, byteOffset, byteLength),
    },
  }
  return { ...node, attr: { ...node.attr, value } }
}

function namesNode({ node, shape }: TensorflowPort, classNames: readonly string[]): TensorflowNode {
  const stringVal = classNames.map((name) => Buffer.from(name, 'utf8').toString('base64'))
  const value: AttributeValue = { tensor: { dtype: 'DT_STRING', tensorShape: dims(shape), stringVal } }
  return { name: node, op: 'Const', input: [], attr: { dtype: { type: 'DT_STRING' }, value } }
}

function tensorInfo({ node, type, shape }: TensorflowPort): object {
  return { name: `${node}:0`, dtype: type, tensorShape: dims(shape) }
}

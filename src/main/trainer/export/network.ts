/** The exported graph, written once for every format that has graphs: images of any size in, probabilities out. */
import { featureChannels, rootSizes, unitsOf } from '../../../domain/model/units'
import { headBiasName, headKernelName } from '../../../domain/model/spec'
import type { FoldedWeights } from './folded-weights'
import type { GraphWriter } from './graph-writer'
import type { ModelFacts } from '../../../domain/model/model-facts'

export interface Network extends FoldedWeights, Pick<ModelFacts, 'spec' | 'classCount' | 'cropPx' | 'loss'> {}

export const inputName = 'images'
export type OutputName = 'probabilities' | 'logits' | 'features' | 'resized'

/** Writes everything between the input and the four outputs; `resized` is what the network sees, in [−1, 1]. */
export function writeNetwork<T>(graph: GraphWriter<T>, network: Network): void {
  const { spec, classCount, cropPx } = network
  const resized = squash(graph, graph.images(inputName), cropPx)
  const scaled = graph.sub(graph.mul(resized, graph.number(1 / 127.5), 'float'), graph.number(1), 'float')
  graph.output('resized', scaled, ['N', cropPx, cropPx, 3])

  const norm = (x: T, part: string): T => graph.normRelu(x, network.norm(part))
  const conv = (x: T, part: string, stride: 1 | 2): T => graph.conv(x, network.kernel(part), stride)

  let x = conv(graph.toLayout(scaled), 'resnet/root_block', 2)
  x = graph.rootPool(x, rootSizes(cropPx).convPx)
  for (const { name, stride, projected } of unitsOf(spec)) {
    const preActivated = norm(x, `${name}/a`)
    const shortcut = projected ? conv(preActivated, `${name}/a/proj`, stride) : x
    let branch = conv(preActivated, `${name}/a`, 1)
    branch = conv(norm(branch, `${name}/b`), `${name}/b`, stride)
    branch = conv(norm(branch, `${name}/c`), `${name}/c`, 1)
    x = graph.add(branch, shortcut)
  }
  const features = graph.globalAverage(norm(x, 'resnet'))
  graph.output('features', features, ['N', featureChannels(spec)])
  const logits = graph.dense(features, network.parameter(headKernelName), network.parameter(headBiasName))
  graph.output('logits', logits, ['N', classCount])
  const probabilities = network.loss === 'softmax' ? graph.softmax(logits) : graph.sigmoid(logits)
  graph.output('probabilities', probabilities, ['N', classCount])
}

/** [n,h,w,3] integers → [n,px,px,3] float, 0 … 255: bilinear with half-pixel centres, a wider triangle when shrinking; not rounded. */
function squash<T>(graph: GraphWriter<T>, images: T, px: number): T {
  const [height, width] = [graph.size(images, 1), graph.size(images, 2)]
  const values = graph.toFloat(images)
  const rows = graph.reshape(values, [graph.size(images, 0), height, -1])
  const shorter = graph.matMul(triangles(graph, height, px), rows)
  const columns = graph.reshape(shorter, [-1, width, 3])
  return graph.reshape(graph.matMul(triangles(graph, width, px), columns), [-1, px, px, 3])
}

/**
 * [px, length]: how much of each place along an axis goes to each new one, rows summing to 1. The triangle is 1 − |distance between centres| / max(1,
 * length/px), where positive; over whole numbers, (2j + 1)·px − (2i + 1)·length, the distances are exact.
 */
function triangles<T>(graph: GraphWriter<T>, length: T, px: number): T {
  const integer = (value: number): T => graph.integers([value], [])
  const oddNew = graph.integers(
    Array.from({ length: px }, (_, index) => 2 * index + 1),
    [px, 1],
  )
  const evenOld = graph.mul(graph.range(length), integer(2 * px), 'integer')
  const offset = graph.sub(graph.mul(oddNew, length, 'integer'), integer(px), 'integer')
  const distance = graph.toFloat(graph.abs(graph.sub(evenOld, offset, 'integer')))
  const reach = graph.toFloat(graph.mul(graph.max(length, integer(px)), integer(2), 'integer'))
  const weights = graph.relu(graph.sub(graph.number(1), graph.div(distance, reach), 'float'))
  return graph.div(weights, graph.sumOfRows(weights))
}

/** A model that only looks: its weights, standardized, and nothing of a training. */
import * as tf from '@tensorflow/tfjs-core'
import type { ModelSpec } from '../../../contract/entities/model'
import type { Precision } from '../../../contract/entities/run'
import { graphEngine } from '../engines/tensorflow/graph-engine'
import type { GraphEngine } from '../engines/tensorflow/graph-engine'
import { GraphRuntime } from '../engines/tensorflow/graph-runtime'
import { NotRecordable } from '../engines/tensorflow/record'
import { evidence, forward, pooledFeatures, standardizeAll } from '../network/resnet-v2'
import { parameterShapes } from '../../../domain/model/spec'
import type { WeightSet } from '../../weights/weight-set'
import { imageTensor } from '../step/eager-state'
import { predictionBytes } from '../../../domain/estimate/estimate'
import { filledUp, moveWeights, openProgramSet } from '../step/program-set'
import { embedBodies, evidenceBodies, predictBodies, standardizeBodies, variablesOf } from '../step/programs'
import { sideOf, takeWeight } from '../step/train-state'
import type { Images } from '../step/train-state'

export interface PredictorOptions {
  readonly spec: ModelSpec
  readonly classCount: number
  /** Side of the images. */
  readonly cropPx: number
  /** Where the engine has no recorded graphs it is float32 all the same. */
  readonly precision: Precision
  readonly microBatchSize: number
}

/** Everything stays on the engine between calls. One call at a time. */
export interface Predictor {
  readonly isRecorded: boolean
  /** The largest count that a call takes. */
  readonly microBatchSize: number
  /** Smaller from now on, after memory ran out. */
  setMicroBatchSize(size: number): void
  /** [count,K] logits, row-major. Throws 'RESOURCE_EXHAUSTED…' where memory runs out. */
  predict(images: Images, count: number): Promise<Float32Array>
  /** [count,C]: what the head reads, after the last norm and ReLU, averaged over the image. */
  embed(images: Images, count: number): Promise<Float32Array>
  /** [count,h,w,K], h and w = ⌈cropPx/32⌉: what each place says for each class, see `evidence` of resnet-v2.ts. */
  evidence(images: Images, count: number): Promise<Float32Array>
  dispose(): void
}

type Pass = 'predict' | 'embed' | 'evidence'
const passes = {
  predict: { bodies: predictBodies, output: 'logits' },
  embed: { bodies: embedBodies, output: 'features' },
  evidence: { bodies: evidenceBodies, output: 'shares' },
} as const

/** `weights` must hold every parameter, and is emptied. Recorded as a graph where the engine can, else op by op. Caller disposes. */
export async function createPredictor(
  weights: WeightSet,
  options: PredictorOptions,
  engine: GraphEngine | null = graphEngine(),
): Promise<Predictor> {
  if (engine === null) return createEagerPredictor(weights, options)
  try {
    return await createRecordedPredictor(weights, options, engine)
  } catch (thrown) {
    if (!(thrown instanceof NotRecordable)) throw thrown
    return createEagerPredictor(weights, options)
  }
}

/**
 * A graph has one batch size: there is one for each power of two up to `microBatchSize`, made when it is needed, so that a single image costs
 * what one costs. The kernels are standardized in place.
 */
async function createRecordedPredictor(
  weights: WeightSet,
  options: PredictorOptions,
  engine: GraphEngine,
): Promise<Predictor> {
  const { spec, classCount, cropPx, precision } = options
  let { microBatchSize } = options
  const runtime = new GraphRuntime(engine.addon, engine)
  const programs = openProgramSet(engine, runtime, precision)
  const programOf = (name: Pass, size: number) => {
    const sized = { ...options, microBatchSize: size }
    return programs.program([`${name} only`, spec, classCount, size, cropPx], () =>
      passes[name].bodies(sized, 'pixels'),
    )
  }
  try {
    // what cannot be recorded is known before the weights are loaded
    programOf('predict', 1)
    const variables = variablesOf(options)
    const standardize = variables.some((parameter) => parameter.forward !== parameter.value)
      ? programs.program(['standardize only', spec, classCount], () => standardizeBodies(options))
      : null
    for (const parameter of variables) runtime.declare(parameter.forward)
    await moveWeights(
      weights,
      variables.map((parameter) => ({ name: parameter.value.name, variable: parameter.forward })),
      runtime,
    )
    await standardize?.call('standardize', {})
  } catch (thrown) {
    runtime.close()
    throw thrown
  }

  let reservedFor = 0
  const call = async (name: Pass, images: Images, count: number): Promise<Float32Array> => {
    if (images.kind !== 'pixels' || images.partnersNhwc !== null || sideOf(images, count) !== cropPx)
      throw new RangeError(`A predictor takes stored pixels of ${String(cropPx)} px.`)
    if (count > microBatchSize)
      throw new RangeError(`${String(count)} images for ${String(microBatchSize)} at once`)
    const size = Math.min(2 ** Math.ceil(Math.log2(count)), microBatchSize)
    if (engine.device === 'cpu' && size > reservedFor) {
      await runtime.reserve(predictionBytes(spec, cropPx, size)) // see GraphRuntime.reserve
      reservedFor = size
    }
    const pixels = filledUp(images.pixelsNhwc, size * cropPx * cropPx * 3)
    const outputs = await programOf(name, size).call(name, { pixels })
    const found = outputs[passes[name].output] ?? new Float32Array(0)
    return found.slice(0, (found.length / size) * count)
  }
  return {
    isRecorded: true,
    get microBatchSize() {
      return microBatchSize
    },
    setMicroBatchSize(size) {
      microBatchSize = size
    },
    predict: (images, count) => call('predict', images, count),
    embed: (images, count) => call('embed', images, count),
    evidence: (images, count) => call('evidence', images, count),
    dispose: () => runtime.close(),
  }
}

/** Op by op on whatever backend is set. */
function createEagerPredictor(weights: WeightSet, options: PredictorOptions): Predictor {
  const { spec } = options
  let { microBatchSize } = options
  const parameters = new Map<string, tf.Tensor>()
  for (const { name, shape } of parameterShapes(spec, options.classCount)) {
    const ready = tf.tidy(() => {
      const value: tf.Tensor = tf.tensor(takeWeight(weights, name), [...shape], 'float32')
      return tf.clone(standardizeAll(new Map([[name, value]])).get(name) ?? value)
    })
    parameters.set(name, ready)
  }
  const call = async (
    pass: (...given: Parameters<typeof forward>) => tf.Tensor,
    images: Images,
    count: number,
  ): Promise<Float32Array> => {
    const result = tf.tidy(() => pass(parameters, imageTensor(images, count), spec))
    const data = Float32Array.from(await result.data())
    result.dispose()
    return data
  }
  return {
    isRecorded: false,
    get microBatchSize() {
      return microBatchSize
    },
    setMicroBatchSize(size) {
      microBatchSize = size
    },
    predict: (images, count) => call(forward, images, count),
    embed: (images, count) => call((...given) => pooledFeatures(...given), images, count),
    evidence: (images, count) => call(evidence, images, count),
    dispose: () => tf.dispose([...parameters.values()]),
  }
}

import type { GraphEngine } from '../engines/tensorflow/graph-engine'
import { GraphRuntime } from '../engines/tensorflow/graph-runtime'
import type { Feeds, LoadedProgram } from '../engines/tensorflow/graph-runtime'
import { operationTimes } from '../engines/tensorflow/step-stats'
import type { WeightSet } from '../../weights/weight-set'
import { updateBodies, predictBodies, trainBodies, variablesOf } from './programs'
import type { Bodies, InputKind } from './programs'
import { filledUp, inGroups, moveWeights, openProgramSet } from './program-set'
import { featureChannels } from '../../../domain/model/units'
import { stepBytes } from '../../../domain/estimate/estimate'
import { plainLearning } from './learning'
import { headersOf, sideOf } from './train-state'
import type { Images, StateOptions, TrainState } from './train-state'

/**
 * The step as recorded graphs: weights, momenta and gradients are variables of a session, only batches go in and scalars come out. A graph has
 * one batch size; smaller batches are filled up with zeros, whose labels weigh nothing. `remark` is added to the note. Throws `NotRecordable`.
 */
export async function createRecordedState(
  weights: WeightSet,
  given: StateOptions,
  engine: GraphEngine,
  remark = '',
): Promise<TrainState> {
  let options = given
  const { learning = plainLearning } = given
  // the momentum is part of the graph where something pulls on the weights
  const pulls = learning.weightDecay + learning.decayTowardInitial > 0 ? [given.momentum] : []
  const runtime = new GraphRuntime(engine.addon, engine)
  const programs = openProgramSet(engine, runtime, options.precision)
  let fresh = true

  /** From memory, from the disk, or recorded now. */
  const program = (
    name: 'train' | 'update' | 'predict',
    kind: InputKind | null,
    bodies: () => Bodies,
    size = options.microBatchSize,
  ): LoadedProgram => {
    // the update knows no images
    const shape = kind === null ? [] : [kind, size, options.cropPx]
    return programs.program([name, options.spec, options.classCount, learning, ...pulls, ...shape], bodies)
  }
  const train = (kind: InputKind, size: number): LoadedProgram =>
    program('train', kind, () => trainBodies({ ...options, microBatchSize: size }, kind), size)
  /** What fills up a batch would count in BatchNorm's statistics: a smaller one has a graph of its own there. */
  const trainingSize = (count: number): number =>
    options.spec.norm === 'batch' ? count : options.microBatchSize
  const update = (): LoadedProgram => program('update', null, () => updateBodies(options))
  const predict = (kind: InputKind): LoadedProgram =>
    program('predict', kind, () => predictBodies(options, kind))

  try {
    // what cannot be recorded is known before the weights are loaded
    train('pixels', options.microBatchSize)
    update()
    const variables = variablesOf(options)
    for (const { value, momentum, gradient, forward, initial } of variables) {
      for (const variable of new Set([value, momentum, gradient, forward, initial]))
        if (variable !== null) runtime.declare(variable)
    }
    await moveWeights(
      weights,
      variables.map(({ value }) => ({ name: value.name, variable: value })),
      runtime,
    )
    await update().call('prepare', {})
  } catch (thrown) {
    runtime.close()
    throw thrown
  }

  let reservedFor = 0
  /** Asked before the first step of a size: see `GraphRuntime.reserve`. A GPU reports an empty memory by itself. */
  const reserve = async (): Promise<void> => {
    if (engine.device === 'gpu' || reservedFor === options.microBatchSize) return
    await runtime.reserve(stepBytes(options.spec, options.classCount, options.cropPx, options.microBatchSize))
    reservedFor = options.microBatchSize
  }

  const feedsOf = (
    images: Images,
    count: number,
    size = options.microBatchSize,
  ): { kind: InputKind; feeds: Feeds } => {
    const px = sideOf(images, count)
    if (count > options.microBatchSize)
      throw new RangeError(`${String(count)} images for graphs of ${String(options.microBatchSize)}`)
    if (px !== options.cropPx)
      throw new RangeError(`images of ${String(px)} px for graphs of ${String(options.cropPx)} px`)
    const length = size * px * px * 3
    if (images.kind === 'scaled')
      return { kind: 'scaled', feeds: { images: filledUp(images.imagesNhwc, length) } }
    const pixels = filledUp(images.pixelsNhwc, length)
    if (images.partnersNhwc === null) return { kind: 'pixels', feeds: { pixels } }
    const partners = filledUp(images.partnersNhwc, length)
    return { kind: 'mixed', feeds: { pixels, partners, lambda: Float32Array.of(images.lambda) } }
  }

  const feedsWithLabels = (
    images: Images,
    labelsNk: Float32Array,
    count: number,
    batchSize: number,
    factors: Float32Array | null,
  ) => {
    const size = trainingSize(count)
    const { kind, feeds } = feedsOf(images, count, size)
    const labels = filledUp(labelsNk, size * options.classCount)
    const all: Feeds = { ...feeds, labels, scale: Float32Array.of(1 / batchSize) }
    if (learning.dropout === 0) return { program: train(kind, size), feeds: all }
    const length = size * featureChannels(options.spec)
    const kept = factors ?? new Float32Array(length).fill(1)
    return { program: train(kind, size), feeds: { ...all, factors: filledUp(kept, length) } }
  }

  return {
    get note() {
      const how = programs.recordedCount === 0 ? 'from the cache' : 'recorded now'
      const half = options.precision === 'bfloat16'
      const emulated = half && engine.hasBfloat16 === false
      return {
        kind: emulated ? 'warn' : 'info',
        text: `The step runs as a TensorFlow graph of ${String(programs.nodeCount)} nodes (${how}${half ? ', convolutions in bfloat16' : ''}).${emulated ? ' This processor has no bfloat16 instructions: float32 is faster.' : ''} ${remark}`.trim(),
      } as const
    },
    isRecorded: true,
    get microBatchSize() {
      return options.microBatchSize
    },
    setMicroBatchSize(size) {
      options = { ...options, microBatchSize: size }
    },
    async begin() {
      fresh = true
      await reserve()
    },
    async accumulate(images, labelsNk, count, batchSize, featureFactorsNc = null) {
      const { program: step, feeds } = feedsWithLabels(images, labelsNk, count, batchSize, featureFactorsNc)
      const { lossSum, correct } = await step.call(fresh ? 'first' : 'more', feeds)
      fresh = false
      return { lossSum: lossSum?.[0] ?? NaN, correct: correct?.[0] ?? 0 }
    },
    async apply(learningRate) {
      if (fresh) throw new Error('There is no gradient to apply.')
      await update().call('apply', {
        momentum: Float32Array.of(options.momentum),
        rate: Float32Array.of(learningRate),
      })
      fresh = true
    },
    async predict(images, count) {
      const { kind, feeds } = feedsOf(images, count)
      const { logits } = await predict(kind).call('predict', feeds)
      return (logits ?? new Float32Array(0)).slice(0, count * options.classCount)
    },
    async profile(images, labelsNk, count) {
      if (labelsNk === null) {
        const { kind, feeds } = feedsOf(images, count)
        return operationTimes(await predict(kind).trace('predict', feeds))
      }
      const { program: step, feeds } = feedsWithLabels(images, labelsNk, count, count, null)
      fresh = false
      return operationTimes(await step.trace('first', feeds))
    },
    tensorHeaders: () => headersOf(options.spec, options.classCount),
    async readTensor(name) {
      const [data] = await runtime.get([name])
      if (data === undefined) throw new Error(`The model has no tensor ${name}.`)
      return data
    },
    async restore(tensors) {
      const source = tensors[Symbol.asyncIterator]()
      for (const group of inGroups(headersOf(options.spec, options.classCount))) {
        const values = new Map<string, Float32Array>()
        for (const { name } of group) {
          const { value, done } = await source.next()
          if (done === true) throw new Error('The checkpoint has fewer tensors than the model.')
          values.set(name, value)
        }
        await runtime.set(values)
      }
      // at the end it is known whether they were those that were saved
      if ((await source.next()).done !== true)
        throw new Error('The checkpoint has more tensors than the model.')
      await update().call('restored', {})
    },
    async *readTensors() {
      for (const group of inGroups(headersOf(options.spec, options.classCount))) {
        const found = await runtime.get(group.map(({ name }) => name))
        for (const [index, data] of found.entries()) yield { name: group[index]?.name ?? '', data }
      }
    },
    dispose() {
      runtime.close()
    },
  }
}

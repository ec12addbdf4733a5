import type { ModelSpec } from '../../../src/contract/entities/model'
import { createTrainState } from '../../../src/main/trainer/step/create-state'
import { formulaWeights } from './formula'
import type { trainingReference } from './reference'

/** Row-major one-hot labels. */
function oneHot(labels: readonly number[], classCount: number): Float32Array {
  const labelsNk = new Float32Array(labels.length * classCount)
  labels.forEach((label, row) => (labelsNk[row * classCount + label] = 1))
  return labelsNk
}

function norm(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0))
}

/** How far logits are (absolute), gradient norms and following losses (relative, the worst of all). */
export interface Distance {
  readonly logits: number
  readonly firstLoss: number
  readonly gradientNorms: number
  readonly followingLosses: number
}

export async function distance(
  reference: ReturnType<typeof trainingReference>,
  imagesNhwc: Float32Array,
): Promise<Distance> {
  const { batch, classes, labels, steps, learningRate } = reference
  const spec = { units: reference.blocks, width: reference.widthFactor }
  const state = await createTrainState(weightsOf(spec, classes), {
    spec,
    classCount: classes,
    momentum: reference.momentum,
    microBatchSize: batch,
    cropPx: reference.px,
    precision: 'float32',
  })
  const images = { kind: 'scaled', imagesNhwc } as const
  const logits = await state.predict(images, batch)
  const farLogits = (steps[0]?.logitsNk.flat() ?? []).map((value, i) => Math.abs((logits[i] ?? NaN) - value))
  let farNorms: number[] = []
  const farLosses: number[] = []
  for (const step of steps) {
    await state.begin()
    const { lossSum } = await state.accumulate(images, oneHot(labels, classes), batch, batch)
    await state.apply(learningRate)
    if (step.gradientL2 !== undefined) {
      // after the first step the momentum is the gradient
      const norms = new Map<string, number>()
      for await (const { name, data } of state.readTensors()) norms.set(name, norm(data))
      farNorms = Object.entries(step.gradientL2).map(([name, l2]) =>
        Math.abs((norms.get(`${name}/momentum`) ?? NaN) / l2 - 1),
      )
    }
    farLosses.push(Math.abs(lossSum / batch / step.loss - 1))
  }
  state.dispose()
  return {
    logits: Math.max(...farLogits),
    firstLoss: farLosses[0] ?? NaN,
    gradientNorms: Math.max(...farNorms),
    followingLosses: Math.max(...farLosses.slice(1)),
  }
}

const made = new Map<string, ReturnType<typeof formulaWeights>>()

/** A copy: a state empties what it is given. */
function weightsOf(spec: ModelSpec, classCount: number): ReturnType<typeof formulaWeights> {
  const key = JSON.stringify([spec, classCount])
  const known = made.get(key) ?? formulaWeights(spec, classCount)
  made.set(key, known)
  return new Map([...known].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]))
}

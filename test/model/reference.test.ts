import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { parameterShapes } from '../../src/main/model/spec'
import { forward } from '../../src/main/model/resnet-v2'
import type { WeightSet } from '../../src/main/model/weights/weight-set'
import { loadTestEngine } from './support/engine'
import { formulaImages, formulaWeights } from './support/formula'
import { logitsReference, trainingReference } from './support/reference'

beforeAll(loadTestEngine)

function tensorsOf(weights: WeightSet): Map<string, tf.Tensor> {
  return new Map(
    [...weights].map(([name, { data, shape }]) => [name, tf.tensor(data, [...shape], 'float32')]),
  )
}

describe('the model against the float64 reference', () => {
  it.each(['tiny', 'r50x1'] as const)(
    '%s: logits, gradients and the losses of the following steps',
    (name) => {
      const reference = trainingReference(name)
      const { batch, px, classes } = reference
      const spec = { units: reference.blocks, width: reference.widthFactor }
      const names = parameterShapes(spec, classes).map((shape) => shape.name)
      let values = [...tensorsOf(formulaWeights(spec, classes)).values()]
      let momenta = values.map((value) => tf.zerosLike(value))
      const images = tf.tensor4d(formulaImages(batch, px), [batch, px, px, 3])
      const labels = tf.oneHot(tf.tensor1d(reference.labels, 'int32'), classes)

      reference.steps.forEach((step, stepIndex) => {
        let logits: tf.Tensor2D | undefined
        const { value, grads } = tf.valueAndGrads((...parameters: tf.Tensor[]) => {
          logits = tf.keep(forward(new Map(parameters.map((p, i) => [names[i] ?? '', p])), images, spec))
          return tf.neg(tf.mean(tf.sum(tf.mul(labels, tf.logSoftmax(logits)), 1)))
        })(values)

        const loss = value.dataSync()[0] ?? NaN
        expect(Math.abs(loss / step.loss - 1)).toBeLessThan(1e-2)
        if (stepIndex === 0) {
          expect(Math.abs(loss - step.loss)).toBeLessThan(1e-4)
          const flat = [...(logits?.dataSync() ?? [])]
          step.logitsNk
            .flat()
            .forEach((expected, i) => expect(Math.abs((flat[i] ?? NaN) - expected)).toBeLessThan(1e-4))
          const norms = Object.fromEntries(
            grads.map((grad, i) => [names[i], tf.norm(grad).dataSync()[0] ?? NaN]),
          )
          for (const [parameter, expected] of Object.entries(step.gradientL2 ?? {})) {
            expect(Math.abs((norms[parameter] ?? NaN) / expected - 1), parameter).toBeLessThan(1e-3)
          }
        }
        momenta = momenta.map((momentum, i) => tf.add(tf.mul(momentum, reference.momentum), grads[i] ?? 0))
        values = values.map((v, i) => tf.sub(v, tf.mul(momenta[i] ?? 0, reference.learningRate)))
      })
    },
  )

  it('half: 32 channels in 32 groups', () => {
    const reference = logitsReference('half')
    const spec = { units: reference.blocks, width: reference.widthFactor }
    const weights = formulaWeights(spec, reference.classes, reference.bits)
    expect([...weights.values()].reduce((sum, { data }) => sum + data.length, 0)).toBe(reference.parameters)
    const images = tf.tensor4d(formulaImages(reference.batch, reference.px), [
      reference.batch,
      reference.px,
      reference.px,
      3,
    ])
    const logits = tf.tidy(() => forward(tensorsOf(weights), images, spec)).dataSync()
    reference.logitsNk
      .flat()
      .forEach((expected, i) => expect(Math.abs((logits[i] ?? NaN) - expected)).toBeLessThan(1e-4))
  })
})

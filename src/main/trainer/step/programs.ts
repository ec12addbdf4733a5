/** The programs of a training, each a recording of `step-functions.ts` over variables that stay on the engine. */
import * as tf from '@tensorflow/tfjs-core'
import type { Recording, Variable } from '../engines/tensorflow/program'
import { evidence, forward, isStandardized, pooledFeatures } from '../network/resnet-v2'
import { isStatistic, parameterShapes } from '../../../domain/model/spec'
import { standardize } from '../network/std-conv'
import { featureChannels } from '../../../domain/model/units'
import { isTrained, plainLearning } from './learning'
import {
  microBatchGradients,
  mixPixels,
  pulledVelocity,
  scalePixels,
  updateParameter,
} from './step-functions'
import type { StateOptions } from './train-state'
import { momentumSuffix } from './train-state'

/** What a forward pass needs to know. */
type ForwardOptions = Pick<StateOptions, 'spec' | 'classCount' | 'microBatchSize' | 'cropPx'>

/** How images come in, see `Images`. */
export type InputKind = 'scaled' | 'pixels' | 'mixed'

export type Bodies = Readonly<Record<string, (recording: Recording) => void>>

interface ParameterVariables {
  readonly value: Variable
  /** null for a statistic, which no gradient moves. */
  readonly momentum: Variable | null
  /** null where it is frozen. Of a statistic: its next average. */
  readonly gradient: Variable | null
  /** Its first value; null unless something pulls toward it. */
  readonly initial: Variable | null
  /** What the forward pass reads: the standardized kernel, or the value itself. */
  readonly forward: Variable
}

/** Of each parameter, in published order. */
export function variablesOf({
  spec,
  classCount,
  learning = plainLearning,
}: Pick<StateOptions, 'spec' | 'classCount' | 'learning'>): ParameterVariables[] {
  return parameterShapes(spec, classCount).map(({ name, shape }) => {
    const variable = (suffix: string): Variable => ({ name: name + suffix, shape })
    const value = variable('')
    const trained = isTrained(name, learning.freeze)
    const pulled = learning.decayTowardInitial > 0 && !isStatistic(name)
    return {
      value,
      momentum: isStatistic(name) ? null : variable(momentumSuffix),
      gradient: trained ? variable('/gradient') : null,
      initial: trained && pulled ? variable('/initial') : null,
      forward: isStandardized(name) ? variable('/standardized') : value,
    }
  })
}

/** `first` puts the micro-batch's gradient in the place of the old one, `more` adds to it. Inputs: images, labels, scale (1/batch size). */
export function trainBodies(options: StateOptions, kind: InputKind): Bodies {
  const { microBatchSize, classCount, spec, learning = plainLearning } = options
  const body =
    (write: 'assign' | 'add') =>
    (recording: Recording): void => {
      const images = imagesOf(recording, options, kind)
      const labels = recording.input('labels', [microBatchSize, classCount], 'float32')
      const scale = recording.input('scale', [], 'float32')
      const factors =
        learning.dropout === 0
          ? null
          : (recording.input('factors', [microBatchSize, featureChannels(spec)], 'float32') as tf.Tensor2D)
      const variables = variablesOf(options)
      const { lossSum, correct, gradients } = microBatchGradients(
        new Map([
          ...forwardParameters(recording, variables),
          ...(write === 'add' ? averagesSoFar(recording, variables) : []),
        ]),
        { imagesNhwc: images, labelsNk: labels as tf.Tensor2D, scale, featureFactorsNc: factors },
        spec,
        learning.loss,
        (name) => isTrained(name, learning.freeze),
      )
      const places = variables.flatMap(({ momentum, gradient }) =>
        gradient === null ? [] : [{ gradient, adds: momentum !== null && write === 'add' }],
      )
      for (const [index, { gradient, adds }] of places.entries()) {
        const found = gradients[index]
        if (found !== undefined) recording[adds ? 'add' : 'assign'](gradient, found)
      }
      recording.output('lossSum', lossSum)
      recording.output('correct', correct)
    }
  return { first: body('assign'), more: body('add') }
}

/**
 * `prepare` makes a start of the values alone: momenta of zero, kernels standardized, the initial values kept where they matter. `restored`
 * goes on from values and momenta. `apply` updates every parameter that learns from the gradients accumulated, which are given back. Inputs of
 * the latter: momentum, rate.
 */
export function updateBodies(options: StateOptions): Bodies {
  const { learning = plainLearning } = options
  const standardizeAll = (recording: Recording): void => {
    for (const { value, forward: standardized } of variablesOf(options))
      if (standardized !== value) recording.assign(standardized, standardize(recording.read(value)))
  }
  return {
    prepare: (recording) => {
      for (const { value, momentum, initial } of variablesOf(options)) {
        if (momentum !== null) recording.assign(momentum, tf.zeros([...momentum.shape]))
        if (initial !== null) recording.assign(initial, tf.clone(recording.read(value)))
      }
      standardizeAll(recording)
    },
    restored: standardizeAll,
    apply: (recording) => {
      const momentum = recording.input('momentum', [], 'float32')
      const rate = recording.input('rate', [], 'float32')
      for (const parameter of variablesOf(options)) {
        if (parameter.gradient === null) continue
        recording.barrier()
        if (parameter.momentum === null) {
          recording.assign(parameter.value, recording.take(parameter.gradient))
          continue
        }
        const value = recording.take(parameter.value)
        const initial = parameter.initial === null ? null : recording.read(parameter.initial)
        const updated = updateParameter(
          value,
          pulledVelocity(
            value,
            recording.take(parameter.momentum),
            { ...learning, initial },
            options.momentum,
          ),
          recording.take(parameter.gradient),
          parameter.forward === parameter.value ? null : recording.take(parameter.forward),
          momentum,
          rate,
        )
        recording.assign(parameter.value, updated.value)
        recording.assign(parameter.momentum, updated.momentum)
        if (updated.standardized !== null) recording.assign(parameter.forward, updated.standardized)
      }
    },
  }
}

/** Input: images; output: logits. */
export function predictBodies(options: ForwardOptions, kind: InputKind): Bodies {
  return {
    predict: (recording) => {
      const images = imagesOf(recording, options, kind)
      const parameters = forwardParameters(recording, variablesOf(options))
      recording.output('logits', forward(parameters, images, options.spec))
    },
  }
}

/** Input: images; output: what the head reads. */
export function embedBodies(options: ForwardOptions, kind: InputKind): Bodies {
  return {
    embed: (recording) => {
      const images = imagesOf(recording, options, kind)
      const parameters = forwardParameters(recording, variablesOf(options))
      recording.output('features', pooledFeatures(parameters, images, options.spec))
    },
  }
}

/** Input: images; output: what each place says for each class. */
export function evidenceBodies(options: ForwardOptions, kind: InputKind): Bodies {
  return {
    evidence: (recording) => {
      const images = imagesOf(recording, options, kind)
      const parameters = forwardParameters(recording, variablesOf(options))
      recording.output('shares', evidence(parameters, images, options.spec))
    },
  }
}

/** The kernels as the forward pass reads them, in the place of what was put there: for those who never train. */
export function standardizeBodies(options: ForwardOptions): Bodies {
  return {
    standardize: (recording) => {
      for (const { value, forward: place } of variablesOf(options)) {
        if (place === value) continue
        recording.barrier()
        recording.assign(place, standardize(recording.take(place)))
      }
    },
  }
}

function forwardParameters(
  recording: Recording,
  variables: readonly ParameterVariables[],
): Map<string, tf.Tensor> {
  return new Map(variables.map((variable) => [variable.value.name, recording.read(variable.forward)]))
}

/** Of each statistic that learns, as the micro-batches of this step so far have left it. */
function averagesSoFar(
  recording: Recording,
  variables: readonly ParameterVariables[],
): [string, tf.Tensor][] {
  return variables.flatMap(({ value, momentum, gradient }) =>
    momentum === null && gradient !== null ? [[value.name, recording.read(gradient)]] : [],
  )
}

function imagesOf(
  recording: Recording,
  { microBatchSize, cropPx }: ForwardOptions,
  kind: InputKind,
): tf.Tensor4D {
  const shape = [microBatchSize, cropPx, cropPx, 3]
  if (kind === 'scaled') return recording.input('images', shape, 'float32') as tf.Tensor4D
  const pixels = recording.input('pixels', shape, 'uint8')
  if (kind === 'pixels') return scalePixels(pixels)
  const partners = recording.input('partners', shape, 'uint8')
  return scalePixels(mixPixels(pixels, partners, recording.input('lambda', [], 'float32')))
}

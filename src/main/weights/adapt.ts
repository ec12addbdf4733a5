import type { ModelSpec } from '../../contract/entities/model'
import { WorkbenchError } from '../../contract/errors'
import { elementCount, headBiasName, modelName, parameterShapes } from '../../domain/model/spec'
import { firstMisfit, isHead, sameShape } from './fit'
import type { WeightSet, WeightTensor } from './weight-set'

/**
 * The weights for this model and number of classes. `head`: 'new' starts it from zeros, as BiT fine-tunes; 'kept' takes the file's where it has
 * as many classes, else a new one. The notes say which. Throws 'bad-weights' naming the first tensor that is missing, of another shape, or not
 * of this model.
 */
export function adaptWeights(
  weights: WeightSet,
  spec: ModelSpec,
  classCount: number,
  head: 'new' | 'kept',
): { weights: WeightSet; notes: string[] } {
  const adapted = new Map<string, WeightTensor>()
  const expected = parameterShapes(spec, classCount)
  const keepHead =
    head === 'kept' &&
    expected
      .filter(({ name }) => isHead(name))
      .every(({ name, shape }) => sameShape(weights.get(name)?.shape, shape))
  const body = new Map([...weights].flatMap(([name, { shape }]) => (isHead(name) ? [] : [[name, shape]])))
  const wrong = firstMisfit(
    body,
    expected.filter(({ name }) => !isHead(name)),
  )
  if (wrong !== null) throw misfit(spec, wrong)
  for (const { name, shape } of expected) {
    const given = isHead(name) && !keepHead ? undefined : weights.get(name)
    adapted.set(name, given ?? { shape, data: new Float32Array(elementCount(shape)) })
  }
  return { weights: adapted, notes: [headNote(weights, classCount, keepHead)] }
}

function headNote(weights: WeightSet, classCount: number, keepHead: boolean): string {
  if (keepHead) return `Keeping the file's head of ${String(classCount)} classes.`
  const count = weights.get(headBiasName)?.shape[0]
  const had = count === undefined ? 'The file has no head' : `The file's head has ${String(count)} classes`
  return `${had}; the new head of ${String(classCount)} classes starts from zeros.`
}

function misfit(spec: ModelSpec, what: string): WorkbenchError {
  return new WorkbenchError(
    'bad-weights',
    `The weights do not fit ${modelName(spec)}: ${what}.`,
    'Choose the model size that the file was made for, or another file.',
  )
}

import type { LossName } from '../../../contract/entities/run'
import { sigmoid, softmax } from '../../../domain/prediction-set/prediction-of'

/** From one image's logits, in float64. */
export function probabilitiesOf(logits: Float32Array, loss: LossName): Float32Array {
  const { probabilities } = (loss === 'softmax' ? softmax : sigmoid)(logits, 0)
  return logits.map((_, classIndex) => probabilities(classIndex))
}

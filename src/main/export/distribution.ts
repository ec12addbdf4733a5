/** From logits to probabilities, in float64. */
import type { LossName } from '../../contract/entities/run'

/** Of one picture. */
export function probabilitiesOf(logits: Float32Array, loss: LossName): Float32Array {
  if (loss === 'sigmoid') return logits.map((value) => 1 / (1 + Math.exp(-value)))
  const largest = logits.reduce((most, value) => Math.max(most, value), -Infinity)
  const exponentials = Array.from(logits, (value) => Math.exp(value - largest))
  const sum = exponentials.reduce((total, value) => total + value, 0)
  return Float32Array.from(exponentials, (value) => value / sum)
}

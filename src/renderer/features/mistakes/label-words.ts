/** What speaks for a label and against it, in sentences. Pure. */
import type { ImageHistory } from '../../../contract/entities/history'
import type { ImageCheck } from '../../../contract/entities/preflight'
import { formatCount } from '../../format'

/** '' where nobody looked for wrong labels. */
export function outOfFoldWords({ labelsCheckedAtMs, outOfFold }: ImageCheck): string {
  if (labelsCheckedAtMs === null && outOfFold === null) return ''
  if (outOfFold === null) return 'The last look for wrong labels found nothing against this one.'
  const { label, labelProbability, predicted, predictedProbability, isDoubted } = outOfFold
  const seen = 'A probe that had not seen this image'
  if (predicted === label) return `${seen} says “${label}”, too (${share(labelProbability)}).`
  const said = `${seen} takes it for “${predicted}” (${share(predictedProbability)}) rather than “${label}” (${share(labelProbability)})`
  return isDoubted ? `${said}: its label is likely wrong.` : `${said}; that is not enough to doubt its label.`
}

function share(probability: number): string {
  return probability < 0.005 ? 'below 0.01' : probability.toFixed(2)
}

/** How the probability of the label went over the checkpoints; '' where there is no course yet. */
export function courseWords(
  checkpoints: readonly Pick<ImageHistory['checkpoints'][number], 'labelProbability'>[],
): string {
  const count = checkpoints.length
  if (count < 2) return ''
  const mean = checkpoints.reduce((sum, one) => sum + one.labelProbability, 0) / count
  const spread = Math.sqrt(
    checkpoints.reduce((sum, one) => sum + (one.labelProbability - mean) ** 2, 0) / count,
  )
  const said = `Over ${formatCount(count)} checkpoints the label has ${mean.toFixed(2)} on average, ± ${spread.toFixed(2)}`
  if (spread >= steady) return `${said}: the model was of two minds.`
  if (mean < low) return `${said}: low all along, as where a label is wrong or an image hard.`
  return mean > 1 - low ? `${said}: high all along.` : `${said}.`
}

/** Which checkpoints say nothing of the image; '' where all do. */
export function gapWords({ part, missingSteps }: Pick<ImageHistory, 'part' | 'missingSteps'>): string {
  if (part === null || missingSteps.length === 0) return ''
  const shown = missingSteps.slice(0, mostSteps).map(formatCount)
  const more = missingSteps.length - shown.length
  const last = more > 0 ? `${formatCount(more)} more` : (shown.pop() ?? '')
  const steps = shown.length === 0 ? `step ${last}` : `steps ${shown.join(', ')} and ${last}`
  return `Not evaluated on ${part} after ${steps}: “Evaluate on …” does it for checkpoints that are kept.`
}

const mostSteps = 5

/** A probability below it is low; a spread below the other, steady. */
const low = 0.25
const steady = 0.15

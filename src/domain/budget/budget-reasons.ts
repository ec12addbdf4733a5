/** Why the budget decided as it did, a sentence for each line of the plan. Pure. */
import type { Overrides } from '../../contract/entities/run'
import type { BudgetFacts } from './budget-facts'
import type { Tried } from './budget-choices'
import { budgetNumbers } from './budget-numbers'
import { recipeFields } from '../recipe/fields'
import { decimal, timeText, whole } from '../rules/rule-words'

/** What a budget decides, and gives a reason for. */
type DecidedKey =
  | 'stepCount'
  | 'cropPx'
  | 'batchSize'
  | 'baseLearningRate'
  | 'precision'
  | 'mixupAlpha'
  | 'freeze'
  | 'linearProbe'

export function explainBudget(
  facts: BudgetFacts,
  tried: Tried,
  decided: Overrides,
): ReadonlyMap<string, string> {
  const reasons = new Map<string, string>([['model', modelReason(facts, tried)]])
  const add = (key: DecidedKey, text: string): void => {
    if (decided[key] !== undefined) reasons.set(recipeFields[key].line.key, text)
  }
  const { batchSize, linearProbe } = tried.size
  add('stepCount', stepReason(facts, tried))
  add('cropPx', cropReason(facts, tried))
  add('batchSize', `fits ${budgetText(facts)}: it leaves time for ${whole(tried.stepCount)} steps`)
  add(
    'baseLearningRate',
    tried.candidate.kind === 'published'
      ? `the paper’s 0.003 for 512, in proportion to a batch of ${whole(batchSize)}`
      : `${decimal(budgetNumbers.small.rate.rate)} for a batch of ${String(budgetNumbers.small.rate.batchSize)} was best for a small model and few steps; scaled to ${whole(batchSize)}`,
  )
  add('precision', 'the fastest on this machine; weights, statistics and loss stay float32')
  add('mixupAlpha', mixupReason(decided))
  add('freeze', 'a small model on few images learns faster, and better, with its first layers unchanged')
  if (linearProbe) {
    add(
      'linearProbe',
      `fits ${budgetText(facts)}: training the whole network would leave too few steps; the head learns on features computed once`,
    )
  }
  return reasons
}

function mixupReason({ mixupAlpha }: Overrides): string {
  return mixupAlpha === 0
    ? `each image is seen too few times: MixUp helps from ${whole(budgetNumbers.leastViewsForMixup)} times up`
    : `each image is seen at least ${whole(budgetNumbers.leastViewsForMixup)} times: mixing keeps the model from learning them by heart`
}

function budgetText({ budgetMs }: Pick<BudgetFacts, 'budgetMs'>): string {
  return `${timeText(budgetMs)} on this machine`
}

function modelReason(facts: BudgetFacts, { candidate, size }: Tried): string {
  if (candidate.asked) return 'you chose it'
  if (candidate.kind === 'published') {
    return `the best model on this machine that can train ${size.linearProbe ? 'its head' : 'all its layers'} within ${budgetText(facts)}`
  }
  return facts.candidates.some(({ kind }) => kind === 'published')
    ? `the downloaded models are too large for ${budgetText(facts)}`
    : 'it is included in the workbench and is small enough for any machine'
}

function stepReason(facts: BudgetFacts, { stepCount, size }: Tried): string {
  const views = (stepCount * size.batchSize) / Math.max(1, facts.exampleCount)
  const seen = `each image is seen about ${views < 10 ? decimal(Number(views.toFixed(1))) : whole(views)} times`
  return `fits ${budgetText(facts)}; ${seen}`
}

function cropReason(facts: BudgetFacts, { larger }: Tried): string {
  if (larger === null) return `fits ${budgetText(facts)}: the largest crop available`
  const next = `${String(larger.cropPx)} px`
  switch (larger.why) {
    case 'blur':
      return `fits ${budgetText(facts)}: at ${next} the images (median ${whole(facts.medianWidthPx)} × ${whole(facts.medianHeightPx)}) would only be blurred`
    case 'memory':
      return `fits ${budgetText(facts)}: there is not enough memory for ${next}`
    case 'time':
      return `fits ${budgetText(facts)}: at ${next} it would see too few images for ${whole(facts.classCount)} classes`
  }
}

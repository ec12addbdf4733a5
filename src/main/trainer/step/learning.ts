/** What decides how weights learn, beside the rate: the loss, what is frozen, what pulls on the weights. Pure. */
import type { Freeze, Recipe } from '../../../contract/entities/run'

/** As in the recipe, see contract/entities/run.ts. */
export type Learning = Pick<Recipe, 'loss' | 'weightDecay' | 'decayTowardInitial' | 'dropout' | 'freeze'>

/** HyperRule's. */
export const plainLearning: Learning = {
  loss: 'softmax',
  weightDecay: 0,
  decayTowardInitial: 0,
  dropout: 0,
  freeze: 'none',
}

export function learningOf({ loss, weightDecay, decayTowardInitial, dropout, freeze }: Recipe): Learning {
  return { loss, weightDecay, decayTowardInitial, dropout, freeze }
}

const order: readonly Freeze[] = ['root', 'block1', 'block2', 'block3', 'block4']

/** Whether the parameter of this published name learns. The last norm and the head always do. */
export function isTrained(name: string, freeze: Freeze): boolean {
  const part = /^resnet\/(root|block[1-4])/.exec(name)?.[1]
  return part === undefined || order.indexOf(part as Freeze) > order.indexOf(freeze)
}

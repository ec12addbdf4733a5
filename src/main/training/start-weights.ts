import { initialWeights } from '../model/initialize'
import { adaptWeights } from '../model/weights/adapt'
import { readWeights } from '../model/weights/read'
import type { WeightSet } from '../model/weights/weight-set'
import type { TrainJob } from '../trainer/messages'

/** From the file where one was given, else seeded. `tell` receives a sentence for each thing worth knowing. */
export async function startWeights(
  { weightsPath, spec, recipe, classNames }: Pick<TrainJob, 'weightsPath' | 'spec' | 'recipe' | 'classNames'>,
  tell: (text: string) => Promise<void>,
): Promise<WeightSet> {
  const classCount = classNames.length
  if (weightsPath === null) {
    await tell(`Started from random weights, seed ${String(recipe.seed)}.`)
    return initialWeights(spec, classCount, recipe.seed)
  }
  const { weights, notes } = adaptWeights(
    await readWeights(weightsPath),
    spec,
    classCount,
    recipe.keepHead ? 'kept' : 'new',
  )
  await tell(`Started from the weights in ${weightsPath}.`)
  for (const note of notes) await tell(note)
  return weights
}

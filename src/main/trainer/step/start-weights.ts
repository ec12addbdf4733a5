import { initialWeights } from '../network/initialize'
import { adaptWeights } from '../../weights/adapt'
import { readWeights } from '../../weights/read'
import type { WeightSet } from '../../weights/weight-set'
import type { TrainJob } from '../../protocol/messages'
import type { LearnerTools } from './learner'

type Start = Pick<TrainJob, 'weightsPath' | 'spec' | 'recipe' | 'classNames' | 'resume'>

/** From the file where one was given, else seeded. `log` receives a sentence for each thing worth knowing, unless a run goes on, which has said it. */
export async function startWeights(
  { weightsPath, spec, recipe, classNames, resume }: Start,
  log: LearnerTools['log'],
): Promise<WeightSet> {
  const tell = (text: string): Promise<void> => (resume === null ? log('info', text) : Promise.resolve())
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

import { openPipeline } from '../data/pipeline'
import type { TrainJob } from '../../protocol/messages'
import { checkpointTensors } from './resume-tensors'
import { evaluate } from './evaluate'
import type { Learner, LearnerTools } from './learner'
import { imagesAt } from './training-sample'
import { learningOf } from './learning'
import { howItRuns, repeatability } from './repeatability'
import { startWeights } from './start-weights'
import { takeStep } from './take-step'
import { createTrainState } from './create-state'

/** Every layer learns, but those that are frozen. Throws 'bad-weights', 'dataset-too-few-images', 'home-broken'. */
export async function openWholeNetwork(
  job: TrainJob,
  { store, missing, control, log, clock, resumeBytes }: LearnerTools,
): Promise<Learner> {
  const { recipe, spec } = job
  const classCount = job.classNames.length
  const warn = (text: string): Promise<void> => log('warn', text)
  // not named: the file's copy of the weights may go once the engine has its own
  const state = await createTrainState(await startWeights(job, log), {
    spec,
    classCount,
    momentum: recipe.momentum,
    microBatchSize: recipe.microBatchSize,
    cropPx: recipe.cropPx,
    precision: recipe.precision,
    microBatches: stepsToCome(job) * Math.ceil(recipe.batchSize / recipe.microBatchSize),
    learning: learningOf(recipe),
  })
  try {
    await log(state.note.kind, state.note.text)
    await log('info', repeatability(howItRuns(state)))
    if (job.resume !== null) await state.restore(checkpointTensors(resumeBytes(), state.tensorHeaders()))
    const pipeline = openPipeline({
      store,
      train: job.images.train,
      classCount,
      recipe,
      missing: missing.of('train'),
    })
    return {
      prepare: () => Promise.resolve(),
      step: (stepIndex) => takeStep({ state, pipeline, recipe, stepIndex, spec, control, clock, warn }),
      endSteps: () => pipeline.close(),
      evaluate: (part, stepsDone, onRows, interrupted = () => false) =>
        evaluate(
          state,
          {
            store,
            images: job.images[part],
            cropPx: recipe.cropPx,
            batchSize: state.microBatchSize,
            missing: { ofPart: missing.of(part), position: stepsDone * recipe.batchSize },
          },
          classCount,
          recipe.loss,
          onRows,
          interrupted,
          warn,
          clock,
        ),
      async scoreTraining(indices, onRows, interrupted) {
        const images = imagesAt(job.images.train, indices)
        const options = { store, images, cropPx: recipe.cropPx, batchSize: state.microBatchSize }
        await evaluate(state, options, classCount, recipe.loss, onRows, interrupted, warn, clock)
      },
      tensors: state,
      async close() {
        await pipeline.close()
        state.dispose()
      },
    }
  } catch (thrown) {
    state.dispose()
    throw thrown
  }
}

/** Of those who take none, nothing is measured first. */
export function stepsToCome({ recipe, resume, onlyEvaluates }: TrainJob): number {
  return onlyEvaluates === true ? 0 : recipe.stepCount - (resume?.stepIndex ?? 0)
}

/** Where in an image a model sees its classes. */
import type { Evidence } from '../../contract/entities/predict'
import { WorkbenchError } from '../../contract/errors'
import type { ServiceContext } from '../app/context'
import type { Checked } from '../app/handlers'
import type { ImageAnswer } from '../protocol/messages'
import { imageAddress } from '../store/datasets/images'
import { noHead, predictModel } from './predict-model'
import type { PredictorHost } from './predictor-host'

/** Four digits draw a map. */
const shownDigits = 4

export function createEvidence(context: ServiceContext, host: PredictorHost) {
  let newest: AbortController | null = null

  return {
    async ask({ modelId, imageId, classes }: Checked<'predict.evidence'>): Promise<Evidence> {
      newest?.abort() // who moved on to another image waits for that one
      const turn = (newest = new AbortController())
      const model = await predictModel(context, modelId)
      const { classCount, cropPx } = model
      if (classCount === null) throw noHead(model.name)
      const unknown = classes.find((index) => index >= classCount)
      if (unknown !== undefined) {
        throw new WorkbenchError(
          'not-found',
          `${model.name} has ${String(classCount)} classes, and none with the number ${String(unknown)}.`,
        )
      }
      const { source, key } = imageAddress(context.db, imageId)
      if (turn.signal.aborted) throw superseded()
      const answers: ImageAnswer[] = []
      await host.run({
        model,
        cropPx,
        source,
        paths: [key],
        want: { evidenceFor: classes },
        signal: turn.signal,
        onPhase: () => undefined,
        onAnswers: (some) => void answers.push(...some),
      })
      const [answer] = answers
      const evidence = answer?.evidence ?? null
      if (evidence === null) {
        throw new WorkbenchError(
          'bad-image',
          `${key} cannot be read: ${answer?.problem ?? 'the prediction was stopped.'}`,
          'Check that the file is still there, or check the dataset again.',
        )
      }
      const { sidePlaces, stepPx } = evidence
      return {
        cropPx,
        sidePlaces,
        stepPx,
        classes: evidence.classes.map(({ logit, bias, map }, place) => ({
          classIndex: classes[place] ?? 0,
          logit,
          bias,
          map: Array.from(map, (value) => Number(value.toPrecision(shownDigits))),
        })),
      }
    },
  }
}

function superseded(): WorkbenchError {
  return new WorkbenchError('cancelled', 'The evidence of another image was asked for.')
}

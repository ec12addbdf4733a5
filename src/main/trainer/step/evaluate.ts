/** Loss, accuracy and top 5 over every image of a part. */
import type { Accuracy, LossName, Measures } from '../../../contract/entities/run'
import { evaluationBatches } from '../data/evaluation-source'
import type { EvaluationOptions } from '../data/evaluation-source'
import type { PredictionRow } from '../../protocol/messages'
import { predictionOf } from '../../../domain/prediction-set/prediction-of'
import { createTally } from '../../../domain/rules/tally'
import { makeRoom } from './make-room'
import type { Warn } from './make-room'
import type { Images, TrainState } from './train-state'

/** `logitsNk`: [rows, classes], row-major. */
export type OnRows = (rows: PredictionRow[], logitsNk: Float32Array) => Promise<void>

export interface EvaluationResult {
  /** Mean cross-entropy, nats. */
  readonly loss: number
  readonly accuracy: Accuracy
  readonly measures: Omit<Measures, 'partCount'>
  /** How long it waited for images. */
  readonly waitMs: number
}

/**
 * Every image that can be read is evaluated once, the last smaller batch included. `onRows` receives the predictions of each batch and is
 * awaited. `interrupted` is asked between batches; where it says yes the result is null. So it is where nothing can be read: of nothing there
 * is no figure. Throws 'images-missing' where the options have `missing`.
 */
export async function evaluate(
  state: Predictor,
  options: EvaluationOptions,
  classCount: number,
  lossName: LossName,
  onRows: OnRows,
  interrupted: () => boolean,
  warn: Warn,
  clock: () => number,
): Promise<EvaluationResult | null> {
  const predict = (images: Images, size: number): Promise<Float32Array> => state.predict(images, size)
  async function* batches(): AsyncGenerator<AnsweredBatch> {
    for await (const { ids, labelIndices, pixelsNhwc, count } of evaluationBatches(options)) {
      yield { ids, labelIndices, logits: () => inPieces(state, pixelsNhwc, count, classCount, predict, warn) }
    }
  }
  return summarize(batches(), classCount, lossName, onRows, interrupted, clock)
}

export interface AnsweredBatch {
  readonly ids: readonly number[]
  readonly labelIndices: Int32Array
  /** [count,K], row-major; asked for once. */
  logits(): Promise<Float32Array>
}

/** The same where the logits come from anywhere. `clock` gives milliseconds. */
export async function summarize(
  batches: AsyncIterable<AnsweredBatch>,
  classCount: number,
  lossName: LossName,
  onRows: OnRows,
  interrupted: () => boolean,
  clock: () => number,
): Promise<EvaluationResult | null> {
  let [lossSum, waitMs] = [0, 0]
  const tally = createTally(classCount)
  let total = 0
  let waitingSinceMs = clock()
  for await (const { ids, labelIndices, logits } of batches) {
    waitMs += clock() - waitingSinceMs
    if (interrupted()) return null
    const logitsNk = await logits()
    const rows = ids.map((imageId, row) =>
      predictionOf(
        imageId,
        labelIndices[row] ?? 0,
        logitsNk.subarray(row * classCount, (row + 1) * classCount),
        lossName,
      ),
    )
    for (const row of rows) {
      lossSum += row.loss
      tally.add(row.labelIndex, row.labelRank)
    }
    total += ids.length
    await onRows(rows, logitsNk)
    waitingSinceMs = clock()
  }
  const figures = tally.figures()
  return figures === null ? null : { loss: lossSum / total, ...figures, waitMs }
}

type Predictor = Pick<TrainState, 'predict' | 'microBatchSize' | 'setMicroBatchSize'>

/** [count,width] from `pass`, which gives [size,width]: in pieces that the state takes, smaller ones where memory runs out. */
export async function inPieces(
  state: Pick<TrainState, 'microBatchSize' | 'setMicroBatchSize'>,
  pixelsNhwc: Uint8Array,
  count: number,
  width: number,
  pass: (images: Images, size: number) => Promise<Float32Array>,
  warn: Warn,
): Promise<Float32Array> {
  const imageLength = pixelsNhwc.length / count
  const results = new Float32Array(count * width)
  let done = 0
  while (done < count) {
    const size = Math.min(state.microBatchSize, count - done)
    const part = pixelsNhwc.subarray(done * imageLength, (done + size) * imageLength)
    const images = { kind: 'pixels', pixelsNhwc: part, partnersNhwc: null, lambda: 1 } as const
    try {
      results.set(await pass(images, size), done * width)
      done += size
    } catch (thrown) {
      await makeRoom(state, thrown, warn)
    }
  }
  return results
}

/** The trainer's part of a prediction: loads a model once and answers one request for images after another. */
import { evaluationBatches } from '../data/evaluation-source'
import { openImageStore } from '../data/image-store'
import { imageSize } from '../../images/image-size'
import { openSource } from '../../sources/sources'
import { evidenceMaps } from './evidence'
import { soundFiles } from './sound-files'
import { watched, type WatchedSource } from '../../sources/watched'
import { adaptWeights } from '../../weights/adapt'
import { readWeights } from '../../weights/read'
import { headBiasName } from '../../../domain/model/spec'
import { featureChannels } from '../../../domain/model/units'
import type { ImageAnswer, ImageRequest, PredictJob } from '../../protocol/messages'
import { sigmoid, softmax, topOf } from '../../../domain/prediction-set/prediction-of'
import { inPieces } from '../step/evaluate'
import { createPredictor } from './predictor'
import type { Predictor } from './predictor'
import type { Out } from '../step/send-checkpoint'

export interface ImageRequests {
  /** The next one, when it comes. */
  next(): Promise<ImageRequest>
  /** Whether the one that was given last shall end early. */
  stopRequested(): boolean
}

/** How many classes an answer keeps (as the contract says). */
const topCount = 5

/** Does not end by itself. Throws 'bad-weights' and the like while it loads. */
export async function servePredictions(job: PredictJob, out: Out, requests: ImageRequests): Promise<never> {
  const { spec, cropPx, precision } = job
  // without a head: one of a single class, which nobody asks for
  const classCount = job.classCount ?? 1
  const { weights } = adaptWeights(await readWeights(job.weightsPath), spec, classCount, 'kept')
  const options = { spec, classCount, cropPx, precision, microBatchSize: job.batchSize }
  const biases = Float32Array.from(weights.get(headBiasName)?.data ?? []) // the predictor empties the set
  const predictor = await createPredictor(weights, options)
  await out.send({ type: 'predictor-ready' })
  for (;;) {
    await answer(await requests.next(), { ...job, classCount, biases }, predictor, out, () =>
      requests.stopRequested(),
    )
    await out.send({ type: 'images-done' })
  }
}

async function answer(
  { paths, want, source }: ImageRequest,
  { spec, classCount, cropPx, loss, temperature = null, biases }: Answering,
  predictor: Predictor,
  out: Out,
  stopRequested: () => boolean,
): Promise<void> {
  const problems = new Map<string, string>()
  const files = source === undefined ? soundFiles() : watched(openSource(source))
  const store = openImageStore({
    source: files,
    cacheBytes: 0,
    diskCache: null,
    onProblem: (path, message) => problems.set(path, message),
  })
  const images = { keys: paths, ids: [...paths.keys()], labelIndices: [] }
  const share = loss === 'softmax' ? softmax : sigmoid
  const width = want === 'features' ? featureChannels(spec) : classCount
  const pass: Predictor['predict'] = (batch, count) =>
    want === 'features' ? predictor.embed(batch, count) : predictor.predict(batch, count)
  const unread = (index: number): ImageAnswer => ({
    ...nothing,
    index,
    problem: problems.get(paths[index] ?? '') ?? 'It cannot be read.',
  })

  let next = 0
  const batchSize = Math.min(predictor.microBatchSize, paths.length)
  try {
    for await (const { ids, pixelsNhwc, count } of evaluationBatches({
      store,
      images,
      cropPx,
      batchSize,
    })) {
      if (stopRequested()) return
      refuseAll(files)
      if (typeof want === 'object') {
        const side = cropPx * cropPx * 3
        for (const [row, index] of ids.entries()) {
          const pixels = pixelsNhwc.slice(row * side, (row + 1) * side)
          const maps = await evidenceMaps(predictor, pixels, cropPx, want.evidenceFor, biases)
          await out.send({ type: 'predicted', answers: [{ ...nothing, index, evidence: maps }] })
          next = index + 1
        }
        continue
      }
      // a dataset knows the sizes of its images
      const sizes = Promise.all(
        ids.map((index) =>
          source === undefined ? imageSize(paths[index] ?? '') : { widthPx: null, heightPx: null },
        ),
      )
      const results = await inPieces(predictor, pixelsNhwc, count, width, pass, () => Promise.resolve())
      const answers: ImageAnswer[] = []
      for (const [row, size] of (await sizes).entries()) {
        const index = ids[row] ?? 0
        while (next < index) answers.push(unread(next++))
        const values = results.slice(row * width, (row + 1) * width)
        if (want === 'top' && temperature !== null)
          for (const [at, value] of values.entries()) values[at] = value / temperature
        const topIndices = want === 'top' ? topOf(values, topCount) : []
        answers.push({
          ...nothing,
          ...size,
          index: next++,
          topIndices,
          topProbabilities: want === 'top' ? topIndices.map(share(values, 0).probabilities) : [],
          features: want === 'features' ? values : null,
          logits: want === 'logits' ? values : null,
        })
      }
      await out.send({ type: 'predicted', answers })
    }
    refuseAll(files)
    const rest: ImageAnswer[] = []
    while (next < paths.length) rest.push(unread(next++))
    if (rest.length > 0) await out.send({ type: 'predicted', answers: rest })
  } finally {
    await store.close()
  }
}

/** Throws what the system refused: it is no fault of the images. */
function refuseAll(files: WatchedSource): void {
  const refused = files.refused()
  if (refused !== null) throw refused
}

interface Answering extends PredictJob {
  readonly classCount: number
  /** Of the head. */
  readonly biases: Float32Array
}

const nothing: Omit<ImageAnswer, 'index'> = {
  widthPx: null,
  heightPx: null,
  topIndices: [],
  topProbabilities: [],
  features: null,
  logits: null,
  evidence: null,
  problem: null,
}

/** What the head reads of each image, computed once and kept. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { SplitPart } from '../../../contract/entities/dataset'
import { evaluationBatches } from '../data/evaluation-source'
import { featureChannels } from '../../../domain/model/units'
import type { TrainJob } from '../../protocol/messages'
import { inPieces } from '../step/evaluate'
import type { LearnerTools } from '../step/learner'
import type { Predictor } from '../predict/predictor'

/** Of those images that can be read. */
export interface FeatureTable {
  readonly ids: readonly number[]
  readonly labelIndices: Int32Array
  /** A row for each. */
  readonly featuresNc: Float32Array
}

export interface Features {
  /**
   * Computed when it is first asked for. `interrupted` is asked between batches; null where it says yes. Throws 'images-missing'. What cannot be
   * read is missing from the step on that the run begins with or goes on from.
   */
  of(part: SplitPart, mirrored: boolean, interrupted: () => boolean): Promise<FeatureTable | null>
}

const tellEveryMs = 60_000

export function openFeatures(
  predictor: Predictor,
  { spec, images, recipe, resume }: Pick<TrainJob, 'spec' | 'images' | 'recipe' | 'resume'>,
  { store, missing, log, clock }: LearnerTools,
): Features {
  const channels = featureChannels(spec)
  const { cropPx } = recipe
  const kept = new Map<string, FeatureTable>()
  const embed = (pixelsNhwc: Uint8Array, count: number): Promise<Float32Array> =>
    inPieces(
      predictor,
      pixelsNhwc,
      count,
      channels,
      (pieces, size) => predictor.embed(pieces, size),
      (text) => log('warn', text),
    )

  async function compute(
    part: SplitPart,
    mirrored: boolean,
    interrupted: () => boolean,
  ): Promise<FeatureTable | null> {
    const all = images[part].ids.length
    const featuresNc = new Float32Array(all * channels)
    const labelIndices = new Int32Array(all)
    const ids: number[] = []
    const tell = (): Promise<void> =>
      log(
        'info',
        `Features of ${String(ids.length)} of ${String(all)} images (${part}${mirrored ? ', mirrored' : ''}).`,
      )
    let toldAtMs = clock()
    const options = {
      store,
      images: images[part],
      cropPx,
      mirrored,
      batchSize: predictor.microBatchSize,
      missing: { ofPart: missing.of(part), position: (resume?.stepIndex ?? 0) * recipe.batchSize },
    }
    for await (const batch of evaluationBatches(options)) {
      if (interrupted()) return null
      featuresNc.set(await embed(batch.pixelsNhwc, batch.count), ids.length * channels)
      labelIndices.set(batch.labelIndices, ids.length)
      ids.push(...batch.ids)
      if (clock() - toldAtMs < tellEveryMs) {
        await nextTurn() // lets a stop in
        continue
      }
      toldAtMs = clock()
      await tell()
    }
    await tell()
    return {
      ids,
      labelIndices: labelIndices.subarray(0, ids.length),
      featuresNc: featuresNc.subarray(0, ids.length * channels),
    }
  }

  return {
    async of(part, mirrored, interrupted) {
      const key = mirrored ? `${part}, mirrored` : part
      const table = kept.get(key) ?? (await compute(part, mirrored, interrupted))
      if (table !== null) kept.set(key, table)
      return table
    },
  }
}

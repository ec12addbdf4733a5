/** Holds what a format's runtime gives to what our engine gives. */
import { createHash } from 'node:crypto'
import type { Certificate, Difference } from '../../../contract/entities/export'
import { probabilitiesOf } from './distribution'
import type { ImageBatch } from './golden-images'
import type { ModelFacts } from '../../../domain/model/model-facts'
import type { Outputs, Runtime } from './runtimes/runtime'

/**
 * Of logits: 1e-4 of the greatest of them (or of 1), or ten times what rounding the images alone changes (rounding.ts), where that is more; but never more
 * than a hundredth. Programs that sum in other orders differ by 3 to 4 times that change: R50x1 by 2e-5, 50 units of random kernels by 1.6e-4.
 */
const tolerances = { least: 1e-4, roundings: 10, most: 1e-2 } as const
const because =
  'Programs add in different orders, and each sum is rounded to the 24 bits of float32. The tolerance is 1e-4 of the largest logit (or of 1), or ten times the change from rounding the images once, whichever is larger. A wrong padding differs by about a hundred times as much.'
/** The pixels themselves are rounded to whole levels; sums in float32 of up to some hundred of them are off by 1e-4 levels. */
const levelTolerance = 0.01

/** At most so many logits of an image are written down. */
const shownLogits = 100

type Compared = Pick<
  Certificate,
  'images' | 'logits' | 'probabilities' | 'argMaxAgrees' | 'tolerance' | 'resize'
> & { readonly agrees: boolean }

/**
 * `ours` [n,K] logits of each batch; `rounding`: see rounding.ts; `scaled` what our side saw of it, [n,px,px,3] in [−1, 1]. Runs the runtime batch by batch; `onBatch` is awaited after
 * each.
 */
export async function compare(
  batches: readonly ImageBatch[],
  ours: readonly Float32Array[],
  scaled: readonly Float32Array[],
  runtime: Pick<Runtime, 'run'>,
  { classCount, loss }: Pick<ModelFacts, 'classCount' | 'loss'>,
  rounding: number,
  onBatch: () => Promise<void>,
): Promise<Compared> {
  const images: Certificate['images'] = []
  const logits = new Gap()
  const probabilities = new Gap()
  const levels = new Gap()
  let isResizedInside = false
  for (const [index, batch] of batches.entries()) {
    const theirs: Outputs = await runtime.run(batch)
    const [mine, seen] = [ours[index] ?? new Float32Array(0), scaled[index] ?? new Float32Array(0)]
    logits.see(mine, theirs.logits)
    if (theirs.resized !== null) {
      isResizedInside = true
      levels.see(seen.map(levelOf), theirs.resized.map(levelOf))
    }
    for (let image = 0; image < batch.count; image += 1) {
      const row = (values: Float32Array): Float32Array =>
        values.subarray(image * classCount, (image + 1) * classCount)
      probabilities.see(probabilitiesOf(row(mine), loss), row(theirs.probabilities))
      images.push(imageOf(batch, image, row(mine), row(theirs.logits)))
    }
    await onBatch()
  }
  const unit = Math.max(1, logits.scale)
  const absolute = Math.min(
    Math.max(tolerances.least * unit, tolerances.roundings * rounding),
    tolerances.most * unit,
  )
  const resize = isResizedInside ? { greatestLevels: levels.absolute, toleranceLevels: levelTolerance } : null
  return {
    images,
    logits: logits.difference(),
    probabilities: probabilities.difference(),
    argMaxAgrees: images.every(({ argMaxAgrees }) => argMaxAgrees),
    tolerance: { absolute, rounding, because },
    resize,
    agrees:
      logits.isWithin(absolute) &&
      probabilities.isWithin(absolute) &&
      (resize === null || levels.isWithin(levelTolerance)),
  }
}

/** The greatest difference so far, and the greatest value of our side. What is not finite, and another length, are as far as can be. */
export class Gap {
  absolute = 0
  scale = 0

  see(ours: ArrayLike<number>, theirs: ArrayLike<number>): void {
    if (ours.length !== theirs.length) this.absolute = Infinity
    for (let index = 0; index < ours.length; index += 1) {
      const [mine, other] = [ours[index] ?? NaN, theirs[index] ?? NaN]
      const far = Math.abs(mine - other)
      this.absolute = Number.isNaN(far) ? Infinity : Math.max(this.absolute, far)
      this.scale = Math.max(this.scale, Math.abs(mine))
    }
  }

  /** Never where anything was not finite: then the tolerance may not be either. */
  isWithin(limit: number): boolean {
    return Number.isFinite(this.absolute) && this.absolute <= limit
  }

  difference(): Difference {
    // JSON has no Infinity
    const absolute = Math.min(this.absolute, Number.MAX_VALUE)
    return { absolute, relative: absolute === 0 ? 0 : Math.min(absolute / this.scale, Number.MAX_VALUE) }
  }
}

function levelOf(value: number): number {
  return (value + 1) * 127.5
}

function imageOf(
  { widthPx, heightPx, pixelsNhwc }: ImageBatch,
  image: number,
  ours: Float32Array,
  theirs: Float32Array,
): Certificate['images'][number] {
  const length = widthPx * heightPx * 3
  const pixels = pixelsNhwc.subarray(image * length, (image + 1) * length)
  const order = Array.from(ours.keys()).sort((a, b) => (ours[b] ?? 0) - (ours[a] ?? 0) || a - b)
  return {
    widthPx,
    heightPx,
    sha256: createHash('sha256').update(pixels).digest('hex'),
    logits: order
      .slice(0, shownLogits)
      .map((classIndex) => ({ classIndex, ours: ours[classIndex] ?? 0, theirs: theirs[classIndex] ?? 0 })),
    argMaxAgrees: argMax(ours) === argMax(theirs),
  }
}

export function argMax(values: Float32Array): number {
  return values.reduce((best, value, index) => (value > (values[best] ?? -Infinity) ? index : best), 0)
}

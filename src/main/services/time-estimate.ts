/** How long a training would take, from what this machine has already shown. Pure. */
import type { Estimate } from '../../contract/entities/run'

export interface Measurement {
  readonly model: string
  readonly cropPx: number
  readonly msPerImage: number
  readonly measuredAtMs: number
  /** Convolution multiply-accumulates of one forward pass of one picture, in 1e9. */
  readonly convGmac: number
}

export interface TimeQuestion {
  readonly model: string
  readonly cropPx: number
  readonly convGmac: number
  /** Steps × effective batch. */
  readonly imageCount: number
}

/**
 * The latest measurement of the same model and crop; else the one whose cost is nearest, scaled by cost; else nothing.
 * `measurements` are all of one engine on this machine.
 */
export function estimateTime(
  measurements: readonly Measurement[],
  question: TimeQuestion,
): Pick<Estimate, 'trainingMs' | 'imagesPerSecond' | 'timeBasis'> {
  const same = measurements
    .filter(({ model, cropPx }) => model === question.model && cropPx === question.cropPx)
    .sort((a, b) => b.measuredAtMs - a.measuredAtMs)[0]
  if (same !== undefined) {
    return answer(
      question,
      same.msPerImage,
      `Measured on this machine with ${question.model} at ${question.cropPx} px.`,
    )
  }
  const distance = (other: Measurement): number => Math.abs(Math.log(other.convGmac / question.convGmac))
  const nearest = [...measurements].sort((a, b) => distance(a) - distance(b))[0]
  if (nearest !== undefined) {
    return answer(
      question,
      nearest.msPerImage * (question.convGmac / nearest.convGmac),
      `Scaled by the cost of the convolutions from ${nearest.model} at ${nearest.cropPx} px, measured on this machine; measure this model for a better figure.`,
    )
  }
  return { trainingMs: null, imagesPerSecond: null, timeBasis: 'Not measured on this machine yet.' }
}

function answer(question: TimeQuestion, msPerImage: number, timeBasis: string) {
  return { trainingMs: msPerImage * question.imageCount, imagesPerSecond: 1000 / msPerImage, timeBasis }
}

/** What a stored prediction says under any labels: those of its evaluation, or those of a later revision. Pure. */
import { fromFloat16 } from '../float16'
import type { PredictionBlock } from './block'

export interface Judged {
  readonly imageId: number
  readonly labelIndex: number
  readonly predictedIndex: number
  /** Probability of the predicted class. */
  readonly confidence: number
  /** These three are null where the block has no scores and the label is not among its top list. Loss: cross-entropy, nats. */
  readonly loss: number | null
  readonly labelRank: number | null
  readonly labelProbability: number | null
}

/**
 * Row `row` of the block under the label `labelIndex`. Under the label of the evaluation the figures are those of the evaluation, in float32.
 * Under another they follow from the scores, which have 11 bits: 0.05 % of a loss; classes closer than that count as equal, the lower index
 * first, as in an evaluation. Rank 1 is exactly where the label is the prediction.
 */
export function judge(block: PredictionBlock, row: number, labelIndex: number): Judged {
  const { topCount, topIndices, topProbabilities, classCount } = block
  if (row < 0 || row >= block.rowCount) throw new RangeError(`The block has no row ${row}.`)
  if (labelIndex < 0 || labelIndex >= classCount) throw new RangeError(`There is no class ${labelIndex}.`)
  const head = {
    imageId: block.imageIds[row] ?? 0,
    labelIndex,
    predictedIndex: topIndices[row * topCount] ?? 0,
    confidence: topProbabilities[row * topCount] ?? 0,
  }
  if (labelIndex === block.labels[row]) {
    return {
      ...head,
      loss: block.losses[row] ?? NaN,
      labelRank: block.labelRanks[row] ?? 0,
      labelProbability: block.labelProbabilities[row] ?? NaN,
    }
  }
  return {
    ...head,
    ...(block.scores === null ? byTopList(block, row, labelIndex) : byScores(block, row, labelIndex)),
  }
}

/** At most `count` classes, most probable first; without scores at most as many as the block keeps. */
export function topOfRow(
  block: PredictionBlock,
  row: number,
  count: number,
): { classIndex: number; probability: number }[] {
  const { topCount, topIndices, topProbabilities, classCount } = block
  const kept = Array.from({ length: Math.min(topCount, count) }, (_, place) => ({
    classIndex: topIndices[row * topCount + place] ?? 0,
    probability: topProbabilities[row * topCount + place] ?? 0,
  }))
  if (block.scores === null) return kept
  const first = kept[0]?.classIndex
  const others: { classIndex: number; score: number }[] = []
  for (let classIndex = 0; classIndex < classCount; classIndex++) {
    if (classIndex === first) continue
    const score = scoreAt(block, row, classIndex)
    let place = others.length
    while (place > 0 && (others[place - 1]?.score ?? Infinity) < score) place--
    if (place >= count - 1) continue
    others.splice(place, 0, { classIndex, score })
    others.length = Math.min(others.length, count - 1)
  }
  return [
    ...kept,
    ...others.map(({ classIndex, score }) => ({ classIndex, probability: probabilityOf(block, score) })),
  ]
}

type Figures = Pick<Judged, 'loss' | 'labelRank' | 'labelProbability'>

function byScores(block: PredictionBlock, row: number, labelIndex: number): Figures {
  const score = scoreAt(block, row, labelIndex)
  const predicted = block.topIndices[row * block.topCount] ?? 0
  let labelRank = 1
  if (labelIndex !== predicted) {
    for (let other = 0; other < block.classCount; other++) {
      if (other === labelIndex) continue
      const otherScore = scoreAt(block, row, other)
      // the prediction stands first, even where rounding made two equal
      if (other === predicted || otherScore > score || (otherScore === score && other < labelIndex))
        labelRank++
    }
  }
  return {
    loss:
      block.loss === 'softmax'
        ? -score
        : sigmoidLoss(block, row, scoreAt(block, row, block.labels[row] ?? 0), score),
    labelRank,
    labelProbability: probabilityOf(block, score),
  }
}

function byTopList(block: PredictionBlock, row: number, labelIndex: number): Figures {
  const { topCount, topIndices, topProbabilities } = block
  const place = topIndices.subarray(row * topCount, (row + 1) * topCount).indexOf(labelIndex)
  if (place === -1) return { loss: null, labelRank: null, labelProbability: null }
  const probability = topProbabilities[row * topCount + place] ?? 0
  const loss =
    block.loss === 'softmax'
      ? -Math.log(probability)
      : sigmoidLoss(block, row, logit(block.labelProbabilities[row] ?? NaN), logit(probability))
  return {
    loss: Number.isFinite(loss) ? loss : null,
    labelRank: place + 1,
    labelProbability: probability,
  }
}

/** The sum over classes is the same under both labels but for their own logits. */
function sigmoidLoss(block: PredictionBlock, row: number, oldLogit: number, newLogit: number): number {
  return (block.losses[row] ?? NaN) + oldLogit - newLogit
}

function scoreAt(block: PredictionBlock, row: number, classIndex: number): number {
  return fromFloat16(block.scores?.[row * block.classCount + classIndex] ?? NaN)
}

function probabilityOf({ loss }: PredictionBlock, score: number): number {
  return loss === 'softmax' ? Math.min(1, Math.exp(score)) : 1 / (1 + Math.exp(-score))
}

function logit(probability: number): number {
  return Math.log(probability) - Math.log1p(-probability)
}

/** What a temperature that is fitted on the val part makes of the probabilities of a prediction set. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { PredictionSet } from '../../contract/entities/prediction-set'
import { fromFloat16 } from '../../domain/float16'
import { inTurns, type InTurns } from '../../domain/in-turns'
import type { PredictionBlock } from '../../domain/prediction-set/block'
import {
  figuresAt,
  fitTemperature,
  type ScoredFigures,
  type ScoredRows,
} from '../../domain/statistics/temperature'
import { blockAt, blocksOfSet, resultBlocks } from '../store/runs/prediction-set-read'
import { getPredictionSet, listPredictionSets } from '../store/runs/prediction-sets'
import type { Db } from '../store/statement'
import type { PredictionColumns } from './prediction-columns'

export interface Scaled {
  /** As predicted; null where the set keeps only the most probable classes. */
  readonly brier: number | null
  /** Its rows in the order of their evaluation; null: `why`. */
  readonly scaled: (ScoredFigures & { readonly temperature: number; readonly fittedCount: number }) | null
  /** A sentence; '' where there is one. */
  readonly why: string
}

const known = new WeakMap<PredictionColumns, Promise<Scaled>>()

/** Made once, as long as the columns are kept; what has no temperature may have one later. */
export function scaledOf(
  db: Db,
  runId: number,
  setId: number | undefined,
  predictions: PredictionColumns,
): Promise<Scaled> {
  const made = known.get(predictions) ?? scale(db, runId, setId)
  known.set(predictions, made)
  const forget = (): boolean => known.delete(predictions)
  made.then(({ scaled }) => scaled === null && forget(), forget)
  return made
}

async function scale(db: Db, runId: number, setId: number | undefined): Promise<Scaled> {
  const blocks = setId === undefined ? resultBlocks(db, runId) : blocksOfSet(db, setId)
  const scored = blocks === null ? null : await finish(scoredRows(db, blocks))
  if (blocks === null || scored === null) {
    const why =
      'A temperature needs the probabilities of all classes; of so many images and classes only the first five are kept.'
    return { brier: null, scaled: null, why }
  }
  const { brier } = await finish(figuresAt(scored, 1))
  const val = valSet(db, runId, getPredictionSet(db, blocks.setId))
  if (typeof val === 'string') return { brier, scaled: null, why: val }
  const rows = await finish(scoredRows(db, blocksOfSet(db, val.id)))
  if (rows === null || rows.count === 0)
    return { brier, scaled: null, why: 'No image of the val part was evaluated.' }
  const temperature = await finish(fitTemperature(rows))
  if (temperature === null) {
    const why = `No temperature fits the ${String(rows.count)} images of the val part: too few of them are wrong, or too few are right.`
    return { brier, scaled: null, why }
  }
  const figures = await finish(figuresAt(scored, temperature))
  return { brier, scaled: { ...figures, temperature, fittedCount: rows.count }, why: '' }
}

/** What a temperature for `of` is fitted on, or why there is none. */
function valSet(db: Db, runId: number, of: PredictionSet): PredictionSet | string {
  if (of.part === 'val' && of.runId === runId)
    return 'A temperature is fitted on the val part and judged on another: choose the test part.'
  const sets = listPredictionSets(db, runId).filter(({ part }) => part === 'val')
  const atStep = sets.find(({ checkpointStep }) => checkpointStep === of.checkpointStep)
  if (atStep?.kind === 'scores') return atStep
  return sets.length === 0
    ? 'A temperature is fitted on the val part: this run has none that was evaluated.'
    : `A temperature is fitted on the val part, which was not evaluated after step ${String(of.checkpointStep)}.`
}

/** All blocks in memory, which their size allows; null where they have no scores. */
function* scoredRows(
  db: Db,
  { setId, rowCounts }: { setId: number; rowCounts: readonly number[] },
): InTurns<ScoredRows | null> {
  const blocks: PredictionBlock[] = []
  const ends: number[] = []
  let count = 0
  for (const position of rowCounts.keys()) {
    const block = blockAt(db, setId, position)
    if (block.scores === null) return null
    blocks.push(block)
    ends.push((count += block.rowCount))
    yield
  }
  const [first] = blocks
  const { classCount, loss } = first ?? { classCount: 1, loss: 'softmax' }
  // They are read in their order, one pass after another.
  let at = 0
  const blockOf = (row: number): { block: PredictionBlock | undefined; within: number } => {
    if (row < (ends[at - 1] ?? 0)) at = 0
    while (row >= (ends[at] ?? Infinity)) at++
    return { block: blocks[at], within: row - (ends[at - 1] ?? 0) }
  }
  return {
    ...{ count, classCount, loss, values: halves() },
    label(row) {
      const { block, within } = blockOf(row)
      return block?.labels[within] ?? 0
    },
    places(row) {
      const { block, within } = blockOf(row)
      return block?.scores?.subarray(within * classCount, (within + 1) * classCount) ?? noScores
    },
  }
}

const noScores = new Uint16Array()

let table: Float32Array | null = null
/** The value of each float16, by its bits. */
function halves(): Float32Array {
  if (table !== null) return table
  table = new Float32Array(0x10000)
  for (let bits = 0; bits < table.length; bits++) table[bits] = fromFloat16(bits)
  return table
}

/** Between two looks at other work. */
const sliceMs = 12

function finish<Result>(steps: InTurns<Result>): Promise<Result> {
  let since = performance.now()
  return inTurns(steps, async () => {
    if (performance.now() - since <= sliceMs) return
    await nextTurn()
    since = performance.now()
  })
}

/**
 * What `npm run bench -- curves` looks at: a home with runs of many steps, written to the folder that is given. Says what a step takes there as a row and in
 * a block, and how long the store takes to read a curve of either. Takes one JSON argument, prints one JSON line. Times are in milliseconds.
 */
import { mkdirSync } from 'node:fs'
import type { StepMetric } from '../../contract/entities/run'
import { unpackBytes } from '../../contract/packed'
import { randomStream } from '../../domain/random'
import { unpackSteps } from '../../domain/steps/step-block'
import { insertEvaluation } from '../store/runs/metrics'
import { openStore } from '../store/home/open'
import { insertRun, updateRun } from '../store/runs/runs'
import { inTransaction, type Db } from '../store/statement'
import { insertStepRow, packRest, readStepBlocks, readStepRows } from '../store/runs/step-blocks'
import { generateDataset, generatedRun, startMs } from './generated'
import { timed } from './timed'

interface Work {
  readonly homePath: string
  readonly runCount: number
  readonly stepCount: number
  readonly runs: number
}

const batchSize = 64
const stepMs = 120
/** A seed of the generated figures; no other random choice is made here. */
const seed = 20_261_127

function main(): void {
  const work = JSON.parse(process.argv[2] ?? '') as Work
  mkdirSync(work.homePath, { recursive: true })
  const { db, close } = openStore(work.homePath)
  const datasetId = generateDataset(db)
  const ids = Array.from({ length: work.runCount }, (_, index) => generateRun(db, datasetId, index, work))
  const [first = 0] = ids
  const rowBytes = bytesOf(db, 'steps') / (work.stepCount * work.runCount)
  const rowsMs = timed(work.runs, () => readStepRows(db, first, 0))
  for (const id of ids) packRest(db, id)
  const figures = {
    ids,
    rowBytes,
    blockBytes: bytesOf(db, 'step_blocks') / (work.stepCount * work.runCount),
    rowsMs,
    /** From the database to columns. */
    readMs: timed(work.runs, () => unpackSteps(readStepBlocks(db, first))),
    /** The same for the loss alone would take as long: a block is read whole. */
    wireMs: timed(work.runs, () => {
      const blocks = readStepBlocks(db, first).map((bytes) => Buffer.from(bytes).toString('base64'))
      unpackSteps((JSON.parse(JSON.stringify(blocks)) as string[]).map((packed) => unpackBytes(packed)))
    }),
    wireBytes: readStepBlocks(db, first).reduce((sum, { length }) => sum + Math.ceil(length / 3) * 4, 0),
  }
  process.stdout.write(`${JSON.stringify(figures)}\n`)
  close()
}

/** Of its pages. */
function bytesOf(db: Db, table: string): number {
  return db.prepare<[string], number>('SELECT sum(pgsize) FROM dbstat WHERE name = ?').pluck().get(table) ?? 0
}

function generateRun(db: Db, datasetId: number, index: number, { stepCount }: Work): number {
  const next = randomStream(seed, index, 0)
  const createdAtMs = startMs + index * 3_600_000
  const name = `run of seed ${String(index)}`
  const id = insertRun(
    db,
    generatedRun(db, datasetId, { name, createdAtMs, stepCount, batchSize, seed: index }),
  )
  let atMs = createdAtMs
  const step = (stepIndex: number): StepMetric => {
    const share = stepIndex / stepCount
    const tookMs = stepMs + Math.floor(next() * 12)
    atMs += tookMs + (stepIndex % 1000 === 0 ? 4000 : 1)
    return {
      stepIndex,
      loss: (0.02 + (1.5 + index / 20) * Math.exp(-5 * share)) * (0.6 + 0.8 * next()),
      batchAccuracy: Math.round(batchSize * Math.min(1, 0.4 + 0.5 * share + 0.1 * next())) / batchSize,
      learningRate: 0.003 * Math.min(1, (stepIndex + 1) / (stepCount / 40)) * 10 ** -Math.floor(share * 3.3),
      stepMs: tookMs,
      waitMs: Math.floor(next() * next() * 30),
      atMs,
      memoryBytes: 4096 * (200_000 + Math.floor(share * 5000) + Math.floor(next() * 100)),
    }
  }
  inTransaction(db, () => {
    for (let stepIndex = 0; stepIndex < stepCount; stepIndex++) insertStepRow(db, id, step(stepIndex))
  })
  inTransaction(db, () => {
    for (let stepIndex = 1000; stepIndex <= stepCount; stepIndex += 1000) {
      const value = Math.min(0.99, 0.5 + (0.48 * stepIndex) / stepCount + 0.02 * next())
      const correct = Math.round(1000 * value)
      const accuracy = { correct, total: 1000, value: correct / 1000, low: value - 0.02, high: value + 0.01 }
      const measures = { partCount: 1000, topFive: null, balanced: null }
      insertEvaluation(db, id, {
        stepIndex,
        part: 'val',
        loss: 0.1 + 1 - value,
        accuracy,
        measures,
        atMs: startMs,
      })
    }
  })
  updateRun(db, id, { state: 'done', endedAtMs: atMs, stepsDone: stepCount })
  return id
}

main()

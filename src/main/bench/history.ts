/**
 * What `npm run bench -- history` looks at: a home with many runs, written to the folder that is given. Says how long the questions of the Runs screen take,
 * and, beside them, what a list takes that loads all of every run: select, JSON and back. Takes one JSON argument, prints one JSON line. Times are in
 * milliseconds.
 */
import { mkdirSync } from 'node:fs'
import { unpackUint32 } from '../../contract/packed'
import { randomStream } from '../../domain/random'
import { accuracyOf } from '../../domain/rules/interval'
import { findRuns, shownRow } from '../runs/find-runs'
import { insertEvaluation } from '../store/runs/metrics'
import { openStore } from '../store/home/open'
import { createRunFacts } from '../store/runs/run-facts'
import { markRuns } from '../store/runs/run-marks'
import { insertRun, updateRun } from '../store/runs/runs'
import { inTransaction, type Db } from '../store/statement'
import { generateDataset, generatedRun, startMs } from './generated'
import { timed, timedOnce } from './timed'

interface Work {
  readonly homePath: string
  readonly runCount: number
  readonly runs: number
}

const seed = 20_261_127
const shownRows = 40
const evaluatedCount = 500

function main(): void {
  const { homePath, runCount, runs } = JSON.parse(process.argv[2] ?? '') as Work
  mkdirSync(homePath, { recursive: true })
  const { db, close } = openStore(homePath)
  generateRuns(db, runCount)
  const firstMs = [timedOnce(() => createRunFacts(db).all())]
  const facts = createRunFacts(db)
  const ask =
    (query: string, sort = '', groupBy = 'none') =>
    (): void => {
      const all = facts.all()
      const { ids } = findRuns(all, { query, sort, groupBy })
      const shown = new Set(unpackUint32(ids).slice(0, shownRows))
      JSON.parse(JSON.stringify(all.filter(({ id }) => shown.has(id)).map(shownRow)))
    }
  const figures = {
    firstMs,
    answers: {
      open: timed(runs, ask('')),
      sort: timed(runs, ask('', '-accuracy')),
      filter: timed(runs, ask('accuracy>80% lr:0.003')),
      group: timed(runs, ask('', '', 'settings')),
    },
    wholeMs: timed(runs, () => {
      JSON.parse(JSON.stringify(db.prepare('SELECT * FROM runs ORDER BY id DESC').all()))
    }),
  }
  process.stdout.write(`${JSON.stringify(figures)}\n`)
  close()
}

function generateRuns(db: Db, runCount: number): void {
  const datasetId = generateDataset(db)
  const next = randomStream(seed, 0, 0)
  inTransaction(db, () => {
    for (let index = 0; index < runCount; index++) {
      const createdAtMs = startMs + index * 600_000
      const id = insertRun(
        db,
        generatedRun(db, datasetId, {
          ...{ name: `run ${String(index)}`, createdAtMs, stepCount: 500, seed: index % 5 },
          baseLearningRate: [0.001, 0.003, 0.01, 0.03][Math.floor(index / 5) % 4] ?? 0.003,
          batchSize: [32, 64, 128][Math.floor(index / 20) % 3] ?? 32,
        }),
      )
      const accuracy = accuracyOf(Math.floor(evaluatedCount * (0.6 + 0.4 * next())), evaluatedCount)
      insertEvaluation(db, id, {
        ...{ stepIndex: 500, part: 'test', loss: 1 - accuracy.value, accuracy, atMs: createdAtMs },
        measures: { partCount: evaluatedCount, topFive: null, balanced: null },
      })
      updateRun(db, id, {
        ...{ state: 'done', endedAtMs: createdAtMs + 60_000, stepsDone: 500, accuracy, evaluatedOn: 'test' },
        wrongCount: evaluatedCount - accuracy.correct,
      })
      if (index % 3 === 0) markRuns(db, [id], { addTags: ['baseline'] }, createdAtMs)
    }
  })
}

main()

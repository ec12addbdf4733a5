import { describe, expect, it, onTestFinished } from 'vitest'
import type { CoreEvent } from '../../src/contract/events'
import { activeRunStates, type Run } from '../../src/contract/entities/run'
import { createRunEnds } from '../../src/main/training/run-ends'
import { createRunFeed } from '../../src/main/training/run-feed'
import { deleteDataset, getDataset } from '../../src/main/store/datasets/datasets'
import { imageLayout } from '../../src/main/store/datasets/images'
import { openStore } from '../../src/main/store/home/open'
import { listPredictions } from '../../src/main/store/runs/predictions'
import { getRun, insertRun, listRuns, updateRun } from '../../src/main/store/runs/runs'
import type { Db } from '../../src/main/store/statement'
import { newRun } from '../store/support/new-run'
import { temporaryCheckpoints } from '../store/support/saved-checkpoint'
import { addDataset, temporaryStore } from '../store/support/home'

/** As on a full disk: SQLite finds no room for another page. */
function fill(db: Db): void {
  // pages that are free already would be room
  db.exec('CREATE TABLE filler (bytes BLOB)')
  const pages = Number(db.pragma('page_count', { simple: true }))
  db.pragma(`max_page_count = ${String(pages)}`)
  expect(() => {
    for (;;) db.prepare('INSERT INTO filler VALUES (zeroblob(2000))').run()
  }).toThrow()
}

function free(db: Db): void {
  db.pragma('max_page_count = 1000000')
}

/** Longer than a page: it needs room of its own. */
const longError = {
  code: 'loss-not-finite',
  message: `The loss is not finite. ${'x'.repeat(20_000)}`,
  wayOut: 'Lower the rate.',
} as const

function trainingRun() {
  const { db, homePath } = temporaryStore()
  const datasetId = addDataset(db)
  const runId = insertRun(db, newRun(datasetId, getDataset(db, datasetId).split.id, 'first'))
  updateRun(db, runId, { state: 'training' })
  const told: Run[] = []
  const emit = (event: CoreEvent): void => void (event.type === 'run' && told.push(event.run))
  const context = { db, checkpoints: temporaryCheckpoints(homePath), clock: () => 77, emit }
  const ends = createRunEnds(context)
  onTestFinished(() => {
    if (!db.open) return
    free(db)
    ends.close()
  })
  const feed = createRunFeed(context, { learn: () => undefined }, runId, ends)
  return { db, homePath, datasetId, runId, told, ends, feed }
}

describe('an end that cannot be written', () => {
  it('is shown at once with what to do, and is written when there is room', () => {
    const { db, homePath, runId, told, ends, feed } = trainingRun()
    fill(db)
    feed.take({ type: 'failed', error: longError })
    expect(told.at(-1)).toMatchObject({ state: 'failed', endedAtMs: 77 })
    expect(told.at(-1)?.error?.message).toContain('kept in memory')
    expect(told.at(-1)?.error?.wayOut).toContain('Free some space')
    expect(getRun(db, runId).state).toBe('failed')
    expect(listRuns(db).some(({ state }) => activeRunStates.includes(state))).toBe(false)
    const reader = openStore(homePath, { readOnly: true })
    expect(getRun(reader.db, runId).state).toBe('training')

    ends.retry()
    expect(getRun(reader.db, runId).state).toBe('training')
    free(db)
    ends.retry()
    expect(getRun(reader.db, runId)).toMatchObject({ state: 'failed', endedAtMs: 77, error: longError })
    expect(told.at(-1)).toMatchObject({ state: 'failed', error: longError })
    reader.close()
  })

  it('holds nothing else up: the dataset of the run can be deleted', () => {
    const { db, datasetId, runId, ends, feed } = trainingRun()
    fill(db)
    feed.take({ type: 'failed', error: longError })
    free(db)
    deleteDataset(db, datasetId)
    ends.retry()
    expect(() => getRun(db, runId)).toThrow('no run')
  })

  it('is forgotten when the run goes on', () => {
    const { db, runId, ends, feed } = trainingRun()
    fill(db)
    feed.take({ type: 'interrupted', error: longError })
    free(db)
    updateRun(db, runId, { state: 'starting', error: null })
    ends.retry()
    expect(getRun(db, runId)).toMatchObject({ state: 'starting', error: null, endedAtMs: null })
  })

  it('of a run that was done keeps its result: it counts as soon as there is room', () => {
    const { db, datasetId, runId, told, ends, feed } = trainingRun()
    const { ids } = imageLayout(db, datasetId, {})
    const accuracy = { correct: 1, total: ids.length, value: 1 / ids.length, low: 0, high: 1 }
    const measures = { partCount: ids.length, topFive: null, balanced: null }
    feed.take({
      type: 'evaluation',
      waitMs: 0,
      evaluation: { stepIndex: 0, part: 'test', loss: 1, accuracy, measures, atMs: 1 },
    })
    const row = {
      labelIndex: 0,
      loss: 1,
      labelRank: 1,
      labelProbability: 0.5,
      topIndices: [0],
      topProbabilities: [0.5],
    }
    feed.take({ type: 'predictions', rows: ids.map((imageId) => ({ ...row, imageId })) })
    db.pragma('query_only = ON') // as on a disk that is read-only by now
    feed.take({
      type: 'finished',
      outcome: 'done',
      imagesPerSecond: 50,
      waitFraction: 0,
      trainingMs: 1000,
      peakMemoryBytes: 1e9,
      evaluatedOn: 'test',
    })
    expect(told.at(-1)).toMatchObject({ state: 'interrupted', accuracy: null })
    expect(told.at(-1)?.error?.message).toContain('The result is kept in memory')
    db.pragma('query_only = OFF')
    ends.retry()
    expect(told.at(-1)).toMatchObject({ state: 'done', endedAtMs: 77, error: null, accuracy })
    const listed = listPredictions(db, {
      runId,
      filter: { which: 'all' },
      order: 'loss',
      offset: 0,
      limit: 9,
    })
    expect(listed.total).toBe(ids.length)
  })
})

/** What "Keep the best" may delete, and of which runs it can be asked. */
import { describe, expect, it } from 'vitest'
import type { CoreEvent } from '../../src/contract/events'
import { homePaths } from '../../src/main/host/paths'
import { listCheckpoints, pinCheckpoint } from '../../src/main/store/checkpoints/checkpoints'
import { insertEvaluation } from '../../src/main/store/runs/metrics'
import { insertPromotion } from '../../src/main/store/runs/promotions'
import { trashRuns } from '../../src/main/store/runs/run-marks'
import { getRun, insertRun, updateRun } from '../../src/main/store/runs/runs'
import { knownModel } from '../../src/main/models/model-entries'
import { checkCanKeepBest, findBest } from '../../src/main/training/best-checkpoint'
import { createRunEnds } from '../../src/main/training/run-ends'
import { createRunFeed } from '../../src/main/training/run-feed'
import { newRun } from '../store/support/new-run'
import { addDataset, addRun, temporaryStore } from '../store/support/home'
import { saveCheckpoint, temporaryCheckpoints } from '../store/support/saved-checkpoint'

/** A run that was paused after step 500, with checkpoints of which that of step 300 is best. */
async function pausedRun() {
  const { db, homePath } = temporaryStore()
  const checkpoints = temporaryCheckpoints(homePath)
  const datasetId = addDataset(db)
  const runId = addRun(db, datasetId)
  const ids: Record<number, number> = {}
  for (const [stepIndex, value] of [
    [300, 0.9],
    [450, 0.5],
    [500, 0.6],
  ] as const) {
    ids[stepIndex] = await saveCheckpoint(db, checkpoints, { runId, stepIndex })
    const accuracy = { correct: value * 10, total: 10, value, low: 0, high: 1 }
    const measures = { partCount: 10, topFive: null, balanced: null }
    insertEvaluation(db, runId, { stepIndex, part: 'val', loss: 1, accuracy, measures, atMs: 1 })
  }
  updateRun(db, runId, { state: 'paused', endedAtMs: 1, stepsDone: 500 })
  const pin = (stepIndex: number, isPinned = true): void => pinCheckpoint(db, ids[stepIndex] ?? 0, isPinned)
  const promote = (stepIndex: number) =>
    insertPromotion(db, {
      ...{ datasetId, runId, stepIndex, atMs: 1, byWhom: 'x', why: '', temperature: null, threshold: null },
    })
  const branch = (stepIndex: number): number => {
    const { splitId } = getRun(db, runId)
    return insertRun(db, { ...newRun(datasetId, splitId, 'branch'), parent: { runId, stepIndex } })
  }
  const steps = (): number[] => listCheckpoints(db, runId).map(({ stepIndex }) => stepIndex)
  const zoo = { paths: homePaths(homePath), resourcesPath: homePath }
  return { db, checkpoints, ...zoo, datasetId, runId, pin, promote, branch, steps }
}
type Paused = Awaited<ReturnType<typeof pausedRun>>

const held: [how: string, step: number, hold: (run: Paused) => unknown, word: string, wayOut: RegExp][] = [
  ['pinned', 500, ({ pin }) => pin(500), 'pinned', /^Unpin it first/],
  ['promoted', 500, ({ promote }) => promote(500), 'in use', /run:1@300, or branch/],
  ['gone on from', 450, ({ branch }) => branch(450), 'in use', /run:1@300, or branch/],
]

describe('keeping the best of a run that has ended', () => {
  it.each(held)('is refused where a later checkpoint is %s', async (_, step, hold, word, wayOut) => {
    const run = await pausedRun()
    checkCanKeepBest(run.db, run.runId)
    hold(run)
    const expected = {
      code: 'not-allowed',
      message: expect.stringContaining(`step ${String(step)} cannot: it is ${word}`) as unknown,
      wayOut: expect.stringMatching(wayOut) as unknown,
    }
    expect(() => checkCanKeepBest(run.db, run.runId)).toThrow(expect.objectContaining(expected) as Error)
  })

  it('asks for nothing of the best itself and of those before it, and goes where a pin was taken away', async () => {
    const { db, runId, pin, promote } = await pausedRun()
    pin(300)
    promote(300)
    pin(500)
    pin(500, false)
    checkCanKeepBest(db, runId)
  })

  it('is refused while it trains, once all its steps are done, without a checkpoint, and where it was imported', async () => {
    const { db, datasetId, runId } = await pausedRun()
    const refused = (id: number, code: string): void =>
      expect(() => checkCanKeepBest(db, id)).toThrow(expect.objectContaining({ code }) as Error)
    updateRun(db, runId, { state: 'evaluating', error: null })
    refused(runId, 'busy')
    updateRun(db, runId, { state: 'done', endedAtMs: 1 })
    refused(runId, 'unsupported')
    updateRun(db, runId, { state: 'stopped', endedAtMs: 1 })
    checkCanKeepBest(db, runId)
    db.prepare('INSERT INTO run_bundles (run_id, key, imported_at_ms) VALUES (?, zeroblob(32), 1)').run(runId)
    refused(runId, 'unsupported')
    const bare = addRun(db, datasetId, 'bare')
    updateRun(db, bare, { state: 'interrupted', endedAtMs: 1 })
    refused(bare, 'not-found')
  })

  it('is refused in the trash', async () => {
    const { db, runId } = await pausedRun()
    trashRuns(db, [runId], 1)
    const trashed = expect.objectContaining({ code: 'bad-input', wayOut: 'Restore it first.' }) as Error
    expect(() => checkCanKeepBest(db, runId)).toThrow(trashed)
  })
})

describe('a run that ends with its best checkpoint', () => {
  function evaluated({ db, checkpoints, runId }: Paused): CoreEvent[] {
    updateRun(db, runId, { state: 'starting', error: null })
    const events: CoreEvent[] = []
    const context = { db, checkpoints, clock: () => 1, emit: (event: CoreEvent) => void events.push(event) }
    const feed = createRunFeed(context, { learn: () => undefined }, runId, createRunEnds(context))
    void feed.take({
      ...{ type: 'finished', outcome: 'stopped', resultStep: 300, evaluatedOn: 'val' },
      ...{ imagesPerSecond: 0, waitFraction: 0, trainingMs: 0, peakMemoryBytes: 0 },
    })
    feed.close()
    return events
  }

  it('has none after it', async () => {
    const run = await pausedRun()
    const events = evaluated(run)
    expect(run.steps()).toEqual([300])
    expect(getRun(run.db, run.runId)).toMatchObject({ checkpointStep: 300, resultStep: 300 })
    expect(events.map(({ type }) => type)).toEqual(['run', 'checkpoints-changed'])
  })

  it.each(held)('still has a later one that is %s, and says so', async (_, step, hold, word) => {
    const run = await pausedRun()
    hold(run)
    const said: string[] = []
    await findBest(run, run.runId, ({ text }) => void said.push(text))
    expect(said.join()).toMatch(
      new RegExp(`step 300 is best .* step ${String(step)} stays too: it is ${word}`),
    )
    evaluated(run)
    expect(run.steps()).toEqual([300, step])
    expect(getRun(run.db, run.runId)).toMatchObject({ checkpointStep: step, resultStep: 300 })
    // what was measured is said of the weights that it was measured with
    const figures = async (id: string) => (await knownModel(run, id)).entry.figures.map(({ value }) => value)
    expect(await figures('run:1')).toEqual([])
    expect(await figures('run:1@300')).toContain('90.0 %')
  })
})

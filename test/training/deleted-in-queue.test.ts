/** What the queue does with runs in the trash; nothing is trained here. */
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { CoreEvent } from '../../src/contract/events'
import { accuracyOf } from '../../src/domain/rules/interval'
import { historyHandlers } from '../../src/main/runs/desk'
import type { EngineService } from '../../src/main/engine/engine'
import type { ServiceContext } from '../../src/main/app/context'
import { insertCheckpoint } from '../../src/main/store/checkpoints/checkpoints'
import { getDataset } from '../../src/main/store/datasets/datasets'
import { insertEvaluation } from '../../src/main/store/runs/metrics'
import {
  insertQueued,
  listQueue,
  moveQueued,
  nextQueued,
  queuedStarted,
  queueState,
  setQueueState,
  takeLeftRun,
} from '../../src/main/store/runs/queue'
import { insertGroup, listGroups } from '../../src/main/store/runs/run-groups'
import { restoreRuns, trashRuns } from '../../src/main/store/runs/run-marks'
import { checkResumable, deleteRun, getRun, insertRun, updateRun } from '../../src/main/store/runs/runs'
import type { Db } from '../../src/main/store/statement'
import { groupCourse } from '../../src/main/training/group-course'
import { groupDetail } from '../../src/main/training/group-detail'
import { createQueue } from '../../src/main/training/queue'
import type { Runner } from '../../src/main/training/runner'
import type { Training } from '../../src/main/training/training'
import { newRun } from '../store/support/new-run'
import { addDataset, temporaryStore } from '../store/support/home'
import { temporaryCheckpoints } from '../store/support/saved-checkpoint'
import { tinyRequest } from '../support/test-core'

const crash = { code: 'trainer-died', message: 'It died.', wayOut: '' } as const

let db: Db
let homePath = ''
let datasetId = 0
beforeEach(() => {
  ;({ db, homePath } = temporaryStore())
  datasetId = addDataset(db)
})

/** That has ended with a checkpoint of `stepIndex`. */
function run(name: string, state: 'paused' | 'interrupted', stepIndex = 2): number {
  const id = insertRun(db, newRun(datasetId, getDataset(db, datasetId).split.id, name))
  const stored = { name: '0123456789abcdef', sha256: 'ab'.repeat(32) }
  insertCheckpoint(db, { runId: id, stepIndex, createdAtMs: 1, byteCount: 1, stored })
  updateRun(db, id, { state, endedAtMs: 5, ...(state === 'interrupted' && { error: crash }) })
  return id
}

/** That the queue began and that was left since. */
function leftRun(name: string): number {
  const id = run(name, 'interrupted')
  const request = { ...tinyRequest(datasetId), name }
  queuedStarted(db, insertQueued(db, { work: { kind: 'start', request }, datasetId, addedAtMs: 1 }), id)
  return id
}

const waits = (runId: number): number =>
  insertQueued(db, { work: { kind: 'resume', runId }, datasetId, addedAtMs: 1 })
const titles = (): string[] => listQueue(db).map(({ title }) => title)

describe('a run in the trash', () => {
  it('cannot go on before it is restored', () => {
    const id = run('one', 'paused')
    trashRuns(db, [id], 9)
    expect(() => checkResumable(db, id)).toThrow(
      expect.objectContaining({ code: 'unsupported', wayOut: 'Restore it first.' }),
    )
    restoreRuns(db, [id])
    expect(checkResumable(db, id).stepIndex).toBe(2)
  })

  it('is not taken up again by the queue that it was left by', () => {
    const [one, two] = [leftRun('one'), leftRun('two')]
    trashRuns(db, [one], 9)
    expect(takeLeftRun(db)).toBe(two)
    restoreRuns(db, [one])
    expect(takeLeftRun(db)).toBe(one)
  })

  it('takes its place in the queue along, and brings it back', () => {
    const [one, two, three] = [run('one', 'paused'), run('two', 'paused'), run('three', 'paused')]
    const [, , last] = [waits(one), waits(two), waits(three)]
    trashRuns(db, [one], 9)
    expect(titles()).toEqual(['Resume two', 'Resume three'])
    expect(nextQueued(db)?.work).toEqual({ kind: 'resume', runId: two })
    moveQueued(db, last, 0)
    expect(titles()).toEqual(['Resume three', 'Resume two'])
    restoreRuns(db, [one])
    expect(titles().sort()).toEqual(['Resume one', 'Resume three', 'Resume two'])
    deleteRun(db, one)
    expect(titles()).toEqual(['Resume three', 'Resume two'])
  })
})

describe('a search with ASHA', () => {
  const axes = [{ key: 'baseLearningRate', values: [0.001, 0.01, 0.03, 0.1] }]
  const sweep = { kind: 'grid', axes, asha: { eta: 2, leastSteps: 2 }, count: 40, seed: 0 } as const

  it('passes over a trial that was deleted while it rested, and counts it as ended', () => {
    const request = tinyRequest(datasetId, { stepCount: 8 })
    const groupId = insertGroup(db, { name: 'search', request, sweep, createdAtMs: 1 })
    const trials = [0.9, 0.8, 0.2, 0.1].map((value, trialIndex) => {
      const id = run(`search, ${String(trialIndex + 1)}`, 'paused')
      const accuracy = accuracyOf(value * 100, 100)
      const balanced = { value, classCount: 2, leastCount: 50, mostCount: 50 }
      const measures = { partCount: 100, topFive: accuracyOf(100, 100), balanced }
      insertEvaluation(db, id, { stepIndex: 2, part: 'val', loss: 1, accuracy, measures, atMs: 1 })
      const entry = {
        work: { kind: 'start', request },
        datasetId,
        groupId,
        trialIndex,
        addedAtMs: 1,
      } as const
      queuedStarted(db, insertQueued(db, entry), id)
      return id
    }) as [number, number, number, number]
    expect(groupCourse(db).nextPromotion()).toEqual({ runId: trials[0], pauseAtStep: 4 })
    trashRuns(db, [trials[0]], 9)
    expect(groupCourse(db).nextPromotion()).toEqual({ runId: trials[1], pauseAtStep: 4 })
    expect(groupDetail(db, groupId).trials.map(({ state }) => state)).toEqual([
      ...['skipped', 'paused', 'paused', 'paused'],
    ])
    expect(listGroups(db)[0]?.endedCount).toBe(1)
    deleteRun(db, trials[0])
    expect(listGroups(db)[0]?.endedCount).toBe(1)
  })
})

/** A queue whose trainings are over as soon as they begin. */
function workingQueue() {
  const listeners = new Set<(told: { readonly event: CoreEvent }) => void>()
  const resumed: number[] = []
  const emit = (event: CoreEvent): void => [...listeners].forEach((listener) => listener({ event }))
  const context = { db, checkpoints: temporaryCheckpoints(homePath), clock: () => 77, emit }
  const runner = {
    active: () => [],
    inTheWay: () => null,
    free: () => Promise.resolve(),
  } as unknown as Runner
  const training = {
    resume(id: number, { onMade }: { onMade?: (id: number) => void }) {
      checkResumable(db, id)
      resumed.push(id)
      onMade?.(id)
      return Promise.resolve(getRun(db, id))
    },
  } as unknown as Training
  const subscribe = (listener: (told: { readonly event: CoreEvent }) => void): (() => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  const queue = createQueue(
    context as unknown as ServiceContext,
    {} as EngineService,
    runner,
    training,
    groupCourse(db),
    { works: true, subscribe },
  )
  onTestFinished(() => queue.close())
  /** When nothing is left to begin. */
  const idle = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = async (): Promise<void> => {
        if ((await queue.handlers['queue.list']({})).isBusy) return
        stop()
        resolve()
      }
      const stop = subscribe(() => void look().catch(reject))
      look().catch(reject)
    })
  return { queue, resumed, history: historyHandlers(context), idle }
}

describe('the queue', () => {
  it('passes over deleted runs and goes on with the next', async () => {
    const [one, two] = [run('one', 'paused'), run('two', 'paused')]
    waits(one)
    waits(two)
    setQueueState(db, false)
    const { queue, resumed, history, idle } = workingQueue()
    await history['history.trash']({ ids: [one], evenInUse: false })
    await queue.handlers['queue.start']({})
    await idle()
    expect(resumed).toEqual([two])
    expect((await queue.handlers['queue.list']({})).entries).toEqual([])
  })

  it('is not held by a run that was paused long ago and is only renamed or restored now', async () => {
    const id = run('one', 'paused')
    trashRuns(db, [id], 9)
    waits(id)
    const { resumed, history, idle } = workingQueue()
    await history['history.restore']({ ids: [id] })
    await idle()
    expect(queueState(db).isRunning).toBe(true)
    expect(resumed).toEqual([id])
  })
})

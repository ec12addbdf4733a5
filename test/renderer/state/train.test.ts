/** What a run asks for fills the sheet, and leaves it when that has begun. */
import { expect, it, onTestFinished } from 'vitest'
import type { ModelEntry } from '../../../src/contract/entities/model'
import type { TrainRequest } from '../../../src/contract/entities/run'
import { app } from '../../../src/renderer/state/app.svelte'
import { models } from '../../../src/renderer/state/models/models.svelte'
import { startModels } from '../../../src/renderer/state/runs/start-models.svelte'
import { train } from '../../../src/renderer/state/runs/train.svelte'

const again: TrainRequest = {
  ...{ datasetId: 1, model: 'units:1-1-1-1,width:0.5', weights: null, rule: 'paper', budgetMs: null },
  ...{ preset: 'small', overrides: { stepCount: 60 }, seed: 3, name: '', again: 7 },
}

const first = { id: 'run:12', name: 'first', architecture: 'R50x1', state: 'ready' } as ModelEntry

function openSheet(): void {
  app.start({
    call: async (name) =>
      (name === 'models.get'
        ? { model: first }
        : { id: 8, startNotes: [], databaseCheck: { state: 'whole' } }) as never,
    onEvent: () => () => undefined,
    onConnection: () => () => undefined,
    abilities: {},
    imageKey: () => '',
  })
  train.choose(1)
  train.startFrom('zero')
  train.set({ cropPx: 96 })
  onTestFinished(() => {
    train.reset()
    models.list = []
    models.loaded = false
  })
}

it('after a run was trained again, what was set before is there again, for one run', async () => {
  openSheet()
  train.repeats = 3
  train.prepare(again)
  expect(train.request).toMatchObject({ again: 7, seed: 3, overrides: { stepCount: 60 } })
  train.plan = { obstacles: [] } as never
  await train.begin()
  expect(train).toMatchObject({ again: null, seed: 0, settings: { cropPx: 96 }, repeats: 1 })
  expect(train.request?.again).toBeUndefined()
})

it('a length of time plans anew, with a way back to the run', () => {
  openSheet()
  train.prepare(again)
  train.setBudget(60_000)
  expect(train).toMatchObject({ again: null, budgetMs: 60_000, settings: {} })
  train.followNote()
  expect(train).toMatchObject({ again: 7, budgetMs: null, settings: { stepCount: 60 } })
  train.leaveRun()
  expect(train).toMatchObject({ again: null, settings: { cropPx: 96 } })
})

it.each([
  ['run:12@300', { again: 7 }],
  ['run:12@301', { continues: { runId: 7, stepIndex: 400 } }],
])(
  'what a run asked for keeps its weights and its size where no list has them: %s',
  async (weights, kind) => {
    openSheet()
    const asked = { ...kind, model: 'R50x1', weights }
    train.prepare({ ...again, again: undefined, ...asked })
    expect(train.request).toMatchObject(asked)
    models.list = [first]
    models.loaded = true
    expect(train.request).toMatchObject(asked)
    const step = weights.slice(-3)
    expect([train.start, train.startName]).toEqual([null, `run 12, step ${step}`])
    await startModels.look(weights)
    expect(train.request).toMatchObject(asked)
    expect([train.start?.id, train.startName]).toEqual([weights, `first, step ${step}`])
  },
)

it('what is chosen is asked for before the lists have come, and is never from zero in between', () => {
  openSheet()
  train.startFrom('run:12')
  expect(train.request).toMatchObject({ model: 'auto', weights: 'run:12' })
  models.list = [first]
  expect(train.request).toMatchObject({ model: 'R50x1', weights: 'run:12' })
  train.startFrom('zero')
  expect(train.request).toMatchObject({ model: 'units:1-1-1-1,width:0.5', weights: null })
})

it('another start has its own size, not that of the run that is trained again', () => {
  openSheet()
  models.list = [{ ...first, id: 'run:13', architecture: 'R101x1' }]
  train.prepare({ ...again, model: 'R50x1', weights: 'run:12@300' })
  train.startFrom('run:13')
  expect(train.request).toMatchObject({ model: 'R101x1', weights: 'run:13' })
})

it('what cannot be used stays chosen', () => {
  openSheet()
  models.list = [{ ...first, state: 'broken' }]
  train.startFrom('run:12')
  expect(train.request).toMatchObject({ model: 'R50x1', weights: 'run:12' })
})

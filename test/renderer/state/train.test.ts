/** What a run asks for fills the sheet, and leaves it when that has begun. */
import { expect, it, onTestFinished } from 'vitest'
import type { TrainRequest } from '../../../src/contract/entities/run'
import { app } from '../../../src/renderer/state/app.svelte'
import { train } from '../../../src/renderer/state/runs/train.svelte'

const again: TrainRequest = {
  ...{ datasetId: 1, model: 'units:1-1-1-1,width:0.5', weights: null, rule: 'paper', budgetMs: null },
  ...{ preset: 'small', overrides: { stepCount: 60 }, seed: 3, name: '', again: 7 },
}

function openSheet(): void {
  app.start({
    call: async () => ({ id: 8, startNotes: [], databaseCheck: { state: 'whole' } }) as never,
    onEvent: () => () => undefined,
    onConnection: () => () => undefined,
    abilities: {},
    imageKey: () => '',
  })
  train.choose(1)
  train.from = 'zero'
  train.set({ cropPx: 96 })
  onTestFinished(() => train.reset())
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

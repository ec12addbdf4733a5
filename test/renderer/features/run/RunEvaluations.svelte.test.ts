import { mount, unmount } from 'svelte'
import { expect, it, onTestFinished } from 'vitest'
import type { Evaluation } from '../../../../src/contract/entities/run'
import RunEvaluations from '../../../../src/renderer/features/run/RunEvaluations.svelte'
import '../../support/page'
import { nextLayout, roomOf } from '../../support/room'

/** Every column is there, with figures of a large run. */
const evaluations = [1, 2].map((turn): Evaluation => ({
  stepIndex: turn * 10_000,
  part: 'val',
  loss: 0.3456,
  accuracy: { correct: 8766, total: 10_000, value: 0.8766, low: 0.87, high: 0.88 },
  measures: {
    partCount: 10_000,
    topFive: { correct: 9901, total: 10_000, value: 0.9901, low: 0.98, high: 0.99 },
    balanced: { value: 0.8123, classCount: 100, leastCount: 10, mostCount: 200 },
  },
  atMs: 1_700_000_000_000 + turn,
}))
const checkpoints = [
  {
    id: 1,
    runId: 1,
    stepIndex: 20_000,
    byteCount: 94_100_000,
    createdAtMs: 1_700_000_000_003,
    isPinned: false,
  },
]
const run = {
  stepsDone: 20_000,
  recipe: { checkpointEverySteps: 10_000, evaluateEverySteps: 10_000, stepCount: 20_000 },
}

it.each([
  ['a window of 1024 px', 420],
  ['a window of 1280 px', 540],
  ['one of 1440 px', 620],
  ['one of 1600 px', 600],
])('the table of evaluations fits into the place that it has in %s', async (_, widthPx) => {
  const room = roomOf(widthPx, 200)
  room.style.display = 'grid'
  const component = mount(RunEvaluations, {
    target: room,
    props: { run, view: { evaluations, checkpoints, bestEvaluation: evaluations[1] ?? null } },
  })
  onTestFinished(() => void unmount(component))
  await document.fonts.ready
  await nextLayout()
  const table = document.querySelector('.scroll')
  expect(table?.textContent).toContain('best')
  expect(table?.scrollWidth).toBeLessThanOrEqual(table?.clientWidth ?? 0)
})

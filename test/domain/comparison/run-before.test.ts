import { expect, it } from 'vitest'
import { runBefore } from '../../../src/domain/comparison/run-before'

const run = (id: number, datasetId = 1, wrongCount: number | null = 3, againOf?: number) => ({
  ...{ id, datasetId, wrongCount, isInUse: false },
  again: againOf === undefined ? null : { id: againOf, name: null },
})

it('a run is compared with the newest older one of its dataset that was evaluated', () => {
  const runs = [run(6), run(5), run(4, 2), run(3, 1, null), run(2), run(1)]
  expect(runBefore(runs, run(5))?.id).toBe(2)
  expect(runBefore(runs, run(4, 2))).toBeNull()
  expect(runBefore(runs, run(1))).toBeNull()
})

it('a run that trains another one again is compared with that, where it was evaluated', () => {
  const runs = [run(6, 1, 3, 2), run(5), run(4, 1, null), run(2)]
  expect(runBefore(runs, run(6, 1, 3, 2))?.id).toBe(2)
  expect(runBefore(runs, run(6, 1, 3, 4))?.id).toBe(5)
})

it('a run that trains none again is compared with the model in use before it', () => {
  const runs = [run(6), run(5), { ...run(3), isInUse: true }, run(2)]
  expect(runBefore(runs, run(6))?.id).toBe(3)
  expect(runBefore(runs, run(3))?.id).toBe(2)
})

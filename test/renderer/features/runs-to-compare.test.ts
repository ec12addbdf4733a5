import { expect, it } from 'vitest'
import { runBefore } from '../../../src/renderer/features/compare/runs-to-compare'

const run = (id: number, datasetId = 1, wrongCount: number | null = 3) => ({ id, datasetId, wrongCount })

it('a run is compared with the newest older one of its dataset that was evaluated', () => {
  const runs = [run(6), run(5), run(4, 2), run(3, 1, null), run(2), run(1)]
  expect(runBefore(runs, run(5))?.id).toBe(2)
  expect(runBefore(runs, run(4, 2))).toBeNull()
  expect(runBefore(runs, run(1))).toBeNull()
})

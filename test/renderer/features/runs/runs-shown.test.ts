import { expect, it } from 'vitest'
import { isSameRunsShown, runsAddress, shownOfView } from '../../../../src/renderer/features/runs/runs-shown'

const shown = { query: 'tag:a', sort: '-accuracy', groupBy: 'none', columns: ['time', 'loss'] }

it('a view of runs is shown again whatever the order in which its columns were chosen', () => {
  const { query, ...table } = shown
  const back = shownOfView({ query, table: { ...table, columns: ['loss', 'time'] } })
  expect(isSameRunsShown(shown, back)).toBe(true)
  expect(isSameRunsShown({ ...shown, groupBy: 'model' }, back)).toBe(false)
  expect(shownOfView({ query, table: null })).toBe(null)
  expect(runsAddress(shown)).toEqual({ q: 'tag:a', sort: '-accuracy', columns: 'time loss' })
})

import { beforeEach, expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import CompareScreen from '../../../../src/renderer/features/compare/CompareScreen.svelte'
import { go } from '../../../../src/renderer/router.svelte'
import { fakeCore, foundRuns, runRow, type FakeCore } from '../../support/fake-core'

let ids: number[] = []
let core: FakeCore
beforeEach(() => {
  ids = [4, 3, 2]
  core = fakeCore({
    'history.find': ({ query }: { query: string }) => foundRuns(query.startsWith('state:') ? [] : ids),
    // 8 is there, and was not evaluated
    'history.rows': (asked: { ids: number[] }) =>
      asked.ids
        .filter((id) => id === 8 || ids.includes(id))
        .map((id) => runRow(id, { wrongCount: id === 8 ? null : 2 })),
  })
})
const first = page.getByRole('combobox', { name: 'First run' })
const second = page.getByRole('combobox', { name: 'Second run' })
const compared = () => core.asked.filter(({ name }) => name === 'runs.compare').map(({ input }) => input)

it('stays with the runs that it began with where another one ends', async () => {
  go('#/compare?class=oak')
  await render(CompareScreen)
  await expect.element(second).toHaveValue('4')
  await expect.element(first).toHaveValue('3')
  await expect.poll(() => location.hash).toBe('#/compare?first=3&second=4&class=oak')
  ids = [5, 4, 3, 2]
  core.emit({ type: 'runs-changed' })
  await expect.element(second.getByRole('option', { name: 'run 5' })).toBeInTheDocument()
  await expect.element(second).toHaveValue('4')
  expect(compared()).toEqual([{ first: 3, second: 4 }])
})

it('says that a run is not there, and compares no other in its place', async () => {
  go('#/compare?first=2&second=9')
  await render(CompareScreen)
  await expect.element(page.getByText('There is no run 9')).toBeVisible()
  go('#/compare?first=2&second=3')
  await expect.element(second).toHaveValue('3')
  ids = [4, 3]
  core.emit({ type: 'runs-changed' })
  await expect.element(page.getByText('There is no run 2')).toBeVisible()
  go('#/compare?first=8&second=3')
  await expect.element(page.getByText('run 8 has not been evaluated')).toBeVisible()
  expect(compared()).toEqual([{ first: 2, second: 3 }])
})

import { beforeEach, describe, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import RunsScreen from '../../../../src/renderer/features/runs/RunsScreen.svelte'
import { go, route } from '../../../../src/renderer/router.svelte'
import { fakeCore, foundRuns, runRow, type FakeCore } from '../../support/fake-core'
import { roomOf } from '../../support/room'

it('where the query is wrong, says that, and not that no run matches what of it is right', async () => {
  fakeCore({ 'history.find': { ...foundRuns([]), total: 6 } })
  go('#/runs')
  await render(RunsScreen)
  const none = page.getByRole('heading', { name: 'No run matches “zzz”' })
  const field = page.getByRole('combobox', { name: 'Find runs by a query' })
  await userEvent.fill(field, 'zzz')
  await expect.element(none).toBeVisible()
  await userEvent.fill(field, 'zzz accuracy>abc')
  await expect.element(page.getByText(/^accuracy: takes a number/)).toBeVisible()
  await expect.element(none).not.toBeInTheDocument()
})

describe('runs that come and go while one is in hand', () => {
  let ids: number[] = []
  let core: FakeCore
  beforeEach(() => {
    ids = [9, 8, 7, 6, 5]
    core = fakeCore({
      'history.find': ({ query }: { query: string }) => foundRuns(query.startsWith('state:') ? [] : ids),
      'history.rows': ({ ids: asked }: { ids: number[] }) =>
        asked.map((id) => runRow(id, { deletedAtMs: route.query['q'] === undefined ? null : 1 })),
      'runs.rename': {},
      'history.trash': {},
      'history.purge': {},
    })
  })
  const inHand = (id: number) => page.getByRole('row', { selected: true, name: new RegExp(`run ${id}\\b`) })
  const grid = page.getByRole('grid', { name: 'Runs' })
  async function shown(): Promise<void> {
    const target = roomOf(1200, 700)
    target.style.flexDirection = 'column'
    await render(RunsScreen, { target })
  }
  function now(next: number[]): void {
    ids = next
    core.emit({ type: 'runs-changed' })
  }
  function inputsOf(call: string): unknown[] {
    return core.asked.filter(({ name }) => name === call).map(({ input }) => input)
  }

  it('takes the run at the same place in hand where it goes, so that Del deletes one in sight', async () => {
    go('#/runs')
    await shown()
    await page.getByRole('row', { name: /run 6\b/ }).click()
    now([9, 8, 7, 5])
    await expect.element(page.getByRole('row', { name: /run 6\b/ })).not.toBeInTheDocument()
    await expect.element(inHand(5)).toBeVisible()
    now([9, 8, 7])
    await expect.element(page.getByRole('row', { name: /run 5\b/ })).not.toBeInTheDocument()
    await expect.element(inHand(7)).toBeVisible()
    await userEvent.keyboard('{Delete}')
    await expect.poll(() => inputsOf('history.trash')).toEqual([{ ids: [7], evenInUse: false }])
  })

  it('leaves a name that is typed in its field where another run comes above', async () => {
    go('#/runs')
    await shown()
    await page.getByRole('row', { name: /run 9\b/ }).click()
    await userEvent.keyboard('{F2}')
    const field = page.getByRole('textbox', { name: 'Name of the run' })
    await expect.element(field).toHaveFocus()
    await userEvent.fill(field, 'oak and elm')
    now([10, 9, 8, 7, 6, 5])
    await expect.element(page.getByRole('row', { name: /run 10\b/ })).toBeVisible()
    await expect.element(field).toHaveFocus()
    await expect.element(field).toHaveValue('oak and elm')
    await userEvent.keyboard('{Enter}')
    await expect.poll(() => inputsOf('runs.rename')).toEqual([{ id: 9, name: 'oak and elm' }])
    await expect.element(grid).toHaveFocus()
  })

  it('deletes for good what the question names, whatever is in hand when it is answered', async () => {
    go('#/runs?q=is:deleted')
    await shown()
    await page.getByRole('row', { name: /run 7\b/ }).click()
    await page.getByRole('button', { name: 'Delete for good' }).click()
    const question = page.getByRole('dialog', { name: 'Delete run 7 for good?' })
    await expect.element(question).toBeVisible()
    now([9, 8, 6, 5])
    await expect
      .element(page.getByRole('row', { name: /run 7\b/, includeHidden: true }))
      .not.toBeInTheDocument()
    await expect.element(question).toBeVisible()
    await question.getByRole('button', { name: 'Delete for good' }).click()
    await expect.poll(() => inputsOf('history.purge')).toEqual([{ ids: [7] }])
  })
})

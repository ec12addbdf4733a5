import { expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import SearchForm from '../../../../src/renderer/features/queue/SearchForm.svelte'
import { app } from '../../../../src/renderer/state/app.svelte'
import { datasets } from '../../../../src/renderer/state/datasets/datasets.svelte'
import { draft } from '../../../../src/renderer/state/runs/search-draft.svelte'
import { train } from '../../../../src/renderer/state/runs/train.svelte'

it('what is typed is there again after a look at Train, and gone once it is cancelled', async () => {
  app.start({
    call: async () => ({ databaseCheck: {}, startNotes: [], trials: [], obstacles: [], rungs: [] }) as never,
    onEvent: () => () => undefined,
    onConnection: () => () => undefined,
    abilities: {},
    imageKey: () => '',
  })
  datasets.list = [{ id: 3, name: 'flowers' } as never]
  Object.defineProperties(train, {
    datasetId: { get: () => 3 },
    request: { get: () => ({ overrides: {} }) },
  })
  const first = await render(SearchForm)
  const steps = page.getByLabelText('Steps', { exact: true })
  await steps.fill('100, 200')
  await page.getByLabelText('Trials').fill('7')
  await first.unmount()
  const second = await render(SearchForm)
  await expect.element(steps).toHaveValue('100, 200')
  await expect.element(page.getByLabelText('Trials')).toHaveValue(7)
  await page.getByRole('link', { name: 'Cancel' }).click()
  expect(draft.typed).toEqual({})
  await second.unmount()
})

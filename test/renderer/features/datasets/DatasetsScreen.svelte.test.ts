import { expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import DatasetsScreen from '../../../../src/renderer/features/datasets/DatasetsScreen.svelte'
import { go } from '../../../../src/renderer/router.svelte'
import { app } from '../../../../src/renderer/state/app.svelte'
import { datasets } from '../../../../src/renderer/state/datasets/datasets.svelte'

it('asks nothing of the dataset that was open before while another is read', async () => {
  const asked: string[] = []
  app.start({
    call: (name: string, input: object) => {
      asked.push(`${name} ${JSON.stringify(input)}`)
      return name === 'app.info'
        ? Promise.resolve({ databaseCheck: {}, startNotes: [] } as never)
        : new Promise<never>(() => undefined)
    },
    onEvent: () => () => undefined,
    onConnection: () => () => undefined,
    abilities: {},
    imageKey: () => '',
  })
  datasets.detail = { id: 3, name: 'before', classes: [] } as never
  go('#/datasets/2?label=1')
  await render(DatasetsScreen)
  await expect.element(page.getByRole('heading', { name: 'Dataset' })).toBeVisible()
  expect(asked.filter((call) => call.startsWith('labelling.'))).toEqual([])
})

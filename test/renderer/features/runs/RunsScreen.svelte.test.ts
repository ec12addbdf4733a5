import { expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import { packUint32 } from '../../../../src/contract/packed'
import RunsScreen from '../../../../src/renderer/features/runs/RunsScreen.svelte'
import { go } from '../../../../src/renderer/router.svelte'
import { app } from '../../../../src/renderer/state/app.svelte'

it('where the query is wrong, says that, and not that no run matches what of it is right', async () => {
  const answers: Readonly<Record<string, unknown>> = {
    'history.find': {
      ...{ ids: packUint32(new Uint32Array()), groups: [], total: 6, archivedCount: 0, deletedCount: 0 },
      tagCounts: [],
    },
    'history.rows': [],
    'runs.damaged': [],
    'views.list': [],
    'tasks.list': [],
  }
  app.start({
    call: (name: string) =>
      Promise.resolve((answers[name] ?? { ...{ databaseCheck: {}, startNotes: [] } }) as never),
    onEvent: () => () => undefined,
    onConnection: () => () => undefined,
    abilities: {},
    imageKey: () => '',
  })
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

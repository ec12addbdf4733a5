import { expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import CorrectionsDialog from '../../../../src/renderer/features/labels/CorrectionsDialog.svelte'
import { app } from '../../../../src/renderer/state/app.svelte'

const dataset = { id: 1, name: 'flowers' } as never
const labels = { summary: { revision: 0, relabelled: 0, excluded: 0, noted: 0, pending: 0 } } as never
const group = { id: 1, atMs: 0, byWhom: 'ann', text: 'class "Iris" for 1 image', undone: null, imageIds: [] }

function answer(groups: readonly object[]): void {
  app.start({
    call: (name: string) =>
      Promise.resolve(
        (name === 'labels.history'
          ? { total: groups.length, groups }
          : { databaseCheck: {}, startNotes: [] }) as never,
      ),
    onEvent: () => () => undefined,
    onConnection: () => () => undefined,
    abilities: {},
    imageKey: () => '',
  })
}

it('where nothing was corrected there is no empty list to step into, and it says so', async () => {
  answer([])
  await render(CorrectionsDialog, { props: { dataset, labels, onclose: () => undefined } })
  await expect.element(page.getByText(/^Nothing was corrected or judged yet/)).toBeVisible()
  await expect.element(page.getByRole('list', { name: 'Corrections' })).not.toBeInTheDocument()
})

it('a correction stands in the list, and nothing says that there is none', async () => {
  answer([group])
  await render(CorrectionsDialog, { props: { dataset, labels, onclose: () => undefined } })
  await expect.element(page.getByText('Class "Iris" for 1 image')).toBeVisible()
  await expect.element(page.getByText(/^Nothing was corrected/)).not.toBeInTheDocument()
})

it('excluded images open as many as the version has, and those that are gone open nothing', async () => {
  answer([group])
  const labels = { summary: { revision: 1, relabelled: 0, excluded: 2, noted: 0, excludedGone: 3 } } as never
  await render(CorrectionsDialog, { props: { dataset, labels, onclose: () => undefined } })
  await expect.element(page.getByRole('link', { name: '2 excluded' })).toBeVisible()
  await expect.element(page.getByText('3 more excluded, not in this version')).toBeVisible()
  await expect.element(page.getByRole('link', { name: /3/ })).not.toBeInTheDocument()
})

it('a correction opens its images', async () => {
  answer([group])
  await render(CorrectionsDialog, { props: { dataset, labels, onclose: () => undefined } })
  const link = page.getByRole('link', { name: 'Class "Iris" for 1 image' })
  await expect.element(link).toHaveAttribute('href', '#/datasets/1?q=correction%3A1')
})

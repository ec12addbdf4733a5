import { expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import SlicesView from '../../../../src/renderer/features/mistakes/SlicesView.svelte'
import { toasts } from '../../../../src/renderer/state/toasts.svelte'
import { fakeCore } from '../../support/fake-core'

it('brings a slice back with its query and its floor', async () => {
  const slice = { id: 4, name: 'small', query: 'width<200', floor: 0.9 }
  const core = fakeCore({
    'slices.list': {
      ...{ before: null, all: null, allSince: null },
      slices: [{ ...slice, accuracy: null, since: null, fails: true, fault: '' }],
    },
    'views.delete': {},
    'slices.save': {},
  })
  toasts.list = []
  await render(SlicesView, {
    props: { of: { runId: 1 }, results: '', datasetId: 2, query: '', hrefOf: (query) => `#${query}` },
  })
  await page.getByRole('button', { name: 'Delete the slice small' }).click()
  await expect.poll(() => toasts.list.map(({ text }) => text)).toEqual(['The slice "small" was removed.'])
  toasts.list[0]?.action?.run()
  const saved = () => core.asked.filter(({ name }) => name === 'slices.save').map(({ input }) => input)
  await expect.poll(saved).toEqual([{ datasetId: 2, name: 'small', query: 'width<200', floor: 0.9 }])
})

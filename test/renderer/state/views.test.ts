import { expect, it, vi } from 'vitest'
import type { SavedQuery } from '../../../src/contract/entities/saved-query'
import { WorkbenchError } from '../../../src/contract/errors'

/** What the core does at `views.save`. */
const save = vi.fn((_view: unknown) => Promise.resolve({}))
vi.mock(import('../../../src/renderer/state/app.svelte'), async (original) => {
  const { app } = await original()
  const call = (name: string, input: unknown) => (name === 'views.save' ? save(input) : Promise.resolve({}))
  return { app: Object.assign(Object.create(app) as typeof app, { call }) }
})
import { toasts } from '../../../src/renderer/state/toasts.svelte'
import { Views } from '../../../src/renderer/state/views.svelte'

const view: SavedQuery = {
  ...{ id: 3, subject: 'runs', datasetId: null, name: 'good', query: 'accuracy>90%' },
  ...{ layout: null, rowPx: null, floor: null, table: null, createdAtMs: 0 },
} as SavedQuery

it('says why a view that was removed cannot come back', async () => {
  const taken = new WorkbenchError('name-taken', 'There is a view "good" already.', 'Choose another name.')
  save.mockRejectedValueOnce(taken)
  await new Views('runs', null).remove(view)
  expect(toasts.list).toMatchObject([{ text: 'The view "good" was removed.', action: { label: 'Undo' } }])
  toasts.list[0]?.action?.run()
  await vi.waitFor(() => expect(toasts.list).toMatchObject([{}, { text: taken.message, alarm: true }]))
})

import { beforeEach, expect, it } from 'vitest'
import type { Task } from '../../../src/contract/events'
import { go } from '../../../src/renderer/router.svelte'
import { imports } from '../../../src/renderer/state/datasets/imports.svelte'
import { toasts } from '../../../src/renderer/state/toasts.svelte'
import { defaultSplitOptions } from '../../../src/contract/entities/dataset'
import { fakeCore, type FakeCore } from '../support/fake-core'

let core: FakeCore
beforeEach(async () => {
  toasts.list = []
  core = fakeCore({ 'datasets.import': { taskId: 7 }, 'datasets.get': { isUnlabelled: false } })
  go('#/datasets')
  const request = { path: '/photos', name: '', split: defaultSplitOptions, folders: null, columns: null }
  expect(await imports.begin(request)).toBeNull()
})
function end(how: Partial<Task>): void {
  const task = { id: 7, kind: 'import', label: 'Import photos', resultId: null, error: null, ...how }
  core.emit({ type: 'task', task: task as Task })
}

it('opens the dataset for whom waits for it', () => {
  end({ state: 'done', resultId: 3 })
  expect(location.hash).toBe('#/datasets/3')
})

it('leaves the form of the next import open where one ends', () => {
  go('#/datasets?add=true')
  end({ state: 'done', resultId: 3 })
  expect(location.hash).toBe('#/datasets?add=true')
  expect(toasts.list).toMatchObject([{ text: 'Import photos: done.', action: { label: 'Open' } }])
  toasts.list[0]?.action?.run()
  expect(location.hash).toBe('#/datasets/3')
})

it('leaves the form of the next import as it is where one has a question', () => {
  go('#/datasets?add=true')
  const before = imports.asked
  end({ state: 'failed', error: { code: 'layout-unclear', message: 'In two ways.', wayOut: '' } })
  expect(imports.asked).toBe(before)
  expect(toasts.list).toMatchObject([{ text: 'The import has a question.', action: { label: 'Answer' } }])
  toasts.list[0]?.action?.run()
  expect(imports.asked).toMatchObject({ request: { path: '/photos' }, question: { message: 'In two ways.' } })
})

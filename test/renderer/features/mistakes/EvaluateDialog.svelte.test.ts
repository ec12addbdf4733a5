import { beforeEach, expect, it, vi } from 'vitest'
import { page } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import type { Task } from '../../../../src/contract/events'
import type { Run } from '../../../../src/contract/entities/run'
import EvaluateDialog from '../../../../src/renderer/features/mistakes/EvaluateDialog.svelte'
import { go } from '../../../../src/renderer/router.svelte'
import { toasts } from '../../../../src/renderer/state/toasts.svelte'
import { fakeCore, type FakeCore } from '../../support/fake-core'

const onclose = vi.fn()
let core: FakeCore
/** Of the task that was begun last: no two have the same. */
let taskId = 6
beforeEach(() => {
  toasts.list = []
  onclose.mockReset()
  core = fakeCore({
    'datasets.list': [{ id: 2, name: 'trees' }],
    'evaluate.plan': {
      ...{ mapping: [['oak', 'oak']], steps: [5], bestStep: 5 },
      datasetClasses: [{ name: 'oak', train: 1, val: 1, test: 1 }],
    },
    'evaluate.start': () => ({ taskId: ++taskId }),
  })
  go('#/mistakes/1')
})
async function begun(): Promise<{ unmount(): unknown }> {
  const run = { id: 1, name: 'flowers-1', datasetId: 1 } as Run
  const dialog = await render(EvaluateDialog, { props: { run, onclose } })
  await page.getByRole('button', { name: 'Evaluate' }).click()
  await expect.poll(() => core.asked.map(({ name }) => name)).toContain('evaluate.start')
  return dialog
}
function end(how: Partial<Task>): void {
  const task = { id: taskId, kind: 'evaluate', label: 'Evaluate', resultId: null, error: null, ...how }
  core.emit({ type: 'task', task: task as Task })
}

it('opens what it evaluated for whom waits for it', async () => {
  await begun()
  end({ state: 'done', resultId: 9 })
  await expect.poll(() => location.hash).toBe('#/mistakes/1?set=9')
  expect(onclose).toHaveBeenCalledOnce()
})

it('says what it evaluated, and what stood in the way, to whom does something else by then', async () => {
  const dialog = await begun()
  await dialog.unmount()
  go('#/train')
  end({ state: 'done', resultId: 9 })
  await expect
    .poll(() => toasts.list)
    .toMatchObject([{ text: 'flowers-1 was evaluated.', action: { label: 'Open' } }])
  expect(location.hash).toBe('#/train')
  expect(onclose).not.toHaveBeenCalled()
  toasts.list[0]?.action?.run()
  expect(location.hash).toBe('#/mistakes/1?set=9')
  await (await begun()).unmount()
  end({ state: 'failed', error: { code: 'internal', message: 'It broke.', wayOut: '' } })
  await expect.poll(() => toasts.list.map(({ text }) => text)).toContain('It broke.')
})

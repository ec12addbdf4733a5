import { expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import type { Run } from '../../../../src/contract/entities/run'
import TrainAgain from '../../../../src/renderer/features/labels/TrainAgain.svelte'
import { go } from '../../../../src/renderer/router.svelte'
import type { LabelsView } from '../../../../src/renderer/state/datasets/labels.svelte'
import { toasts } from '../../../../src/renderer/state/toasts.svelte'
import { fakeCore } from '../../support/fake-core'

it('says that a training has begun to whom looks at something else by then', async () => {
  let begin = (_run: object): void => undefined
  const core = fakeCore({
    'training.again': {},
    'training.start': () => new Promise((resolve) => (begin = resolve)),
  })
  toasts.list = []
  go('#/mistakes/1')
  const labels = { summary: { pending: 2, changesTraining: true } } as LabelsView
  const shown = await render(TrainAgain, { props: { run: { id: 1, name: 'flowers-1' } as Run, labels } })
  await page.getByRole('button', { name: /^Train again/ }).click()
  await expect.poll(() => core.asked.map(({ name }) => name)).toContain('training.start')
  await shown.unmount()
  go('#/mistakes/2')
  begin({ id: 8, name: 'flowers-2' })
  await expect
    .poll(() => toasts.list)
    .toMatchObject([{ text: 'flowers-2 has begun.', action: { label: 'Open' } }])
  expect(location.hash).toBe('#/mistakes/2')
  toasts.list[0]?.action?.run()
  expect(location.hash).toBe('#/runs/8')
})

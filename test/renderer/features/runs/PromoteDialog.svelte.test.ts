import { expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import PromoteDialog from '../../../../src/renderer/features/runs/PromoteDialog.svelte'
import { app } from '../../../../src/renderer/state/app.svelte'

it('says why a threshold is none, and which are', async () => {
  const check = { before: null, comparison: null, whyNot: '', failing: [] }
  app.start({
    call: (name: string) =>
      Promise.resolve(
        (name === 'promotions.check'
          ? { ...check, temperature: 1.224, temperatureFault: '' }
          : { databaseCheck: {}, startNotes: [] }) as never,
      ),
    onEvent: () => () => undefined,
    onConnection: () => () => undefined,
    abilities: {},
    imageKey: () => '',
  })
  await render(PromoteDialog, {
    props: { run: { id: 1, name: 'flowers-1', datasetName: 'flowers' }, onclose: () => undefined },
  })
  const promote = page.getByRole('button', { name: 'Promote' })
  const threshold = page.getByLabelText(/^Unsure below/)
  await expect.element(promote).toBeEnabled()
  await threshold.fill('80')
  await expect.element(promote).toBeDisabled()
  await expect.element(page.getByText(/is no probability. Allowed: a number from 0 to 1/)).toBeVisible()
  await threshold.fill('0,8')
  await expect.element(promote).toBeEnabled()
  await expect.element(page.getByRole('alert')).not.toBeInTheDocument()
})

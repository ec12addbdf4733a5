import { expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import NothingDoubted from '../../../../src/renderer/features/mistakes/NothingDoubted.svelte'
import { app } from '../../../../src/renderer/state/app.svelte'

async function open(check: object | null): Promise<void> {
  app.start({
    call: (name: string) =>
      Promise.resolve(
        (name === 'preflight.findings' ? { check } : { databaseCheck: {}, startNotes: [] }) as never,
      ),
    onEvent: () => () => undefined,
    onConnection: () => () => undefined,
    abilities: {},
    imageKey: () => '',
  })
  await render(NothingDoubted, { props: { datasetId: 3, onall: () => undefined } })
}
const heading = (name: string) => page.getByRole('heading', { name })
const look = page.getByRole('link', { name: /^Find wrong labels/ })

it('says that nobody looked where the dataset was never checked, or not its labels', async () => {
  for (const check of [null, { isCurrent: true, labelsCheckedAtMs: null }]) {
    await open(check)
    await expect.element(heading('Nobody looked for wrong labels yet').last()).toBeVisible()
    await expect.element(look.last()).toHaveAttribute('href', '#/datasets/3?check=labels')
  }
})

it('says that the last look found none, and offers another after changes of the dataset only', async () => {
  await open({ isCurrent: true, labelsCheckedAtMs: 5 })
  await expect.element(heading('No label here is likely wrong')).toBeVisible()
  await expect.element(look).not.toBeInTheDocument()
  await open({ isCurrent: false, labelsCheckedAtMs: 5 })
  await expect.element(page.getByText(/before the last changes of the dataset/)).toBeVisible()
  await expect.element(look).toBeVisible()
})

import { expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import CheckpointBudget from '../../../../src/renderer/features/settings/CheckpointBudget.svelte'
import { app } from '../../../../src/renderer/state/app.svelte'

const space = {
  ...{
    count: 5,
    checkpointBytes: 50e6,
    fileBytes: 50e6,
    freeBytes: 0,
    budgetBytes: 20e9,
    isDefaultBudget: true,
  },
  ...{ defaultBudgetBytes: 20e9, overBytes: 0, everySteps: 0 },
}

/** Answers with what was set. */
function answer(goes: { count: number; byteCount: number }): unknown[] {
  const isSet: unknown[] = []
  app.start({
    call: (name: string, input: object) => {
      if (name === 'checkpoints.setBudget') isSet.push(input)
      return Promise.resolve(
        (name === 'checkpoints.beyond' ? goes : { ...space, databaseCheck: {}, startNotes: [] }) as never,
      )
    },
    onEvent: () => () => undefined,
    onConnection: () => () => undefined,
    abilities: {},
    imageKey: () => '',
  })
  return isSet
}

async function type(gigabytes: string): Promise<void> {
  const field = page.getByLabelText(/^Checkpoints, GB/)
  await field.fill(gigabytes)
  ;(field.element() as HTMLInputElement).blur()
}

it('a budget that would delete checkpoints asks first, and is not set where they are to be kept', async () => {
  const isSet = answer({ count: 3, byteCount: 30e6 })
  await render(CheckpointBudget)
  await type('0.02')
  await expect.element(page.getByRole('dialog', { name: 'Delete 3 checkpoints?' })).toBeVisible()
  await page.getByRole('button', { name: /^Keep/ }).click()
  await expect.element(page.getByRole('dialog')).not.toBeInTheDocument()
  await expect.element(page.getByLabelText(/^Checkpoints, GB/)).toHaveValue('')
  expect(isSet).toEqual([])
  await type('0.02')
  await page.getByRole('button', { name: 'Delete 30.0 MB' }).click()
  await expect.poll(() => isSet).toEqual([{ budgetBytes: 20e6 }])
})

it('a budget within which all have room is set at once', async () => {
  const isSet = answer({ count: 0, byteCount: 0 })
  await render(CheckpointBudget)
  await type('1')
  await expect.poll(() => isSet).toEqual([{ budgetBytes: 1e9 }])
  await expect.element(page.getByRole('dialog')).not.toBeInTheDocument()
})

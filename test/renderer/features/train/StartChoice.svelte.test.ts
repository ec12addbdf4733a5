import { afterEach, beforeEach, expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import type { ModelEntry } from '../../../../src/contract/entities/model'
import { WorkbenchError } from '../../../../src/contract/errors'
import StartChoice from '../../../../src/renderer/features/train/StartChoice.svelte'
import { app } from '../../../../src/renderer/state/app.svelte'
import { models } from '../../../../src/renderer/state/models/models.svelte'
import { startModels } from '../../../../src/renderer/state/runs/start-models.svelte'
import { emptySheet } from '../../../../src/renderer/state/runs/train-settings'
import { train } from '../../../../src/renderer/state/runs/train.svelte'

const first = {
  ...{ id: 'run:12', origin: 'run', runId: 12, name: 'first', architecture: 'R50x1', parameterCount: 1 },
  ...{ state: 'ready', trainedOn: 'Trees.' },
} as ModelEntry
const zero = page.getByRole('radio', { name: 'From zero (random weights)' })

beforeEach(() => {
  app.start({
    call: async (name, input) => {
      const { id } = input as { id?: string }
      if (name === 'models.get' && id !== 'run:12@300')
        throw new WorkbenchError('not-found', 'There is none.')
      return { model: first, startNotes: [], databaseCheck: { state: 'whole' } } as never
    },
    onEvent: () => () => undefined,
    onConnection: () => () => undefined,
    abilities: {},
    imageKey: () => '',
  })
  models.list = [first]
  models.loaded = true
})
afterEach(() => {
  models.list = []
  models.loaded = false
})

async function showChosen(from: string): Promise<void> {
  train.take({ ...emptySheet, from, model: 'R50x1', fromAsked: true })
  await render(StartChoice)
  await startModels.look(from)
}

it('has the weights of a step among the runs, chosen', async () => {
  await showChosen('run:12@300')
  await expect.element(page.getByRole('radio', { name: 'first, step 300' })).toBeChecked()
  await expect.element(page.getByRole('radio', { name: 'first', exact: true })).not.toBeChecked()
  await expect.element(zero).not.toBeChecked()
  await expect.element(page.getByText(/^first, step 300: Trees/)).toBeVisible()
})

it('keeps chosen what cannot be used, and says so', async () => {
  await showChosen('run:12@299')
  await expect.element(page.getByText('Cannot be used now')).toBeVisible()
  await expect.element(page.getByRole('radio', { name: 'run 12, step 299' })).toBeChecked()
  await expect.element(zero).not.toBeChecked()
})

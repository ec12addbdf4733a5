/** The zoo and the models in use are two questions: what one of them cannot say, the other still does. */
import { expect, it } from 'vitest'
import { WorkbenchError } from '../../../src/contract/errors'
import { app } from '../../../src/renderer/state/app.svelte'
import { models } from '../../../src/renderer/state/models/models.svelte'

const failing = new Set<string>()
app.start({
  call: async (name: string) => {
    if (failing.has(name)) throw new WorkbenchError('home-broken', `${name} failed.`)
    if (name === 'models.list') return [{ id: 'embedded:bit-tiny' }] as never
    if (name === 'models.inUse') return [{ id: 'in-use:1' }] as never
    return { startNotes: [], databaseCheck: { state: 'whole' } } as never
  },
  onEvent: () => () => undefined,
  onConnection: () => () => undefined,
  abilities: {},
  imageKey: () => '',
})

async function asked(...names: readonly string[]): Promise<void> {
  failing.clear()
  for (const name of names) failing.add(name)
  const stop = models.watch(null)
  await new Promise((resolve) => setImmediate(resolve))
  stop()
}

it('a failed list is not an empty one, and a failed answer leaves the other, and what was there', async () => {
  await asked('models.list')
  expect(models).toMatchObject({ loaded: false, list: [], inUse: [{ id: 'in-use:1' }] })
  expect(models.error?.message).toBe('models.list failed.')

  await asked('models.inUse')
  expect(models).toMatchObject({ loaded: true, list: [{ id: 'embedded:bit-tiny' }] })
  expect(models.error?.message).toBe('models.inUse failed.')

  await asked('models.list')
  expect(models).toMatchObject({ loaded: true, list: [{ id: 'embedded:bit-tiny' }] })
  expect(models.error?.message).toBe('models.list failed.')

  await asked()
  expect(models).toMatchObject({ loaded: true, error: null, inUse: [{ id: 'in-use:1' }] })
})

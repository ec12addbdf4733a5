import { expect, it, vi } from 'vitest'
import type { CoreEvent } from '../../../src/contract/events'
import { app } from '../../../src/renderer/state/app.svelte'
import { LabellingView } from '../../../src/renderer/state/datasets/labelling.svelte'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

it('the image in hand stays, and is given the suggestions that come while one looks at it', async () => {
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined })
  let suggestions: object[] = []
  const listeners: ((event: CoreEvent) => void)[] = []
  const next = () => [9, 7, 8].map((imageId) => ({ imageId, suggestions }))
  app.start({
    call: (name: string) => {
      const first = [7, 8, 9].map((imageId) => ({ imageId, suggestions }))
      if (name === 'labelling.next')
        return Promise.resolve({
          className: null,
          images: suggestions.length === 0 ? first : next(),
        } as never)
      if (name === 'app.info')
        return Promise.resolve({ startNotes: [], databaseCheck: { state: 'whole' } } as never)
      if (name === 'labelling.state')
        return Promise.resolve({ classes: [], missingCount: 0, labelledCount: 30, probe: null } as never)
      return Promise.resolve([] as never)
    },
    onEvent(listener) {
      listeners.push(listener)
      return () => undefined
    },
    onConnection: () => () => undefined,
    abilities: {},
    imageKey: () => '',
  })
  const view = new LabellingView(1)
  view.follow()
  await turn()
  expect(view.queue.map(({ imageId }) => imageId)).toEqual([7, 8, 9])

  suggestions = [{ className: 'Iris', probability: 0.9 }]
  for (const tell of listeners) tell({ type: 'labelling-changed', datasetId: 1 } as never)
  await turn()
  expect(view.queue.map(({ imageId }) => imageId)).toEqual([7, 9, 8])
  expect(view.queue[0]?.suggestions).toEqual(suggestions)
  vi.unstubAllGlobals()
})

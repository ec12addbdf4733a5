import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { WorkbenchError } from '../../../src/contract/errors'
import type { CoreEvent } from '../../../src/contract/events'
import { app } from '../../../src/renderer/state/app.svelte'
import { LabellingView } from '../../../src/renderer/state/datasets/labelling.svelte'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

beforeEach(() => vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined }))
afterEach(() => vi.unstubAllGlobals())

it('the image in hand stays, and is given the suggestions that come while one looks at it', async () => {
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
})

it('what could not be written comes back, and undo brings back what was, even where the browser keeps nothing', async () => {
  vi.stubGlobal('localStorage', {
    getItem: () => null,
    setItem: () => {
      throw new DOMException('no room', 'QuotaExceededError')
    },
  })
  let isFull = false
  const written: number[][] = []
  app.start({
    call: (name: string, input: object) => {
      if (name === 'labelling.next')
        return Promise.resolve({
          className: null,
          images: [7, 8, 9].map((imageId) => ({ imageId, suggestions: [] })),
        } as never)
      if (name === 'app.info')
        return Promise.resolve({ startNotes: [], databaseCheck: { state: 'whole' } } as never)
      if (name === 'labelling.state')
        return Promise.resolve({ classes: [], missingCount: 0, labelledCount: 30, probe: null } as never)
      if (name === 'labels.apply' || name === 'labels.undo') {
        if (isFull) return Promise.reject(new WorkbenchError('disk-full', 'The disk is full.'))
        if ('imageIds' in input) written.push(input.imageIds as number[])
        else return Promise.resolve({ text: '1 image', imageIds: written.pop() ?? [] } as never)
      }
      return Promise.resolve([] as never)
    },
    onEvent: () => () => undefined,
    onConnection: () => () => undefined,
    abilities: {},
    imageKey: () => '',
  })
  const inHand = (): number | undefined => view.queue[0]?.imageId
  const view = new LabellingView(1)
  view.follow()
  await turn()

  await view.assign(view.queue.slice(0, 1), 'Iris')
  expect(written).toEqual([[7]])
  expect(inHand()).toBe(8)

  isFull = true
  await view.assign(view.queue.slice(0, 1), 'Iris')
  expect(inHand()).toBe(8)
  await view.undo()
  expect(inHand()).toBe(8)

  isFull = false
  await view.undo()
  expect(written).toEqual([])
  expect(inHand()).toBe(7)
})

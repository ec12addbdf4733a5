import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { WorkbenchError } from '../../../src/contract/errors'
import { app } from '../../../src/renderer/state/app.svelte'
import { LabellingView } from '../../../src/renderer/state/datasets/labelling.svelte'
import { startApp } from '../support/start-app'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

beforeEach(() => vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined }))
afterEach(() => vi.unstubAllGlobals())

it('the image in hand stays, and is given the suggestions that come while one looks at it', async () => {
  let suggestions: object[] = []
  const next = () => [9, 7, 8].map((imageId) => ({ imageId, suggestions }))
  const { tell } = startApp((name) => {
    const first = [7, 8, 9].map((imageId) => ({ imageId, suggestions }))
    if (name === 'labelling.next')
      return { className: null, images: suggestions.length === 0 ? first : next() }
    if (name === 'app.info') return { startNotes: [], databaseCheck: { state: 'whole' } }
    if (name === 'labelling.state') return { classes: [], missingCount: 0, labelledCount: 30, probe: null }
    return []
  })
  const view = new LabellingView(1)
  view.follow()
  await turn()
  expect(view.queue.map(({ imageId }) => imageId)).toEqual([7, 8, 9])

  suggestions = [{ className: 'Iris', probability: 0.9 }]
  tell({ type: 'labelling-changed', datasetId: 1 } as never)
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

/** A core that has six images, suggests the first three to be Iris and the others Tulip, and remembers what is said. */
function answering(): LabellingView {
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined })
  const labelled: number[][] = []
  const undone: number[][] = []
  app.start({
    call: (name: string, input: object) => {
      const answer = (value: unknown) => Promise.resolve(value as never)
      const numbers = (key: string): number[] =>
        (Object.entries(input).find(([name]) => name === key)?.[1] ?? []) as number[]
      const known = new Set([...labelled.flat(), ...numbers('skip')])
      const open = [1, 2, 3, 4, 5, 6].filter((id) => !known.has(id))
      const ofClass = [open.filter((id) => id <= 3), open.filter((id) => id > 3)]
      const images = (ofClass.find((ids) => ids.length > 0) ?? []).map((imageId) => ({ imageId }))
      const className = images.length === 0 ? null : (images[0]?.imageId ?? 0) <= 3 ? 'Iris' : 'Tulip'
      if (name === 'labelling.next') return answer({ className, images })
      if (name === 'labels.apply') return answer(labelled.push(numbers('imageIds')))
      const [from, to] = name === 'labels.undo' ? [labelled, undone] : [undone, labelled]
      if (name === 'labels.undo' || name === 'labels.redo') {
        const step = from.pop()
        if (step !== undefined) to.push(step)
        return answer({ text: step === undefined ? null : `images ${step.join(', ')}`, imageIds: step ?? [] })
      }
      if (name === 'app.info') return answer({ startNotes: [], databaseCheck: { state: 'whole' } })
      if (name === 'labelling.state')
        return answer({ classes: [], missingCount: 0, labelledCount: 30, probe: { trainedOn: 30 } })
      return answer([])
    },
    onEvent: () => () => undefined,
    onConnection: () => () => undefined,
    abilities: {},
    imageKey: () => '',
  })
  const view = new LabellingView(1)
  view.follow()
  return view
}
const group = (view: LabellingView) => view.group?.images.map(({ imageId }) => imageId)

it('another group is another one; without a sure one it has no name, and the first comes again after all others', async () => {
  const view = answering()
  await turn()
  await view.setMode('bulk')
  expect(group(view)).toEqual([1, 2, 3])
  await view.otherGroup()
  expect(group(view)).toEqual([4, 5, 6])
  for (const first of [1, 2, 3]) {
    await view.otherGroup()
    expect([view.group?.className, view.group?.images[0]?.imageId]).toEqual([null, first])
  }
  await view.otherGroup()
  expect([view.group?.className, group(view)]).toEqual(['Iris', [1, 2, 3]])
  vi.unstubAllGlobals()
})

it('an image that was taken out of a group does not come back in the next', async () => {
  const view = answering()
  await turn()
  await view.setMode('bulk')
  const images = view.group?.images ?? []
  view.pass(images.slice(2))
  await view.assign(images.slice(0, 2), 'Iris')
  expect(group(view)).toEqual([4, 5, 6])
  vi.unstubAllGlobals()
})

it('what was labelled is taken back, and done again', async () => {
  const view = answering()
  await turn()
  const [first] = view.queue
  await view.assign(first === undefined ? [] : [first], 'Iris')
  expect(view.queue[0]?.imageId).toBe(2)
  await view.undo()
  expect(view.queue[0]?.imageId).toBe(1)
  await view.redo()
  expect(view.queue.map(({ imageId }) => imageId)).not.toContain(1)
  await view.undo()
  expect(view.queue[0]?.imageId).toBe(1)
  vi.unstubAllGlobals()
})

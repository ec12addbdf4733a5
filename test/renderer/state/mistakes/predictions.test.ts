/** What stays on the screen while the list of a run's predictions is read again. */
import { beforeEach, expect, it } from 'vitest'
import type { CoreEvent } from '../../../../src/contract/events'
import { app } from '../../../../src/renderer/state/app.svelte'
import { Predictions } from '../../../../src/renderer/state/mistakes/predictions.svelte'

interface Asked {
  readonly name: string
  answer(): void
}

/** What a core would say; `predictions.*` only when the test lets it. */
let listed: number[] = []
let asked: Asked[] = []
let names: string[] = []
let emit: (event: CoreEvent) => void = () => undefined
let view: Predictions

const packed = (values: Uint32Array | Float32Array): string => Buffer.from(values.buffer).toString('base64')

function answerOf(name: string, input: { offset?: number; limit?: number }): unknown {
  const { offset = 0, limit = 0 } = input
  const page = listed.slice(offset, offset + limit).map((imageId) => ({ imageId }))
  switch (name) {
    case 'predictions.find':
      return { ids: packed(new Uint32Array(listed)), aspects: packed(new Float32Array(listed.length)) }
    case 'predictions.query':
      return { total: listed.length, predictions: page }
    case 'runs.get':
      return { id: 1, datasetId: 7 }
    case 'app.info':
      return { startNotes: [], databaseCheck: { state: 'whole' } }
    default:
      return []
  }
}

app.start({
  call: (name: string, input: object) =>
    new Promise((resolve) => {
      names.push(name)
      const answer = (): void => resolve(answerOf(name, input) as never)
      if (name === 'predictions.find' || name === 'predictions.query') asked.push({ name, answer })
      else answer()
    }),
  onEvent(listener) {
    const before = emit
    emit = (event) => {
      before(event)
      listener(event)
    }
    return () => undefined
  },
  onConnection: () => () => undefined,
  abilities: {},
  imageKey: () => '',
})

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Until nothing more is asked. */
async function answered(): Promise<void> {
  for (await turn(); asked.length > 0; await turn()) asked.splice(0).forEach(({ answer }) => answer())
}
const labelsChanged = (): void => emit({ type: 'labels-changed', summary: { datasetId: 7 } as never })
const inHand = (): number | undefined => view.at(view.selected)?.imageId

beforeEach(async () => {
  listed = Array.from({ length: 1000 }, (_, index) => 5000 + index)
  asked = []
  view = new Predictions(1)
  await view.open()
  void view.show('is:any')
  await answered()
})

it('the list of a run that is opened is asked for before its confusion', async () => {
  names = []
  view = new Predictions(1)
  void view.open()
  void view.show('')
  await answered()
  expect(names).toEqual(['runs.get', 'predictions.find', 'predictions.query', 'predictions.confusion'])
  expect(view.found.ids).toHaveLength(1000)
})

it('the image in hand is there all the while the labels change', async () => {
  void view.select(450)
  await answered()
  labelsChanged()
  for (let step = 0; step < 10; step++) {
    expect(inHand()).toBe(5450)
    asked.splice(0, 1).forEach(({ answer }) => answer())
    await turn()
  }
  expect(asked).toEqual([])
})

it('it stays in hand where others come and go, and its place where it goes itself', async () => {
  void view.select(450)
  await answered()
  listed = listed.filter((id) => id % 3 !== 0)
  labelsChanged()
  await answered()
  expect(inHand()).toBe(5450)

  const after = listed[listed.indexOf(5450) + 1]
  listed = listed.filter((id) => id !== 5450)
  labelsChanged()
  await answered()
  expect(inHand()).toBe(after)
})

it('a list of a set that follows labels is read again whichever dataset they are of', async () => {
  view = new Predictions(1, 5)
  await view.open()
  void view.show('is:relabelled')
  await answered()
  emit({ type: 'labels-changed', summary: { datasetId: 8 } as never })
  expect(asked.map(({ name }) => name)).toContain('predictions.find')
  await answered()
})

it('another query begins at its first image, and does not show it before the list is there', async () => {
  void view.select(3)
  await answered()
  listed = [9, 8]
  void view.show('is:wrong')
  await turn()
  expect(inHand()).toBe(5003)
  await answered()
  expect([inHand(), view.found.ids.length]).toEqual([9, 2])
})

it('an image that a change brings back into the list is in hand again', async () => {
  void view.select(450)
  await answered()
  listed = listed.filter((id) => id !== 5450)
  labelsChanged()
  await answered()
  expect(inHand()).toBe(5451)
  // Undone: the list is read again after the answer says which image it was about.
  listed = Array.from({ length: 1000 }, (_, index) => 5000 + index)
  void view.selectImage(5450)
  labelsChanged()
  await answered()
  expect(inHand()).toBe(5450)
})

it('who goes on to another image meanwhile keeps that one', async () => {
  listed = listed.filter((id) => id !== 5450)
  labelsChanged()
  await answered()
  void view.selectImage(5450)
  void view.select(3)
  listed = Array.from({ length: 1000 }, (_, index) => 5000 + index)
  labelsChanged()
  await answered()
  expect(inHand()).toBe(5003)
})

/** A menu of runs holds no more than it shows, of however many there are. */
import { expect, it, vi } from 'vitest'

import { idBefore, mostChoices, RunChoices } from '../../../src/renderer/state/runs/run-choices.svelte'
import { startApp, type Line } from '../support/start-app'

const all = Array.from({ length: 10_000 }, (_, at) => 10_000 - at)
const asked: { readonly name: string; readonly input: { query?: string; ids?: readonly number[] } }[] = []

let line: Line
const tell = (id: number, state: string): void => line.tell({ type: 'run', run: { id, state } as never })

function answerOf(name: string, input: { query?: string; ids?: readonly number[] }): unknown {
  asked.push({ name, input })
  if (name === 'app.info') return { startNotes: [], databaseCheck: { state: 'whole' } }
  if (name === 'history.rows')
    return input.ids?.map((id) => ({
      ...{ id, datasetId: id > 20 ? 2 : 1, createdAtMs: id, deletedAtMs: id === 8 ? 1 : null, state: 'done' },
    }))
  const below = /id<(\d+)/.exec(input.query ?? '')?.[1]
  const ids = all.filter((id) => below === undefined || id < Number(below))
  return { ids: Buffer.from(new Uint32Array(ids).buffer).toString('base64') }
}

it('asks for the rows of the newest and of those that are named', async () => {
  line = startApp(answerOf)
  const choices = new RunChoices('mistakes>=0')
  await choices.open([7, 8])
  expect(choices).toMatchObject({ loaded: true, more: 10_000 - mostChoices, error: null })
  // The deleted one is not offered.
  expect(choices.runs.map(({ id }) => id)).toEqual([...all.slice(0, mostChoices), 7])
  await choices.wantBefore({ id: 7, datasetName: 'two words', again: null, datasetId: 1 })
  expect(asked.find(({ input }) => input.query?.includes('id<7'))?.input.query).toContain(
    'dataset:"two words"',
  )
  await choices.find('tag:a')
  expect(choices.runs.map(({ id }) => id).slice(-2)).toEqual([7, 6])
  expect(
    asked.filter(({ name }) => name === 'history.rows').every(({ input }) => (input.ids?.length ?? 0) < 200),
  ).toBe(true)
  choices.close()
})

it('finds the run before behind however many of a dataset with a similar name', async () => {
  const found = await idBefore({ id: 900, datasetName: 'flowers', again: null, datasetId: 1 })
  expect(found).toBe(20)
})

it('asks again once where a run appears or ends, and not while it trains on', async () => {
  const choices = new RunChoices('mistakes>=0')
  await choices.open()
  const finds = (): number => asked.filter(({ name }) => name === 'history.find').length
  vi.useFakeTimers()
  const asksAfter = async (state: string): Promise<number> => {
    const before = finds()
    // Of one that the query does not find before it has results.
    tell(10_001, state)
    await vi.advanceTimersByTimeAsync(1000)
    return finds() - before
  }
  expect(await asksAfter('starting')).toBe(1)
  for (const state of ['training', 'training', 'evaluating']) expect(await asksAfter(state)).toBe(0)
  expect(await asksAfter('done')).toBe(1)
  expect(await asksAfter('training')).toBe(1)
  vi.useRealTimers()
  choices.close()
})

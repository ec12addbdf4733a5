import { beforeEach, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import MapScreen from '../../../../src/renderer/features/map/MapScreen.svelte'
import { go } from '../../../../src/renderer/router.svelte'
import { roomOf } from '../../support/room'
import { startApp, type Line } from '../../support/start-app'

const packed = (values: Uint32Array | Float32Array): string =>
  btoa(String.fromCharCode(...new Uint8Array(values.buffer)))
const dataset = { id: 1, name: 'flowers', split: { id: 5 }, classes: [{ name: 'Iris' }] } as never
const row = {
  id: 3,
  name: 'oak',
  datasetId: 1,
  datasetName: 'flowers',
  state: 'done',
  wrongCount: 1,
  deletedAtMs: null,
}

let ids: readonly number[] = []
let asked: { readonly name: string; readonly input: { query?: string; imageIds?: readonly number[] } }[] = []
let answers: Record<string, (ids: readonly number[]) => void> = {}
let tell: Line['tell']

function answerOf(name: string, query = ''): unknown {
  if (name === 'map.get')
    return {
      ...{ ids: packed(new Uint32Array(ids)), classes: packed(new Uint32Array(ids.length)) },
      ...{ parts: packed(new Uint32Array(ids.length)), imageCount: 4 },
      // The first is in the middle.
      points: packed(
        Float32Array.from(ids.flatMap((_, at) => [at === 0 ? 0 : at % 2 === 0 ? 100 : -100, 0])),
      ),
    }
  if (name === 'images.find')
    return new Promise(
      (resolve) => (answers[query] = (all) => resolve({ ids: packed(new Uint32Array(all)) })),
    )
  if (name === 'history.find') return { ids: packed(Uint32Array.of(3)) }
  if (name === 'history.rows') return [{ ...row }]
  if (name === 'predictions.classes')
    return { classNames: ['Iris'], ids: '', predicted: '', right: '', losses: '' }
  return name === 'app.info' ? { startNotes: [], databaseCheck: { state: 'whole' } } : []
}

beforeEach(async () => {
  ids = [7, 8, 9]
  asked = []
  answers = {}
  tell = startApp((name, input) => {
    asked.push({ name, input })
    return answerOf(name, 'query' in input ? String(input.query) : '')
  }).tell
  go('#/datasets/1?map=true')
  await render(MapScreen, { props: { dataset }, target: roomOf(1200, 700) })
})
const times = (name: string): number => asked.filter((one) => one.name === name).length

it('tags the images that were selected, also where another layout has them at other places', async () => {
  const map = page.getByRole('application')
  await expect.element(map).toBeVisible()
  ;(map.element() as HTMLElement).focus()
  await userEvent.keyboard('{Enter}')
  await expect.element(page.getByRole('heading', { name: '1 image selected' })).toBeVisible()
  ids = [9, 8, 7]
  tell({ type: 'map-changed', datasetId: 1 })
  await expect.poll(() => times('map.get')).toBe(2)
  await page.getByRole('textbox', { name: 'Tag for the selection' }).fill('odd')
  await page.getByRole('button', { name: 'Tag and show' }).click()
  await expect.poll(() => times('labels.apply')).toBe(1)
  expect(asked.find(({ name }) => name === 'labels.apply')?.input.imageIds).toEqual([7])
})

it('counts what its link opens, and says how many of it are on the map', async () => {
  go('#/datasets/1?map=true&q=a')
  await expect.poll(() => answers['a']).toBeDefined()
  answers['a']?.([7, 8, 20])
  await expect.element(page.getByRole('link', { name: '3', exact: true })).toBeVisible()
  await expect.element(page.getByText('2 on the map')).toBeVisible()
})

it('an earlier query that is answered late changes nothing', async () => {
  go('#/datasets/1?map=true&q=slow')
  await expect.poll(() => answers['slow']).toBeDefined()
  go('#/datasets/1?map=true&q=fast')
  await expect.poll(() => answers['fast']).toBeDefined()
  answers['fast']?.([7])
  await expect.element(page.getByRole('link', { name: '1', exact: true })).toBeVisible()
  answers['slow']?.([7, 8])
  await expect.element(page.getByRole('link', { name: '1', exact: true })).toBeVisible()
})

it('asks for what a run says once, not again with each list of runs', async () => {
  await page.getByRole('button', { name: 'Loss' }).click()
  await expect.poll(() => times('predictions.classes')).toBe(1)
  const before = times('history.rows')
  tell({ type: 'runs-changed' })
  await expect.poll(() => times('history.rows')).toBe(before + 1)
  await new Promise((resolve) => requestAnimationFrame(resolve))
  expect(times('predictions.classes')).toBe(1)
})

/** Questions that cross what the core tells meanwhile, and each other: the newest word stays. */
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { CoreEvent } from '../../../src/contract/events'
import { datasets } from '../../../src/renderer/state/datasets/datasets.svelte'
import { LabelsView } from '../../../src/renderer/state/datasets/labels.svelte'
import { LabellingView } from '../../../src/renderer/state/datasets/labelling.svelte'
import { MapView } from '../../../src/renderer/state/datasets/map.svelte'
import { WithoutTwins } from '../../../src/renderer/state/datasets/without-twins.svelte'
import { Predictions } from '../../../src/renderer/state/mistakes/predictions.svelte'
import { EvaluateView } from '../../../src/renderer/state/runs/evaluate.svelte'
import { RunFinder } from '../../../src/renderer/state/runs/run-finder.svelte'
import { Views } from '../../../src/renderer/state/views.svelte'
import { startApp, type Line } from '../support/start-app'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

let line: Line
/** What the core says to a call at its question. */
let answers: Record<string, unknown> = {}
/** The calls that are answered when the test says so, and their answers, the oldest first. */
let late = ''
let waiting: (() => void)[] = []
const tell = (event: object): void => line.tell(event as CoreEvent)
async function release(...which: (() => void)[]): Promise<void> {
  for (const one of which) one()
  await turn()
}
/** All, the newest first. */
async function releaseBackwards(): Promise<void> {
  while (waiting.length > 0) await release(...waiting.splice(0).reverse())
}

beforeEach(async () => {
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined })
  waiting = []
  late = ''
  answers = { 'app.info': { startNotes: [], databaseCheck: { state: 'whole' } } }
  line = startApp(async (name) => {
    const answered = answers[name] ?? []
    if (name === late) await new Promise<void>((resolve) => waiting.push(resolve))
    return answered
  })
  await turn()
})

describe('the newest answer stays, whichever comes last', () => {
  it('of labelling', async () => {
    const standing = { classes: [], missingCount: 0, probe: null }
    answers['labelling.next'] = { className: null, images: [] }
    answers['labelling.state'] = { ...standing, labelledCount: 0 }
    const view = new LabellingView(1)
    view.follow()
    await turn()
    late = 'labelling.state'
    for (const labelledCount of [1, 2]) {
      answers[late] = { ...standing, labelledCount }
      tell({ type: 'labels-changed', summary: { datasetId: 1 } })
    }
    await releaseBackwards()
    expect(view.state?.labelledCount).toBe(2)
  })

  it('of a map', async () => {
    const view = new MapView(1, 'trees')
    late = 'map.get'
    const points = (imageCount: number) => ({ ids: '', classes: '', parts: '', points: '', imageCount })
    answers[late] = points(1)
    view.follow()
    answers[late] = points(2)
    tell({ type: 'map-changed', datasetId: 1 })
    await releaseBackwards()
    expect(view.found?.imageCount).toBe(2)
  })

  it('of views', async () => {
    const views = new Views('images', 1)
    late = 'views.list'
    answers[late] = [{ id: 1 }]
    void views.open()
    answers[late] = [{ id: 2 }]
    tell({ type: 'views-changed', subject: 'images', datasetId: 1 })
    await releaseBackwards()
    expect(views.list).toEqual([{ id: 2 }])
  })

  it('of a dataset that is open', async () => {
    answers['datasets.get'] = { id: 1, split: { id: 1 } }
    late = 'datasets.get'
    void datasets.open(1)
    const [first = () => undefined] = waiting.splice(0)
    late = ''
    const changed = { id: 1, split: { id: 2 } }
    answers['datasets.get'] = answers['datasets.setSplit'] = changed
    await datasets.setSplit(1, {} as never, 'none' as never)
    await release(first)
    expect(datasets.detail).toEqual(changed)
  })

  it('of the accuracy without twins', async () => {
    const view = new WithoutTwins()
    late = 'runs.withoutTwins'
    for (const twinCount of [1, 2]) {
      answers[late] = { twinCount }
      void view.ask(1)
    }
    await releaseBackwards()
    expect(view.result).toEqual({ twinCount: 2 })
  })

  it('of the rows of runs', async () => {
    const finder = new RunFinder()
    const ids = Buffer.from(Uint32Array.of(1).buffer).toString('base64')
    answers['history.find'] = { ids, groups: [], tagCounts: [], total: 1, archivedCount: 0, deletedCount: 0 }
    const question = { query: '', sort: '', groupBy: 'none' }
    late = 'history.rows'
    for (const name of ['old', 'new']) {
      answers[late] = [{ id: 1, name }]
      void finder.find(question)
      await turn()
    }
    await releaseBackwards()
    expect(finder.rows.get(1)?.name).toBe('new')
  })
})

describe('what is told after a question stays', () => {
  it('of the run whose mistakes are shown, which is then asked for its new results', async () => {
    answers['runs.get'] = { id: 1, endedAtMs: null, resultStep: null, wrongCount: null }
    const view = new Predictions(1)
    late = 'runs.get'
    const opened = view.open()
    const done = { id: 1, endedAtMs: 9, resultStep: 5, wrongCount: 3 }
    answers['runs.get'] = done
    tell({ type: 'run', run: done })
    await release(...waiting.splice(0, 1))
    expect(view.run).toEqual(done)
    await releaseBackwards()
    await opened
    expect(view.run).toEqual(done)
  })

  it('of the corrections of a dataset', async () => {
    const view = new LabelsView(1)
    answers['labels.summary'] = { datasetId: 1, revision: 1 }
    late = 'labels.summary'
    const opened = view.open()
    tell({ type: 'labels-changed', summary: { datasetId: 1, revision: 2 } })
    await releaseBackwards()
    await opened
    expect(view.summary?.revision).toBe(2)
  })
})

it('a task that has ended before its number is here is heard of', async () => {
  const view = new EvaluateView(1)
  late = 'evaluate.start'
  answers[late] = { taskId: 4 }
  const made: number[] = []
  const begun = view.begin({ datasetId: 1, part: null, step: null, mapping: [] as never }, (id) =>
    made.push(id),
  )
  tell({ type: 'task', task: { id: 4, state: 'done', resultId: 8, error: null } })
  await releaseBackwards()
  await begun
  expect(made).toEqual([8])
})

import { afterEach, expect, it, vi } from 'vitest'
import { PreflightView } from '../../../src/renderer/state/datasets/preflight.svelte'
import { startApp, type Line } from '../support/start-app'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const questions: { readonly name: string; readonly answer: (found: object) => void }[] = []
let line: Line

function followed(): PreflightView {
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined })
  line = startApp((name) => {
    if (name === 'app.info') return { startNotes: [], databaseCheck: { state: 'whole' } }
    if (name === 'preflight.thresholds' || !name.startsWith('preflight.')) return []
    return new Promise((resolve) => questions.push({ name, answer: resolve }))
  })
  const view = new PreflightView(1, 'trees')
  view.follow()
  return view
}

afterEach(() => {
  questions.length = 0
  vi.unstubAllGlobals()
})

it('an answer that comes late does not take the place of a newer one', async () => {
  const view = followed()
  line.tell({ type: 'preflight-changed', datasetId: 1 } as never)
  expect(questions).toHaveLength(2)
  questions[1]?.answer({ imageCount: 2 })
  await turn()
  questions[0]?.answer({ imageCount: 1 })
  await turn()
  expect(view.found).toEqual({ imageCount: 2 })
  expect(view.revision).toBe(1)
})

it('what an action found is newer than what was asked before it', async () => {
  const view = followed()
  void view.ignore('leak', null, 'two shots')
  questions.find(({ name }) => name === 'preflight.ignore')?.answer({ imageCount: 2 })
  await turn()
  questions.find(({ name }) => name === 'preflight.findings')?.answer({ imageCount: 1 })
  await turn()
  expect(view.found).toEqual({ imageCount: 2 })
})

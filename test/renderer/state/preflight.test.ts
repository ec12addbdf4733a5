import { afterEach, expect, it, vi } from 'vitest'
import type { CoreEvent } from '../../../src/contract/events'
import { app } from '../../../src/renderer/state/app.svelte'
import { PreflightView } from '../../../src/renderer/state/datasets/preflight.svelte'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const questions: { readonly name: string; readonly answer: (found: object) => void }[] = []
const listeners: ((event: CoreEvent) => void)[] = []

function followed(): PreflightView {
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined })
  app.start({
    call: (name: string) => {
      if (name === 'app.info')
        return Promise.resolve({ startNotes: [], databaseCheck: { state: 'whole' } } as never)
      if (name === 'preflight.thresholds' || !name.startsWith('preflight.'))
        return Promise.resolve([] as never)
      return new Promise((resolve) => questions.push({ name, answer: (found) => resolve(found as never) }))
    },
    onEvent(listener) {
      listeners.push(listener)
      return () => undefined
    },
    onConnection: () => () => undefined,
    abilities: {},
    imageKey: () => '',
  })
  const view = new PreflightView(1, 'trees')
  view.follow()
  return view
}

afterEach(() => {
  questions.length = 0
  listeners.length = 0
  vi.unstubAllGlobals()
})

it('an answer that comes late does not take the place of a newer one', async () => {
  const view = followed()
  for (const tell of listeners) tell({ type: 'preflight-changed', datasetId: 1 } as never)
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

import { describe, expect, it, onTestFinished } from 'vitest'
import type { Checkpoint, Evaluation, LogLine, Run, StepMetric } from '../../../src/contract/entities/run'
import { packSteps } from '../../../src/domain/steps/step-block'
import { RunView } from '../../../src/renderer/state/runs/run.svelte'
import { startApp } from '../support/start-app'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function step(stepIndex: number, loss = 1): StepMetric {
  return { stepIndex, loss, batchAccuracy: 0.5, learningRate: 0.1, stepMs: 2, waitMs: 1, atMs: stepIndex }
}
const line = (text: string): LogLine => ({ atMs: 1, kind: 'info', text })

/** A core with one run, which answers as it is at the question, and where the test says so, late. */
function core() {
  const world = {
    run: {
      id: 1,
      state: 'interrupted',
      stepsDone: 5,
      wrongCount: null,
      weights: null,
      checkpointStep: 3,
    } as Run,
    steps: [0, 1, 2, 3, 4].map((index) => step(index)),
    log: [line('begun')],
    evaluations: [] as Evaluation[],
    checkpoints: [] as Checkpoint[],
    waiting: null as (() => void)[] | null,
  }
  const answer = (name: string, { fromStep = 0 }: { fromStep?: number }): unknown => {
    if (name === 'runs.get') return world.run
    const steps = world.steps.filter(({ stepIndex }) => stepIndex >= fromStep)
    if (name === 'runs.curves') return { blocks: [Buffer.from(packSteps(steps)).toString('base64')] }
    if (name === 'runs.evaluations') return world.evaluations
    if (name === 'runs.log') return world.log
    if (name === 'runs.checkpoints') return world.checkpoints
    return name === 'app.info' ? { startNotes: [], databaseCheck: { state: 'whole' } } : []
  }
  const { tell } = startApp(async (name, input) => {
    const answered = answer(name, input)
    const { waiting } = world
    if (waiting !== null) await new Promise<void>((resolve) => waiting.push(resolve))
    return answered
  })
  const become = (changes: Partial<Run>): void => {
    world.run = { ...world.run, ...changes }
    tell({ type: 'run', run: world.run })
  }
  /** What is asked from now on is answered when the test says so. */
  const late = (): (() => Promise<void>) => {
    const waiting: (() => void)[] = []
    world.waiting = waiting
    return async () => {
      world.waiting = null
      for (const release of waiting) release()
      await turn()
    }
  }
  const view = new RunView(1)
  onTestFinished(() => view.close())
  return { world, view, tell, become, late }
}

describe('a run in view', () => {
  it('begins again where it is back at its checkpoint, not where it is only about to go on', async () => {
    const { world, view, tell, become, late } = core()
    await view.open()
    const release = late()
    become({ state: 'starting' })
    expect(view.steps.losses).toEqual([1, 1, 1, 1, 1])
    world.steps = world.steps.slice(0, 3)
    become({ stepsDone: 3 })
    expect(view.steps.losses).toEqual([1, 1, 1])
    await release()
    become({ state: 'training' })
    tell({ type: 'run-steps', runId: 1, steps: [step(3, 2)] })
    expect(view.steps.losses).toEqual([1, 1, 1, 2])
  })

  it('takes no steps from an answer that was asked for before it went back', async () => {
    const { world, view, become, late } = core()
    const release = late()
    const opened = view.open()
    world.steps = world.steps.slice(0, 3)
    become({ state: 'starting', stepsDone: 3 })
    await release()
    await opened
    expect(view.steps.losses).toEqual([1, 1, 1])
  })

  it('keeps what is pushed between a question and its answer', async () => {
    const { world, view, tell, become, late } = core()
    world.run = { ...world.run, state: 'evaluating' }
    const release = late()
    const opened = view.open()
    const evaluation = { stepIndex: 5, part: 'val', loss: 1, accuracy: { value: 1 } } as Evaluation
    tell({ type: 'run-evaluation', runId: 1, evaluation })
    tell({ type: 'run-log', runId: 1, line: line('begun') })
    tell({ type: 'run-log', runId: 1, line: line('evaluated') })
    become({ state: 'done' })
    await release()
    await opened
    expect(view.run?.state).toBe('done')
    expect(view.evaluations).toEqual([evaluation])
    expect(view.log.map(({ text }) => text)).toEqual(['begun', 'evaluated'])
  })

  it('shows the checkpoints of the newest answer, in whatever order they come', async () => {
    const { world, view, become, late } = core()
    await view.open()
    const first = late()
    become({ checkpointStep: 4 })
    world.checkpoints = [{ id: 7 } as Checkpoint]
    const second = late()
    become({ checkpointStep: 5 })
    await second()
    await first()
    expect(view.checkpoints).toEqual([{ id: 7 }])
  })
})

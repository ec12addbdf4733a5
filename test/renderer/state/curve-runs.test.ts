import { describe, expect, it, onTestFinished } from 'vitest'
import type { Evaluation, Run, StepMetric } from '../../../src/contract/entities/run'
import { packSteps } from '../../../src/domain/steps/step-block'
import { CurveRuns } from '../../../src/renderer/state/runs/curve-runs.svelte'
import { startApp } from '../support/start-app'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function step(stepIndex: number, loss = 1): StepMetric {
  return { stepIndex, loss, batchAccuracy: 0.5, learningRate: 0.1, stepMs: 2, waitMs: 1, atMs: stepIndex }
}

/** A core whose runs have the steps of `steps`; answers as late as the test says. */
function core() {
  const asked: number[] = []
  const world = {
    steps: [step(0), step(1), step(2)],
    stepsDone: 3,
    state: 'training' as Run['state'],
    evaluations: [] as Evaluation[],
    /** Held back until `release`. */
    waiting: null as (() => void)[] | null,
  }
  const run = (id: number): Run =>
    ({ id, name: `run ${String(id)}`, state: world.state, stepsDone: world.stepsDone }) as Run
  const { tell: emit, again } = startApp(async (name, given) => {
    const input = { id: 0, fromStep: 0, ...given }
    if (name === 'runs.get') return run(input.id)
    if (name === 'runs.evaluations') return world.evaluations
    if (name === 'app.info') return { startNotes: [], databaseCheck: { state: 'whole' } }
    if (name !== 'runs.curves') return []
    asked.push(input.fromStep)
    const steps = world.steps
    const { waiting } = world
    if (waiting !== null) await new Promise<void>((resolve) => waiting.push(resolve))
    return { blocks: [Buffer.from(packSteps(steps)).toString('base64')] }
  })
  return { world, asked, emit, run, again }
}

function opened(): CurveRuns {
  const runs = new CurveRuns()
  runs.open()
  onTestFinished(() => runs.close())
  return runs
}

const lossesOf = (runs: CurveRuns, place = 0): readonly number[] | undefined =>
  runs.sources[place]?.steps.losses

describe('the curves of some runs', () => {
  it('are loaded in the order that was asked for, each once, and kept when others come', async () => {
    const { asked } = core()
    const runs = opened()
    runs.show([2, 1, 2])
    await turn()
    expect(runs.sources.map(({ id }) => id)).toEqual([2, 1])
    expect(lossesOf(runs)).toEqual([1, 1, 1])
    const [first] = runs.sources
    runs.show([2, 3])
    await turn()
    expect(runs.sources[0]).toBe(first)
    expect(asked).toEqual([0, 0, 0])
  })

  it('grow with what the core pushes, and ask for what is missing between', async () => {
    const { world, asked, emit } = core()
    const runs = opened()
    runs.show([1])
    await turn()
    emit({ type: 'run-steps', runId: 1, steps: [step(2, 9), step(3, 2)] })
    expect(lossesOf(runs)).toEqual([1, 1, 1, 2])
    world.steps = [3, 4, 5, 6, 7].map((index) => step(index, 3))
    world.stepsDone = 8
    emit({ type: 'run-steps', runId: 1, steps: [step(7, 3)] })
    await turn()
    expect(asked).toEqual([0, 4])
    expect(lossesOf(runs)).toEqual([1, 1, 1, 2, 3, 3, 3, 3])
  })

  it('begin again where a run that goes on is back at its checkpoint, whatever an older answer says', async () => {
    const { world, emit, run } = core()
    const runs = opened()
    runs.show([1])
    await turn()
    const waiting: (() => void)[] = []
    world.waiting = waiting
    world.state = 'starting'
    emit({ type: 'run', run: run(1) })
    expect(lossesOf(runs)).toEqual([1, 1, 1])
    // only now it goes back, while an answer with all steps is on its way
    world.steps = [step(0)]
    world.stepsDone = 1
    emit({ type: 'run', run: run(1) })
    expect(lossesOf(runs)).toEqual([1])
    world.waiting = null
    for (const release of waiting) release()
    await turn()
    expect(lossesOf(runs)).toEqual([1])
    world.state = 'training'
    world.stepsDone = 2
    emit({ type: 'run', run: run(1) })
    emit({ type: 'run-steps', runId: 1, steps: [step(1, 2)] })
    expect(lossesOf(runs)).toEqual([1, 2])
  })

  it('go back with a run that began again while the line was lost', async () => {
    const { world, again, emit } = core()
    const runs = opened()
    runs.show([1])
    await turn()
    world.steps = [step(0), step(1, 7)]
    world.stepsDone = 2
    again()
    await turn()
    expect(lossesOf(runs)).toEqual([1, 1])
    emit({ type: 'run-steps', runId: 1, steps: [step(2, 7)] })
    expect(lossesOf(runs)).toEqual([1, 1, 7])
  })

  it('keep what is pushed between a question and its answer', async () => {
    const { world, emit, run } = core()
    const runs = opened()
    const waiting: (() => void)[] = []
    world.waiting = waiting
    runs.show([1])
    const evaluation = { stepIndex: 3, part: 'val', loss: 1 } as Evaluation
    emit({ type: 'run-evaluation', runId: 1, evaluation })
    world.state = 'done'
    emit({ type: 'run', run: run(1) })
    for (const release of waiting) release()
    await turn()
    expect(runs.sources[0]?.run?.state).toBe('done')
    expect(runs.sources[0]?.evaluations).toEqual([evaluation])
  })

  it('say that a run was deleted', async () => {
    const { emit } = core()
    const runs = opened()
    runs.show([1])
    await turn()
    emit({ type: 'run-deleted', runId: 1 })
    expect(runs.sources[0]?.error?.code).toBe('not-found')
  })
})

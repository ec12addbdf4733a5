/** Starts a run, or goes on with one, and shows it until its end. */
import { activeRunStates, type Evaluation, type Run, type StepMetric } from '../../../contract/entities/run'
import { formatSpeed } from '../../../domain/figures'
import { evaluatedCount } from '../../../domain/rules/measure-words'
import { paceOf, timeLeftMs, type StepColumns } from '../../../domain/run-progress'
import type { CoreEvent, Task } from '../../../contract/events'
import type { Core } from '../../host/compose'
import type { CliContext } from '../context'
import { progressLine } from '../follow-task'
import { duration, percent, plural } from '../text/format'

/**
 * Resolves to the run in its last state, whatever that is. Ctrl-C once: it stops after the step, is evaluated and kept;
 * twice: it ends at once and is 'interrupted'.
 */
export async function followRun(
  context: Pick<CliContext, 'output' | 'onInterrupt'>,
  core: Pick<Core, 'call' | 'subscribe' | 'close'>,
  start: () => Promise<Run>,
): Promise<Run> {
  const { output } = context
  const early: CoreEvent[] = []
  let follower: Follower | null = null
  const check = followCheck(context, core)
  const unsubscribe = core.subscribe(({ event }) => {
    if (event.type === 'task') check.see(event.task)
    else if (follower === null) early.push(event)
    else follower.see(event)
  })
  let forget = (): void => undefined
  try {
    const run = await start()
    const started = createFollower(context, run)
    follower = started
    for (const event of early) started.see(event)
    forget = context.onInterrupt((times) => {
      if (times > 1) {
        output.note('Ending now. Completed steps are kept.')
        void core.close()
        return
      }
      output.note(
        'Stopping after this step; the run is then evaluated and saved. Press Ctrl-C again to end at once.',
      )
      core.call('training.stop', { id: run.id }).catch((thrown: unknown) => output.note(String(thrown)))
    })
    return await started.ended
  } finally {
    unsubscribe()
    check.forget()
    forget()
    output.progress.clear()
  }
}

/** The look at the run's files before it starts: its progress; Ctrl-C cancels it, and nothing starts. */
function followCheck(
  { output, onInterrupt }: Pick<CliContext, 'output' | 'onInterrupt'>,
  core: Pick<Core, 'call'>,
) {
  let forget: (() => void) | null = null
  const ended = (): void => {
    forget?.()
    forget = null
  }
  return {
    see(task: Task): void {
      if (task.kind !== 'check') return
      if (task.state !== 'running') return ended()
      forget ??= onInterrupt(() => {
        output.note('Cancelling …')
        void core.call('tasks.cancel', { id: task.id })
      })
      output.progress.show(progressLine(task))
    },
    forget: ended,
  }
}

interface Follower {
  readonly ended: Promise<Run>
  see(event: CoreEvent): void
}

/** Steps that are kept for the rate and the time that is left. */
const keptSteps = 2000

function createFollower({ output }: Pick<CliContext, 'output'>, started: Run): Follower {
  const runId = started.id
  const latest: StepMetric[] = []
  const evaluations: Evaluation[] = []
  let newest = started
  let state: Run['state'] | null = null
  let end: (run: Run) => void = () => undefined
  const ended = new Promise<Run>((resolve) => {
    end = resolve
  })

  const seeRun = (run: Run): void => {
    newest = run
    if (run.state === state) return
    state = run.state
    output.record({ type: 'run', run })
    if (!activeRunStates.includes(run.state)) return end(run)
    if (run.state !== 'training') output.progress.show(run.state === 'starting' ? 'Starting' : 'Evaluating')
  }
  const seeSteps = (steps: readonly StepMetric[]): void => {
    for (const step of steps) output.record({ type: 'step', runId, step })
    latest.push(...steps)
    latest.splice(0, latest.length - keptSteps)
    if (latest.length > 0 && state !== 'evaluating') {
      output.progress.show(stepLine(newest, latest, evaluations))
    }
  }
  seeRun(started)
  return {
    ended,
    see(event) {
      if (event.type === 'run' && event.run.id === runId) seeRun(event.run)
      else if (event.type === 'run-steps' && event.runId === runId) seeSteps(event.steps)
      else if (event.type === 'run-evaluation' && event.runId === runId) {
        const { evaluation } = event
        evaluations.push(evaluation)
        output.record({ type: 'evaluation', runId, evaluation })
        output.note(
          `after ${plural(evaluation.stepIndex, 'step')}: ${percent(evaluation.accuracy.value)} of ${evaluatedCount(evaluation.accuracy, evaluation.measures)} ${evaluation.part} ${evaluation.accuracy.total === 1 ? 'image' : 'images'} right, loss ${evaluation.loss.toFixed(3)}`,
        )
      } else if (event.type === 'run-log' && event.runId === runId) {
        const { kind, text } = event.line
        if (kind === 'warn' || kind === 'error' || kind === 'info') output.note(text)
      }
    },
  }
}

function stepLine(run: Run, latest: readonly StepMetric[], evaluations: readonly Evaluation[]): string {
  const last = latest.at(-1)
  const columns: StepColumns = {
    stepIndices: latest.map(({ stepIndex }) => stepIndex),
    atMs: latest.map(({ atMs }) => atMs),
    stepMs: latest.map(({ stepMs }) => stepMs),
  }
  const pace = paceOf(columns, evaluations)
  if (last === undefined || pace === null) return ''
  const leftMs = timeLeftMs(run, columns, evaluations, last.atMs)
  return [
    `Step ${last.stepIndex + 1} of ${run.recipe.stepCount}`,
    `loss ${last.loss.toFixed(3)}`,
    formatSpeed((run.recipe.batchSize * 1000) / Math.max(1e-3, pace.stepMs), run.recipe),
    ...(leftMs === null ? [] : [`${duration(leftMs)} left`]),
  ].join(' · ')
}

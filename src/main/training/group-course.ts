/** What the trials of a search are for the queue: where each pauses, and which goes on (ASHA, see domain/sweep/asha.ts). */
import type { QueueEntry, Sweep } from '../../contract/entities/queue'
import { type Run, type TrainRequest } from '../../contract/entities/run'
import { promotion, rungsOf, type AshaTrial } from '../../domain/sweep/asha'
import type { StartOptions } from './training'
import { listEvaluations } from '../store/runs/metrics'
import { entryOfRun, listGroupEntries } from '../store/runs/queue'
import { getGroup, listGroups } from '../store/runs/run-groups'
import { findRunName, getRun } from '../store/runs/runs'
import type { Db } from '../store/statement'

type Limits = Pick<StartOptions, 'pauseAtStep'>

export interface GroupCourse {
  /** Of a trial that begins. */
  limitsOf(entry: QueueEntry): Limits
  /** Of a run that goes on after it was left: to the rung that it was on its way to. */
  limitsOfRun(runId: number): Limits
  /** The trial that goes on to the next rung, in whichever search. */
  nextPromotion(): { readonly runId: number; readonly pauseAtStep: number } | null
  /** Whether it paused because it came to a rung. */
  restsAtRung(run: Run): boolean
}

export function groupCourse(db: Db): GroupCourse {
  /** null: not a search with ASHA. */
  function rungs(
    groupId: number | null,
  ): { readonly sweep: Sweep; readonly steps: readonly number[] } | null {
    if (groupId === null) return null
    const { sweep, request } = getGroup(db, groupId)
    if (sweep === null || sweep.asha === null) return null
    return { sweep, steps: rungsOf(sweep.asha, wholeSteps(request)) }
  }

  function limitsOfRun(runId: number): Limits {
    const entry = entryOfRun(db, runId)
    const found = entry === null ? null : rungs(entry.groupId)
    if (found === null || findRunName(db, runId) === null) return {}
    const done = getRun(db, runId).checkpointStep ?? 0
    return { pauseAtStep: found.steps.find((step) => step > done) }
  }

  return {
    limitsOf: ({ groupId }) => ({ pauseAtStep: rungs(groupId)?.steps[0] }),
    limitsOfRun,
    restsAtRung: (run) =>
      run.state === 'paused' && rungs(run.groupId)?.steps.includes(run.checkpointStep ?? -1) === true,
    nextPromotion() {
      for (const { id, isPaused } of listGroups(db)) {
        const found = isPaused ? null : rungs(id)
        if (found === null) continue
        const entries = listGroupEntries(db, id)
        const trials = entries.map((entry) => trialAt(db, entry, found.steps))
        const next = promotion(trials, found.steps.length, found.sweep.asha?.eta ?? 2)
        const runId = entries.find(({ trialIndex }) => trialIndex === next?.index)?.runId ?? null
        if (next === null || runId === null) continue
        return { runId, pauseAtStep: found.steps[next.rung] ?? 0 }
      }
      return null
    },
  }
}

/** Of a search with ASHA: all trials have the same number. */
export function wholeSteps({ overrides }: TrainRequest): number {
  return overrides.stepCount ?? 0
}

function trialAt(db: Db, { trialIndex, runId, state }: QueueEntry, rungs: readonly number[]): AshaTrial {
  const index = trialIndex ?? 0
  if (runId === null || findRunName(db, runId) === null) return { index, scores: [], mayGoOn: false }
  const run = getRun(db, runId)
  const evaluations = listEvaluations(db, runId).filter(({ part }) => part === 'val')
  const scores: number[] = []
  for (const rung of rungs) {
    const here = evaluations.find(({ stepIndex }) => stepIndex === rung)
    if (here === undefined) break
    scores.push(here.accuracy.value)
  }
  const rests =
    run.deletedAtMs === null && run.state === 'paused' && run.checkpointStep === rungs[scores.length - 1]
  return { index, scores, mayGoOn: state === 'started' && rests }
}

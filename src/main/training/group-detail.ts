/** A group as it stands: its trials with their results, the spread over its runs, and the best so far of a search. */
import type { GroupDetail, QueueEntry, Trial, TrialState } from '../../contract/entities/queue'
import { activeRunStates, type Evaluation, type Run } from '../../contract/entities/run'
import { spreadOf } from '../../domain/statistics/spread'
import { randomOrders, searchCurve } from '../../domain/sweep/best-so-far'
import { trialsOf } from '../../domain/sweep/trials'
import { listEvaluations } from '../store/runs/metrics'
import { listGroupEntries } from '../store/runs/queue'
import { getGroup } from '../store/runs/run-groups'
import { findRunName, getRun } from '../store/runs/runs'
import type { Db } from '../store/statement'

/** Throws 'not-found'. */
export function groupDetail(db: Db, id: number): GroupDetail {
  const group = getGroup(db, id)
  const { sweep, request } = group
  const values = sweep === null ? [] : trialsOf(sweep, request.overrides)
  const found = listGroupEntries(db, id).map((entry) => {
    const run = entry.runId === null || findRunName(db, entry.runId) === null ? null : getRun(db, entry.runId)
    const evaluations = run === null ? [] : listEvaluations(db, run.id).filter(({ part }) => part === 'val')
    return { trial: trialOf(entry, run, evaluations, values[entry.trialIndex ?? 0] ?? {}), evaluations }
  })
  const trials = found.map(({ trial }) => trial)
  const ended = trials.filter(({ state }) => state === 'ended')
  return {
    ...group,
    trials,
    val: spreadOf(numbers(ended.map(({ valAccuracy }) => valAccuracy))),
    test: spreadOf(numbers(ended.map(({ testAccuracy }) => testAccuracy))),
    curve: curveOf(found.flatMap(({ evaluations }) => evaluations)),
    bestSoFar: bestSoFar(ended),
  }
}

function trialOf(
  { trialIndex, runId, state, error, work }: QueueEntry,
  run: Run | null,
  evaluations: readonly Evaluation[],
  values: Trial['values'],
): Trial {
  const chosen =
    evaluations.find(({ stepIndex }) => stepIndex === run?.resultStep) ?? evaluations.at(-1) ?? null
  return {
    index: trialIndex ?? 0,
    state: stateOf(state, run),
    values,
    seed: work.kind === 'start' ? work.request.seed : 0,
    runId: run === null ? null : runId,
    stepsDone: run?.stepsDone ?? 0,
    stepCount: run?.recipe.stepCount ?? null,
    valAccuracy: chosen?.accuracy.value ?? null,
    testAccuracy: run?.evaluatedOn === 'test' ? (run.accuracy?.value ?? null) : null,
    durationMs: run === null || run.endedAtMs === null ? null : run.endedAtMs - run.createdAtMs,
    error: error ?? run?.error ?? null,
  }
}

function stateOf(state: QueueEntry['state'], run: Run | null): TrialState {
  if (run === null) return state === 'started' ? 'skipped' : state
  if (activeRunStates.includes(run.state)) return 'running'
  if (run.state === 'done' || run.state === 'stopped') return 'ended'
  if (state === 'skipped' || run.deletedAtMs !== null) return 'skipped'
  return run.state === 'paused' ? 'paused' : run.state === 'failed' ? 'failed' : 'paused'
}

function curveOf(evaluations: readonly Evaluation[]): GroupDetail['curve'] {
  const steps = new Map<number, Evaluation[]>()
  for (const evaluation of evaluations) {
    const here = steps.get(evaluation.stepIndex) ?? []
    here.push(evaluation)
    steps.set(evaluation.stepIndex, here)
  }
  return [...steps]
    .sort(([a], [b]) => a - b)
    .map(([stepIndex, here]) => ({
      stepIndex,
      val: spreadOf(here.map(({ accuracy }) => accuracy.value)),
      valLoss: spreadOf(here.map(({ loss }) => loss)),
    }))
}

/** Of the trials that have both accuracies. */
function bestSoFar(ended: readonly Trial[]): GroupDetail['bestSoFar'] {
  const both = ended.filter(({ valAccuracy, testAccuracy }) => valAccuracy !== null && testAccuracy !== null)
  if (both.length === 0) return []
  const select = [numbers(both.map(({ valAccuracy }) => valAccuracy))]
  const test = [numbers(both.map(({ testAccuracy }) => testAccuracy))]
  const curve = searchCurve(select, test, randomOrders(both.length))
  return curve.testMean.map((mean, place) => ({
    mean,
    standardError: curve.testStandardError[place] ?? 0,
    heldOut: curve.heldOutMean[place] ?? 0,
  }))
}

function numbers(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null)
}

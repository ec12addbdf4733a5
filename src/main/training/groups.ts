/** Repeats over seeds and searches: made here, trained by the queue, one trial after the other. */
import type { GroupDetail, Sweep, SweepPlan } from '../../contract/entities/queue'
import type { Overrides, TrainRequest } from '../../contract/entities/run'
import { fromWireError, WorkbenchError } from '../../contract/errors'
import { typedName } from '../../domain/names'
import { expectedSteps, rungsOf } from '../../domain/sweep/asha'
import { trialsOf } from '../../domain/sweep/trials'
import { parseModel } from '../../domain/model/spec'
import type { DomainHandlers } from '../app/handlers'
import type { ServiceContext } from '../app/context'
import { readCircumstances, trainingCost } from '../costs/training-cost'
import type { Devices } from '../engine/devices'
import type { EngineService } from '../engine/engine'
import { insertQueued, listGroupEntries, skipQueued } from '../store/runs/queue'
import { getGroup, insertGroup, listGroups, setGroupPaused, setGroupSweep } from '../store/runs/run-groups'
import { inTransaction } from '../store/statement'
import { wholeSteps } from './group-course'
import { groupDetail } from './group-detail'
import { makePlan, type Planned } from './plan'
import type { QueueService } from './queue'
import type { Runner } from './runner'
import { sameAgain } from './same-again'

export function groupsHandlers(
  context: ServiceContext,
  engine: EngineService,
  runner: Runner,
  queue: Pick<QueueService, 'goOn'>,
  devices: Pick<Devices, 'speedUp'>,
): DomainHandlers<'groups'> {
  const { db, clock, emit } = context

  /** A budget's choice and the model that was left to the workbench are settled once, the same for all. */
  async function settled(request: TrainRequest): Promise<{ request: TrainRequest; planned: Planned }> {
    const planned = await makePlan(context, engine, null, { ...request, name: '' })
    const { plan } = planned
    const chosen = { model: plan.model, weights: plan.weights, budgetMs: null }
    if (request.budgetMs === null) return { request: { ...request, ...chosen }, planned }
    const { overrides } = sameAgain({ datasetId: request.datasetId, recipe: plan.recipe, ...chosen })
    return { request: { ...request, ...chosen, overrides: { ...overrides, ...request.overrides } }, planned }
  }

  /** Of a search with ASHA all trials have one number of steps: that of the request, else the rule's. */
  async function settledSweep(asked: TrainRequest, sweep: Sweep) {
    const { request, planned } = await settled(asked)
    const overrides =
      sweep.asha === null
        ? request.overrides
        : { stepCount: planned.plan.recipe.stepCount, ...request.overrides }
    if (sweep.asha !== null && sweep.axes.some(({ key }) => key === 'stepCount'))
      throw new WorkbenchError(
        'bad-input',
        'With ASHA, all trials have the same number of steps: its rungs are steps of one schedule.',
        'Set the steps once, and vary something else.',
      )
    return { request: { ...request, overrides }, planned }
  }

  async function planSweep(asked: TrainRequest, sweep: Sweep): Promise<SweepPlan> {
    const { request, planned } = await settledSweep(asked, sweep)
    const model = parseModel(request.model)
    const circumstances = readCircumstances(context, engine, request.datasetId)
    const trials = trialsOf(sweep, request.overrides).map((values, index) => {
      const overrides = withAspect({ ...request.overrides, ...values }, values)
      const { recipe, estimate } = trainingCost(circumstances, model, { ...request, overrides })
      return { index, values, stepCount: recipe.stepCount, durationMs: estimate.durationMs }
    })
    const rungs = sweep.asha === null ? [] : rungsOf(sweep.asha, wholeSteps(request))
    const wholeMs = trials.reduce((sum, { durationMs }) => sum + durationMs, 0)
    const share =
      sweep.asha === null
        ? 1
        : expectedSteps(trials.length, rungs, sweep.asha.eta) / (trials.length * wholeSteps(request))
    return {
      trials,
      rungs,
      totalMs: (wholeMs * share) / Math.min(devices.speedUp(), trials.length),
      certainty: planned.plan.estimate.certainty,
      obstacles: planned.plan.obstacles.filter(({ code }) => code !== 'busy'),
    }
  }

  function freeName(wanted: string): string {
    const names = new Set(listGroups(db).map(({ name }) => name))
    for (let number = 1; ; number++) {
      const name = number === 1 ? wanted : `${wanted} ${number}`
      if (!names.has(name)) return name
    }
  }

  /** The group with its trials, in one transaction. */
  function insert(
    name: string,
    request: TrainRequest,
    sweep: Sweep | null,
    trials: readonly Pick<TrainRequest, 'seed' | 'overrides'>[],
  ): number {
    return inTransaction(db, () => {
      const id = insertGroup(db, { name, request, sweep, createdAtMs: clock() })
      addTrials(id, name, request, trials, 0)
      return id
    })
  }

  function addTrials(
    groupId: number,
    name: string,
    request: TrainRequest,
    trials: readonly Pick<TrainRequest, 'seed' | 'overrides'>[],
    firstIndex: number,
  ): void {
    for (const [place, trial] of trials.entries()) {
      const trialIndex = firstIndex + place
      const named = { ...request, ...trial, name: `${name}, ${trialIndex + 1}` }
      insertQueued(db, {
        work: { kind: 'start', request: named },
        datasetId: request.datasetId,
        groupId,
        trialIndex,
        addedAtMs: clock(),
      })
    }
  }

  function changed(id: number): GroupDetail {
    emit({ type: 'queue-changed' })
    queue.goOn()
    return groupDetail(db, id)
  }

  async function named(asked: TrainRequest, suggestion: string): Promise<string> {
    const typed = asked.name.trim()
    if (typed === '') return freeName(suggestion)
    const name = typedName(typed, 'group')
    if (freeName(name) === name) return name
    throw new WorkbenchError(
      'name-taken',
      `There is already a group named "${name}".`,
      'Choose another name, or leave it empty.',
    )
  }

  return {
    'groups.list': async () => listGroups(db),
    'groups.get': async ({ id }) => groupDetail(db, id),
    'groups.seeds': async ({ request: asked, count }) => {
      const { request, planned } = await settled(asked)
      refuseObstacles(planned)
      const name = await named(asked, `${count} seeds on ${planned.dataset.name}`)
      return changed(insert(name, request, null, seeds(request, 0, count)))
    },
    'groups.planSweep': async ({ request, sweep }) => planSweep(request, sweep),
    'groups.sweep': async ({ request: asked, sweep }) => {
      const { request, planned } = await settledSweep(asked, sweep)
      refuseObstacles(planned)
      const name = await named(asked, `Search on ${planned.dataset.name}`)
      return changed(insert(name, request, sweep, trialRequests(request, sweep)))
    },
    'groups.pause': async ({ id, isPaused }) => {
      getGroup(db, id)
      setGroupPaused(db, id, isPaused)
      return changed(id)
    },
    'groups.skip': async ({ id, trialIndex }) => {
      const entry = listGroupEntries(db, id).find((one) => one.trialIndex === trialIndex)
      if (entry === undefined)
        throw new WorkbenchError('not-found', `This group has no trial ${trialIndex + 1}.`)
      skipQueued(db, entry.id)
      if (runner.active().some((run) => run.id === entry.runId)) runner.stop(entry.runId ?? 0)
      return changed(id)
    },
    'groups.extend': async ({ id, count }) => {
      const { name, request, sweep } = getGroup(db, id)
      const before = listGroupEntries(db, id).length
      if (sweep === null)
        inTransaction(db, () => addTrials(id, name, request, seeds(request, before, count), before))
      else if (sweep.kind === 'random') {
        const more = { ...sweep, count: before + count }
        inTransaction(db, () => {
          setGroupSweep(db, id, more)
          addTrials(id, name, request, trialRequests(request, more).slice(before), before)
        })
      } else
        throw new WorkbenchError(
          'unsupported',
          'A grid has all its combinations.',
          'Start another search with other values.',
        )
      return changed(id)
    },
  }
}

function seeds(request: TrainRequest, from: number, count: number) {
  return Array.from({ length: count }, (_, index) => ({
    overrides: request.overrides,
    seed: (request.seed + from + index) % 2 ** 32,
  }))
}

function trialRequests(request: TrainRequest, sweep: Sweep) {
  return trialsOf(sweep, request.overrides).map((values) => ({
    overrides: withAspect({ ...request.overrides, ...values }, values),
    seed: request.seed,
  }))
}

/** A crop that is varied takes the resize along, in the rule's proportion. */
function withAspect(overrides: Overrides, varied: Overrides): Overrides {
  if (varied.cropPx === undefined || varied.resizePx !== undefined) return overrides
  const others = { ...overrides }
  delete others.resizePx
  return others
}

function refuseObstacles({ plan }: Planned): void {
  const obstacle = plan.obstacles.find(({ code }) => code !== 'busy')
  if (obstacle !== undefined) throw fromWireError(obstacle)
}

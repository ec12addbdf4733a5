/** The run that is being prepared: what was asked for, what the rule makes of it, what it costs. */
import type { ModelEntry, ModelFacts } from '../../../contract/entities/model'
import { autoModel } from '../../../contract/entities/run'
import type { Plan, Run, TrainRequest } from '../../../contract/entities/run'
import { toWireError, type WireError } from '../../../contract/errors'
import type { Task } from '../../../contract/events'
import { modelIdWords } from '../../../domain/model/model-names'
import { app } from '../app.svelte'
import { models } from '../models/models.svelte'
import { offeredBudget } from './offered-budget'
import { startModels } from './start-models.svelte'
import { emptySheet, fromZero, overridesOf, sheetOf, withLayers, type Sheet } from './train-settings'
import { TrainSheet } from './train-sheet.svelte'

export interface ModelCost {
  /** By the rule, with what is set. */
  readonly durationMs: number
  readonly memoryBytes: number
  readonly fits: boolean
}

class Train extends TrainSheet {
  architectures: readonly ModelFacts[] = $state.raw([])
  /** By architecture. */
  costs: ReadonlyMap<string, ModelCost> = $state.raw(new Map<string, ModelCost>())
  plan: Plan | null = $state.raw(null)
  /** Why there is no plan for what was asked; the last one stays to be seen. */
  planError: WireError | null = $state.raw(null)
  startError: WireError | null = $state.raw(null)
  measureError: WireError | null = $state.raw(null)
  starting = $state(false)
  private measureTaskId: number | null = $state(null)
  /** What was set before a run was taken for a pattern; null: nothing, or it is not known any more. */
  private own: Sheet | null = null
  private planTicket = 0
  private costTicket = 0

  /** What it starts from, usable or not; null from zero, in pre-training, which always does, and where nothing is known of it. */
  readonly start: ModelEntry | null = $derived.by(() => {
    if (this.rule === 'upstream') return null
    const wanted = this.leavesStart ? this.plan?.weights : this.from
    return typeof wanted === 'string' ? startModels.entry(wanted) : null
  })
  readonly request: TrainRequest | null = $derived(
    this.datasetId === null || this.from === null
      ? null
      : {
          datasetId: this.datasetId,
          ...this.asked(this.from),
          rule: this.rule,
          budgetMs: this.rule === 'upstream' ? null : this.budgetMs,
          preset: this.preset,
          overrides: overridesOf(this.settings, this.rule),
          seed: this.seed,
          name: this.name,
          ...(this.continues !== null && { continues: this.continues }),
          ...(this.again !== null && { again: this.again }),
        },
  )
  /** The model of a request. What cannot be found is asked for all the same: the core says what is wrong with it. */
  private asked(from: string): Pick<TrainRequest, 'model' | 'weights'> {
    if (this.leavesStart) return { model: autoModel, weights: null }
    if (this.startsFromZero) return { model: withLayers(this.architecture, this.settings), weights: null }
    return { model: this.model ?? this.start?.architecture ?? autoModel, weights: from }
  }
  get startsFromZero(): boolean {
    if (this.rule === 'upstream') return true
    if (this.leavesStart) return (this.plan?.weights ?? null) === null
    return this.from === null || this.from === fromZero
  }
  /** '' from zero. */
  get startName(): string {
    if (this.startsFromZero) return ''
    return this.start?.name ?? modelIdWords((this.leavesStart ? this.plan?.weights : this.from) ?? '')
  }
  /** Whether a budget chooses what it starts from. */
  get leavesStart(): boolean {
    return this.budgetMs !== null && !this.fromAsked && this.rule !== 'upstream'
  }
  readonly measuring: Task | null = $derived(
    app.runningTasks.find(({ kind }) => kind === 'measure' || kind === 'probe') ?? null,
  )
  readonly measureFailed: WireError | null = $derived(
    this.measureError ??
      app.tasks.find((task) => task.id === this.measureTaskId && task.state === 'failed')?.error ??
      null,
  )
  readonly canStart = $derived(
    this.plan !== null &&
      this.planError === null &&
      this.plan.obstacles.length === 0 &&
      Object.keys(this.problems).length === 0 &&
      !this.starting,
  )

  /** Whether only that another run trains stands in the way. */
  readonly canQueue = $derived(
    this.plan !== null &&
      this.planError === null &&
      this.plan.obstacles.every(({ code }) => code === 'busy') &&
      Object.keys(this.problems).length === 0 &&
      !this.starting,
  )
  /** So many runs, each with the next seed; 1: a single one. */
  repeats = $state(1)

  /** Fills the sheet of a request's dataset with what it asks for. */
  prepare(request: TrainRequest): void {
    this.choose(request.datasetId)
    if (this.again === null && this.continues === null) this.own = this.sheet
    this.take(sheetOf(request))
  }

  /** Back from what a run asked for to what was set before, or to the rule. */
  leaveRun(): void {
    const own = this.own ?? emptySheet
    this.own = null
    this.take(own)
    if (own.from === null) this.startFrom(undefined)
  }

  /** It has begun, or waits for its turn: the next one is planned anew. */
  private done(): void {
    this.name = ''
    this.repeats = 1
    if (this.again !== null || this.continues !== null) this.leaveRun()
  }

  choose(datasetId: number): void {
    if (!this.open(datasetId)) return
    this.own = null
    this.plan = null
    this.planError = null
    this.startError = null
    this.costs = new Map()
  }

  async makePlan(request: TrainRequest): Promise<void> {
    const ticket = ++this.planTicket
    try {
      const plan = await app.call('training.plan', request)
      if (ticket !== this.planTicket) return
      const offered = offeredBudget(plan)
      if (!this.budgetAsked && request.rule !== 'upstream' && this.budgetMs !== offered) {
        this.budgetMs = offered // another request follows: this plan is not what is offered
        return
      }
      this.plan = plan
      this.planError = null
    } catch (error) {
      if (ticket === this.planTicket) this.planError = toWireError(error)
    }
  }

  /** The sizes that can start from zero and, by a plan of each architecture that can be chosen, its time and memory. */
  async compare(request: TrainRequest, classCount: number, cropPx: number): Promise<void> {
    const ticket = ++this.costTicket
    try {
      const architectures = await app.call('models.architectures', { classCount, cropPx })
      if (ticket !== this.costTicket) return
      this.architectures = architectures
      const ready = models.list.filter(({ state }) => state === 'ready')
      const names = [
        ...architectures.map(({ name }) => withLayers(name, this.settings)),
        ...ready.map(({ architecture }) => architecture),
        ...(this.start === null ? [] : [this.start.architecture]),
      ]
      const distinct = [...new Set(names)]
      // of a new run each: what goes on from a checkpoint has one model only
      const fresh = {
        ...request,
        weights: null,
        budgetMs: null,
        name: '',
        continues: undefined,
        again: undefined,
      }
      const plans = await Promise.all(distinct.map((model) => app.call('training.plan', { ...fresh, model })))
      if (ticket !== this.costTicket) return
      this.costs = new Map(
        plans.map(({ estimate, obstacles }, index) => [
          distinct[index] ?? '',
          {
            durationMs: estimate.durationMs,
            memoryBytes: estimate.memoryBytes,
            fits: !obstacles.some(({ code }) => code === 'out-of-memory'),
          },
        ]),
      )
    } catch (error) {
      if (ticket === this.costTicket) this.planError = toWireError(error)
    }
  }

  async measure(): Promise<void> {
    if (!this.request) return
    this.measureError = null
    try {
      this.measureTaskId = (await app.call('training.measure', this.request)).taskId
    } catch (error) {
      this.measureError = toWireError(error)
    }
  }

  /** When its turn comes. Whether it waits now: `startError` says why not. */
  async enqueue(): Promise<boolean> {
    if (!this.request || !this.canQueue) return false
    const { request } = this
    return (await this.attempt(() => app.call('queue.add', request))) !== null
  }

  /** `repeats` runs as one group, which the queue trains. Its id; null where they could not be added. */
  async repeat(): Promise<number | null> {
    if (!this.request || !this.canQueue) return null
    const { request, repeats: count } = this
    return (await this.attempt(() => app.call('groups.seeds', { request, count })))?.id ?? null
  }

  private async attempt<T>(work: () => Promise<T>): Promise<T | null> {
    this.starting = true
    this.startError = null
    try {
      const done = await work()
      this.done()
      return done
    } catch (error) {
      this.startError = toWireError(error)
      return null
    } finally {
      this.starting = false
    }
  }

  /** The run, or null where it did not start: `startError` says why. */
  async begin(): Promise<Run | null> {
    if (!this.request || !this.canStart) return null
    this.starting = true
    this.startError = null
    try {
      const run = await app.call('training.start', this.request)
      this.done()
      return run
    } catch (error) {
      const wire = toWireError(error)
      // who cancelled the look at the images knows it
      this.startError = wire.code === 'cancelled' ? null : wire
      return null
    } finally {
      this.starting = false
    }
  }
}

export const train = new Train()

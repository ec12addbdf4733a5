/** The run that is being prepared: what was asked for, what the rule makes of it, what it costs. */
import type { ModelFacts } from '../../contract/entities/model'
import type {
  Overrides,
  Plan,
  RuleName,
  Run,
  TrainRequest,
  UpstreamPreset,
} from '../../contract/entities/run'
import { toWireError, type WireError } from '../../contract/errors'
import type { Task } from '../../contract/events'
import { app } from './app.svelte'

/** Small enough for a machine without a GPU. */
const firstModel = 'units:1-1-1-1,width:0.5'

export interface ModelCost {
  readonly trainingMs: number | null
  readonly memoryBytes: number
  readonly fits: boolean
}

class Train {
  datasetId: number | null = $state(null)
  model = $state(firstModel)
  rule: RuleName = $state('paper')
  /** Which pre-training, where the rule is 'upstream'. */
  preset: UpstreamPreset = $state('small')
  overrides: Overrides = $state.raw({})
  seed = $state(0)
  /** null: from zero. */
  weights: string | null = $state(null)
  name = $state('')

  models: readonly ModelFacts[] = $state.raw([])
  costs: ReadonlyMap<string, ModelCost> = $state.raw(new Map<string, ModelCost>())
  plan: Plan | null = $state.raw(null)
  /** Why there is no plan for what was asked; the last one stays to be seen. */
  planError: WireError | null = $state.raw(null)
  startError: WireError | null = $state.raw(null)
  measureError: WireError | null = $state.raw(null)
  starting = $state(false)
  private measureTaskId: number | null = $state(null)
  private planTicket = 0
  private costTicket = 0

  readonly request: TrainRequest | null = $derived(
    this.datasetId === null
      ? null
      : {
          datasetId: this.datasetId,
          model: this.model,
          rule: this.rule,
          preset: this.preset,
          overrides: this.overrides,
          seed: this.seed,
          weights: this.weights === null || this.weights.trim() === '' ? null : `path:${this.weights.trim()}`,
          name: this.name,
        },
  )
  readonly measuring: Task | null = $derived(app.runningTasks.find((task) => task.kind === 'measure') ?? null)
  readonly measureFailed: WireError | null = $derived(
    this.measureError ??
      app.tasks.find((task) => task.id === this.measureTaskId && task.state === 'failed')?.error ??
      null,
  )
  readonly canStart = $derived(
    this.plan !== null && this.planError === null && this.plan.obstacles.length === 0 && !this.starting,
  )

  choose(datasetId: number): void {
    if (this.datasetId === datasetId) return
    this.datasetId = datasetId
    this.plan = null
    this.planError = null
    this.startError = null
    this.costs = new Map()
  }

  /** Sets values against the rule; undefined goes back to the rule. */
  set(change: { readonly [K in keyof Overrides]?: Overrides[K] | undefined }): void {
    const next: Record<string, Overrides[keyof Overrides]> = {}
    for (const [key, value] of Object.entries({ ...this.overrides, ...change })) {
      if (value !== undefined) next[key] = value
    }
    this.overrides = next as Overrides
  }

  async makePlan(request: TrainRequest): Promise<void> {
    const ticket = ++this.planTicket
    try {
      const plan = await app.call('training.plan', request)
      if (ticket !== this.planTicket) return
      this.plan = plan
      this.planError = null
    } catch (error) {
      if (ticket === this.planTicket) this.planError = toWireError(error)
    }
  }

  /** The models and, by a plan of each, their time and memory. */
  async compare(request: TrainRequest, classCount: number, cropPx: number): Promise<void> {
    const ticket = ++this.costTicket
    try {
      const models = await app.call('models.architectures', { classCount, cropPx })
      if (ticket !== this.costTicket) return
      this.models = models
      const plans = await Promise.all(
        models.map(({ name }) =>
          app.call('training.plan', { ...request, model: name, weights: null, name: '' }),
        ),
      )
      if (ticket !== this.costTicket) return
      this.costs = new Map(
        plans.map(({ estimate, obstacles }, index) => [
          models[index]?.name ?? '',
          {
            trainingMs: estimate.trainingMs,
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

  /** The run, or null where it did not start: `startError` says why. */
  async start(): Promise<Run | null> {
    if (!this.request || !this.canStart) return null
    this.starting = true
    this.startError = null
    try {
      const run = await app.call('training.start', this.request)
      this.name = ''
      return run
    } catch (error) {
      this.startError = toWireError(error)
      return null
    } finally {
      this.starting = false
    }
  }
}

export const train = new Train()

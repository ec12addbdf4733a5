/** What every screen shares: the line to the core, the engine, the tasks, the run that trains. */
import type { Call, Output } from '../../contract/endpoints'
import { fromWireError, toWireError, type WireError } from '../../contract/errors'
import type { CoreEvent, DatabaseCheck, Task } from '../../contract/events'
import { unpackUint32 } from '../../contract/packed'
import { activeRunStates, type Run } from '../../contract/entities/run'
import type { EngineReport } from '../../contract/entities/model'
import type { ShellAbilities } from '../../contract/wire'
import { bundleClient, rememberBundle, type BundleInView } from '../transport/bundle-client'
import type { Client } from '../transport/client'
import { plural } from '../format'
import { plainMap } from './plain-map'
import { toasts } from './toasts.svelte'

class AppState {
  private client: Client | null = null
  /** The bundle that this page looks at in place of the home; then nothing here changes anything. */
  bundle: OpenedBundle | null = $state.raw(null)
  /** Whether what is shown is the home's own: then it can be changed, and trained on. */
  readonly mayChange = $derived(this.bundle === null)
  /** Called when events were missed: every state class asks anew. */
  private readonly againListeners = new Set<() => void>()
  /** What is told between a question and its answer, which is older; by id, null: deleted. Another question has another. */
  private toldRuns: Map<number, Run | null> | null = null
  private toldTasks: Map<number, Task> | null = null

  /** Whether `retry` does anything here. */
  canRetry = $state(false)
  connection: 'connecting' | 'open' | 'lost' = $state('connecting')
  /** The bundle in view is being closed. */
  isLeaving = $state(false)
  info: Output<'app.info'> | null = $state.raw(null)
  /** The look through the database at the core's start. */
  databaseCheck: DatabaseCheck | null = $state.raw(null)
  engine: EngineReport | null = $state.raw(null)
  engineError: WireError | null = $state.raw(null)
  /** Whether all that this start found is shown. */
  startNotesOpen = $state(false)
  tasks: Task[] = $state.raw([])
  /** Those that train or evaluate now, the oldest first. */
  activeRuns: readonly Run[] = $state.raw([])

  readonly runningTasks = $derived(this.tasks.filter((task) => task.state === 'running'))
  /** The look at a run's files, before it starts or goes on. */
  readonly imageCheck = $derived(this.runningTasks.find(({ kind }) => kind === 'check') ?? null)
  readonly activeRun = $derived(this.activeRuns[0] ?? null)
  /** A run trains on every device: another one has to wait. */
  readonly isFull = $derived(this.activeRuns.length >= (this.info?.devices.length ?? 1))

  get abilities(): ShellAbilities {
    return this.client?.abilities ?? {}
  }

  /** Tries at once to bring a lost line back. */
  retry(): void {
    this.client?.retry?.()
  }

  readonly call: Call = (name, input) => {
    if (!this.client) return Promise.reject(new Error('The window is not connected to the core yet.'))
    return this.client.call(name, input)
  }

  /** Events for a state class; lives as long as the window. */
  onEvent(listener: (event: CoreEvent) => void): () => void {
    if (!this.client) throw new Error('onEvent before start')
    return this.client.onEvent(listener)
  }

  /** Something was missed (reconnection, gap): ask again for what is shown. */
  onAgain(listener: () => void): () => void {
    this.againListeners.add(listener)
    return () => this.againListeners.delete(listener)
  }

  /** Begins anew with an opened bundle in place of the home, or with the home (null). */
  lookAt(bundle: BundleInView | null, hash: string): void {
    rememberBundle(bundle)
    location.hash = hash
    location.reload()
  }

  start(line: Client, bundle: OpenedBundle | null = null): void {
    const client = bundle === null ? line : bundleClient(line, bundle.id)
    this.client = client
    this.bundle = bundle
    this.canRetry = client.retry !== undefined
    this.connection = 'open'
    client.onConnection((state) => {
      if (state !== 'again') this.connection = state
      else {
        this.ask()
        for (const listener of this.againListeners) listener()
      }
    })
    client.onEvent((event) => this.take(event))
    this.ask()
  }

  private ask(): void {
    const failed = (error: unknown): void => toasts.error(error)
    this.call('app.info', {}).then((info) => {
      if (this.info?.processId !== info.processId) this.tellOfStart(info.startNotes)
      this.info = info
      this.seeDatabase(info.databaseCheck)
    }, failed)
    this.askTasks().catch(failed)
    this.askActive().catch(failed)
    this.call('engine.report', {}).then(
      (engine) => {
        this.engine = engine
        this.engineError = null
      },
      (error: unknown) => (this.engineError = toWireError(error)),
    )
  }

  private tellOfStart(notes: readonly string[]): void {
    const lead = `${plural(notes.length, 'note')} of what this start found.`
    toasts.sayAll(notes, lead, () => (this.startNotesOpen = true))
  }

  /** Of thousands of runs, only those that train are of interest here. */
  private async askActive(): Promise<void> {
    const told = (this.toldRuns = plainMap<number, Run | null>())
    const { ids } = await this.call('history.find', { query: `state:${activeRunStates.join(',')}` })
    const found = await Promise.all([...unpackUint32(ids)].map((id) => this.call('runs.get', { id })))
    if (told !== this.toldRuns) return
    this.toldRuns = null
    // one may have ended since it was found
    this.activeRuns = [...found.filter(({ id }) => !told.has(id)), ...told.values()]
      .filter((run) => run !== null)
      .filter(({ state }) => activeRunStates.includes(state))
      .sort((a, b) => a.id - b.id)
  }

  private async askTasks(): Promise<void> {
    const told = (this.toldTasks = plainMap<number, Task>())
    const tasks = await this.call('tasks.list', {})
    if (told !== this.toldTasks) return
    this.toldTasks = null
    this.tasks = [...tasks.filter(({ id }) => !told.has(id)), ...told.values()].sort((a, b) => a.id - b.id)
  }

  private seeDatabase(check: DatabaseCheck): void {
    this.databaseCheck = check
    if (check.state === 'damaged' && check.error !== null) toasts.error(fromWireError(check.error))
  }

  private take(event: CoreEvent): void {
    if (event.type === 'database-checked') this.seeDatabase(event.check)
    else if (event.type === 'task') {
      this.toldTasks?.set(event.task.id, event.task)
      const others = this.tasks.filter((task) => task.id !== event.task.id)
      this.tasks = [...others, event.task].sort((a, b) => a.id - b.id)
    } else if (event.type === 'run') {
      this.toldRuns?.set(event.run.id, event.run)
      const others = this.activeRuns.filter(({ id }) => id !== event.run.id)
      this.activeRuns = activeRunStates.includes(event.run.state)
        ? [...others, event.run].sort((a, b) => a.id - b.id)
        : others
    } else if (event.type === 'run-deleted') {
      this.toldRuns?.set(event.runId, null)
      this.activeRuns = this.activeRuns.filter(({ id }) => id !== event.runId)
    } else if (event.type === 'settings-changed') {
      // other devices, it may be
      this.call('app.info', {}).then((info) => (this.info = info), toasts.error)
    }
  }

  cancelTask(id: number): void {
    this.call('tasks.cancel', { id }).catch((error: unknown) => toasts.error(error))
  }

  /** Takes a finished task off the screen; the core keeps nothing of it either. */
  dismissTask(id: number): void {
    this.tasks = this.tasks.filter((task) => task.id !== id)
  }
}

/** A bundle that is open to look at. */
export interface OpenedBundle extends Output<'exchange.opened'> {
  readonly id: number
}

export const app = new AppState()

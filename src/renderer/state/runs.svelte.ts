/** All runs, newest first, kept current by what the core pushes. */
import { toWireError, type WireError } from '../../contract/errors'
import type { CoreEvent } from '../../contract/events'
import { activeRunStates, type DamagedRun, type Run } from '../../contract/entities/run'
import { unpackBytes } from '../../contract/packed'
import { unpackSteps } from '../../domain/steps/step-block'
import { app } from './app.svelte'
import { toasts } from './toasts.svelte'

export class RunList {
  runs = $state.raw<readonly Run[]>([])
  /** Whose rows cannot be read any more. */
  damaged = $state.raw<readonly DamagedRun[]>([])
  loaded = $state(false)
  error = $state.raw<WireError | null>(null)
  active = $derived(this.runs.find((run) => activeRunStates.includes(run.state)) ?? null)
  /** Losses by run id, asked for when the run's row is seen. */
  losses = $state.raw<Readonly<Record<number, readonly number[]>>>({})
  /** How many steps a run had when its losses were asked for. */
  #asked: Readonly<Record<number, number>> = {}
  readonly #unsubscribe: (() => void)[] = []

  async open(): Promise<void> {
    this.#unsubscribe.push(
      app.onEvent((event) => this.#take(event)),
      app.onAgain(() => void this.#ask()),
    )
    await this.#ask()
  }

  close(): void {
    for (const stop of this.#unsubscribe.splice(0)) stop()
  }

  /** The losses of a run whose row came into view. Those of a run that trains grow with its events. */
  async wantLosses(run: Run): Promise<void> {
    const known = this.#asked[run.id]
    if (known !== undefined && (known === run.stepsDone || activeRunStates.includes(run.state))) return
    this.#asked = { ...this.#asked, [run.id]: run.stepsDone }
    try {
      const { blocks } = await app.call('runs.curves', { id: run.id, fromStep: 0 })
      const { losses } = unpackSteps(blocks.map((packed) => unpackBytes(packed)))
      this.losses = { ...this.losses, [run.id]: [...losses] }
    } catch (thrown) {
      // The row stays without its small curve; the next look asks again.
      this.#asked = Object.fromEntries(Object.entries(this.#asked).filter(([id]) => Number(id) !== run.id))
      toasts.error(thrown)
    }
  }

  async rename(id: number, name: string): Promise<boolean> {
    return toasts.attempt(async () => this.#put(await app.call('runs.rename', { id, name })))
  }

  async remove(id: number): Promise<WireError | null> {
    try {
      await app.call('runs.delete', { id })
      this.#forget(id)
      return null
    } catch (thrown) {
      return toWireError(thrown)
    }
  }

  async #ask(): Promise<void> {
    try {
      this.runs = [...(await app.call('runs.list', {}))].sort(newestFirst)
      this.damaged = await app.call('runs.damaged', {})
      this.error = null
    } catch (thrown) {
      this.error = toWireError(thrown)
    }
    this.loaded = true
  }

  #take(event: CoreEvent): void {
    if (event.type === 'run') this.#put(event.run)
    else if (event.type === 'run-deleted') this.#forget(event.runId)
    else if (event.type === 'run-steps') this.#grow(event.runId, event.steps)
  }

  #grow(runId: number, steps: readonly { readonly stepIndex: number; readonly loss: number }[]): void {
    const known = this.losses[runId]
    const fresh = known === undefined ? [] : steps.filter((step) => step.stepIndex >= known.length)
    if (known === undefined || fresh.length === 0) return
    this.losses = { ...this.losses, [runId]: [...known, ...fresh.map((step) => step.loss)] }
  }

  #forget(id: number): void {
    this.runs = this.runs.filter((run) => run.id !== id)
    this.damaged = this.damaged.filter((run) => run.id !== id)
  }

  #put(run: Run): void {
    const others = this.runs.filter((other) => other.id !== run.id)
    this.runs = [...others, run].sort(newestFirst)
  }
}

function newestFirst(a: Run, b: Run): number {
  return b.createdAtMs - a.createdAtMs || b.id - a.id
}

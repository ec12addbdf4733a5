/** Runs of other programs that were taken in, and the curves of the one in hand. */
import { SvelteMap } from 'svelte/reactivity'
import type { Output } from '../../../contract/endpoints'
import type { OtherRun } from '../../../contract/entities/other-run'
import { app } from '../app.svelte'
import { toasts } from '../toasts.svelte'

const shownPoints = 400
const shownMetrics = 12

export class OtherRuns {
  runs: readonly OtherRun[] = $state.raw([])
  inHand: OtherRun | null = $state.raw(null)
  /** By metric. */
  readonly curves = new SvelteMap<string, Output<'exchange.otherCurve'>>()
  #stop = (): void => undefined

  open(): void {
    this.#stop = app.onEvent((event) => {
      if (event.type === 'other-runs-changed') void this.#list()
    })
    void this.#list()
  }

  close(): void {
    this.#stop()
  }

  /** Closes it where it is open. */
  async show(run: OtherRun): Promise<void> {
    const isOpen = this.inHand?.id === run.id
    this.inHand = isOpen ? null : run
    this.curves.clear()
    if (isOpen) return
    await toasts.attempt(async () => {
      for (const { name } of run.metrics.slice(0, shownMetrics)) {
        const curve = await app.call('exchange.otherCurve', { id: run.id, name, most: shownPoints })
        if (this.inHand?.id === run.id) this.curves.set(name, curve)
      }
    })
  }

  async remove(id: number): Promise<void> {
    if (this.inHand?.id === id) this.inHand = null
    await toasts.attempt(() => app.call('exchange.deleteOther', { id }))
  }

  async #list(): Promise<void> {
    await toasts.attempt(async () => {
      this.runs = await app.call('exchange.others', {})
    })
  }
}

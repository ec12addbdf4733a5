/** Losses of the runs whose rows are in sight, for the small curves of lists. */
import { unpackBytes } from '../../../contract/packed'
import { unpackSteps } from '../../../domain/steps/step-block'
import { app } from '../app.svelte'
import { plainMap } from '../plain-map'
import { toasts } from '../toasts.svelte'

/** Rows that only pass by are not asked for, ms. */
const restMs = 250
/** Curves that are kept: more than a screen shows. */
const mostKept = 200

export class Losses {
  byRun = $state.raw<Readonly<Record<number, readonly number[]>>>({})
  readonly #known = plainMap<number, { readonly stamp: string; readonly losses: readonly number[] }>()
  #timer: ReturnType<typeof setTimeout> | undefined

  /** `stamp`: another one where the run has other steps. */
  want(runs: readonly { readonly id: number; readonly stamp: string }[]): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#ask(runs), restMs)
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  async #ask(runs: readonly { readonly id: number; readonly stamp: string }[]): Promise<void> {
    const missing = runs.filter(({ id, stamp }) => this.#known.get(id)?.stamp !== stamp)
    if (missing.length === 0) return
    await toasts.attempt(async () => {
      for (const { id, stamp } of missing) {
        const { blocks } = await app.call('runs.curves', { id, fromStep: 0 })
        const { losses } = unpackSteps(blocks.map((packed) => unpackBytes(packed)))
        this.#known.delete(id)
        this.#known.set(id, { stamp, losses: [...losses] })
      }
    })
    for (const id of [...this.#known.keys()].slice(0, -mostKept)) this.#known.delete(id)
    this.byRun = Object.fromEntries([...this.#known].map(([id, { losses }]) => [id, losses]))
  }
}

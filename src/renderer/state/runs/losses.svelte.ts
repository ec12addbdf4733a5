/** Losses of the runs whose rows are in sight, for the small curves of lists. */
import { unpackBytes } from '../../../contract/packed'
import { unpackSteps } from '../../../domain/steps/step-block'
import { ourCurve } from '../../../domain/our-curve'
import { app } from '../app.svelte'
import { plainMap } from '../plain-map'
import { toasts } from '../toasts.svelte'

/** Rows that only pass by are not asked for, ms. */
const restMs = 250
/** Of one that is drawn a finger wide. */
const mostPoints = 400
/** Curves that are kept: more than a screen shows. */
const mostKept = 200

interface Wanted {
  readonly id: number
  readonly isImported: boolean
  readonly stamp: string
}

export class Losses {
  byRun = $state.raw<Readonly<Record<number, readonly number[]>>>({})
  readonly #known = plainMap<number, { readonly stamp: string; readonly losses: readonly number[] }>()
  #timer: ReturnType<typeof setTimeout> | undefined

  /** `stamp`: another one where the run has other steps. */
  want(runs: readonly Wanted[]): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#ask(runs), restMs)
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  async #ask(runs: readonly Wanted[]): Promise<void> {
    const missing = runs.filter(({ id, stamp }) => this.#known.get(id)?.stamp !== stamp)
    if (missing.length === 0) return
    await toasts.attempt(async () => {
      for (const { id, stamp, isImported } of missing) {
        const losses = isImported ? await loggedLosses(id) : await ownLosses(id)
        this.#known.delete(id)
        this.#known.set(id, { stamp, losses: Array.from(losses) })
      }
    })
    for (const id of [...this.#known.keys()].slice(0, -mostKept)) this.#known.delete(id)
    this.byRun = Object.fromEntries([...this.#known].map(([id, { losses }]) => [id, losses]))
  }
}

async function ownLosses(id: number): Promise<ArrayLike<number>> {
  const { blocks } = await app.call('runs.curves', { id, fromStep: 0 })
  return unpackSteps(blocks.map((packed) => unpackBytes(packed))).losses
}

/** Of another program; none where it has not logged any. */
async function loggedLosses(id: number): Promise<readonly number[]> {
  const { metrics } = await app.call('exchange.other', { id })
  const loss = metrics.find(({ name }) => ourCurve(name) === 'loss train')
  if (loss === undefined) return []
  return (await app.call('exchange.otherCurve', { id, name: loss.name, most: mostPoints })).values
}

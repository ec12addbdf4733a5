/** Several runs compared, the images that a query finds among theirs, and what led to them. */
import { toWireError, type WireError } from '../../../contract/errors'
import type { Lineage, ManyImage, ManyRuns } from '../../../contract/entities/many-runs'
import type { RunRow } from '../../../contract/entities/run-list'
import { app } from '../app.svelte'

const pageSize = 5000

export class ManyRunsView {
  runs = $state.raw<readonly RunRow[]>([])
  summary = $state.raw<ManyRuns | null>(null)
  lineage = $state.raw<Lineage | null>(null)
  images = $state.raw<readonly ManyImage[]>([])
  /** Why the runs are not known. */
  error = $state.raw<WireError | null>(null)
  /** Why they cannot be held to each other image by image: the rest is shown. */
  imagesError = $state.raw<WireError | null>(null)
  #turn = 0
  #page = 0

  async ask(ids: readonly number[]): Promise<void> {
    const mine = ++this.#turn
    this.error = this.imagesError = this.summary = this.lineage = null
    this.images = []
    try {
      const rows = await app.call('history.rows', { ids: [...ids] })
      const lineage = await app.call('many.lineage', { ids: [...ids] })
      if (mine !== this.#turn) return
      this.runs = ids.flatMap((id) => rows.find((row) => row.id === id) ?? [])
      this.lineage = lineage
    } catch (thrown) {
      if (mine === this.#turn) this.error = toWireError(thrown)
      return
    }
    try {
      const summary = await app.call('many.compare', { ids: [...ids] })
      if (mine === this.#turn) this.summary = summary
    } catch (thrown) {
      if (mine === this.#turn) this.imagesError = toWireError(thrown)
    }
  }

  async show(ids: readonly number[], query: string): Promise<void> {
    const mine = ++this.#page
    const found: ManyImage[] = []
    try {
      for (let total = 1; found.length < total;) {
        const page = { offset: found.length, limit: pageSize }
        const answer = await app.call('many.images', { ids: [...ids], query, ...page })
        if (mine !== this.#page) return
        total = answer.images.length === 0 ? 0 : answer.total
        found.push(...answer.images)
        this.images = [...found]
      }
    } catch (thrown) {
      if (mine === this.#page) this.imagesError = toWireError(thrown)
    }
  }
}

/** What a query about runs finds, as ids, and the rows that are in sight: of ten thousand runs no more is asked for. */
import { toWireError, type WireError } from '../../../contract/errors'
import type { CoreEvent } from '../../../contract/events'
import { activeRunStates, type DamagedRun, type RunState } from '../../../contract/entities/run'
import type { RunGroup, RunMarks, RunRow, RunsFound } from '../../../contract/entities/run-list'
import { unpackUint32 } from '../../../contract/packed'
import { app } from '../app.svelte'
import { plainMap } from '../plain-map'
import { toasts } from '../toasts.svelte'

export interface RunQuestion {
  readonly query: string
  /** A field, with a minus from the highest; '': newest first. */
  readonly sort: string
  readonly groupBy: string
}

/** Between two questions because of what the core pushed, ms: a training pushes at every step. */
const againAfterMs = 400
/** Rows that one call asks for. */
const firstRows = 40
const mostRows = 500

export class RunFinder {
  ids = $state.raw<Uint32Array>(new Uint32Array())
  groups = $state.raw<readonly RunGroup[]>([])
  counts = $state.raw({ total: 0, archived: 0, deleted: 0 })
  tags = $state.raw<RunsFound['tagCounts']>([])
  /** By id, of what was in sight. */
  rows = $state.raw<ReadonlyMap<number, RunRow>>(plainMap())
  /** Whose rows cannot be read any more. */
  damaged = $state.raw<readonly DamagedRun[]>([])
  loaded = $state(false)
  error = $state.raw<WireError | null>(null)
  #question: RunQuestion = { query: '', sort: '', groupBy: 'none' }
  #turn = 0
  #wanted: readonly number[] = []
  /** By run, the newest question about its row: only that may answer. */
  readonly #asked = plainMap<number, number>()
  #rowsQuestion = 0
  readonly #states = plainMap<number, RunState>()
  #again: ReturnType<typeof setTimeout> | undefined
  readonly #unsubscribe: (() => void)[] = []

  open(): void {
    this.#unsubscribe.push(
      app.onEvent((event) => this.#take(event)),
      app.onAgain(() => void this.find(this.#question)),
    )
  }

  close(): void {
    clearTimeout(this.#again)
    for (const stop of this.#unsubscribe.splice(0)) stop()
  }

  async find(question: RunQuestion): Promise<void> {
    const mine = ++this.#turn
    this.#question = question
    try {
      const found = await app.call('history.find', question)
      if (mine !== this.#turn) return
      this.ids = unpackUint32(found.ids)
      this.groups = found.groups
      this.counts = { total: found.total, archived: found.archivedCount, deleted: found.deletedCount }
      this.tags = found.tagCounts
      this.error = null
    } catch (thrown) {
      if (mine !== this.#turn) return
      this.error = toWireError(thrown)
    }
    const isFirst = !this.loaded
    // What a screen shows at first, without waiting for it to say so.
    if (isFirst) this.#wanted = [...this.ids.slice(0, firstRows)]
    this.loaded = true
    this.#asked.clear()
    await this.#askRows()
    // It reads something of every run: not before the list is there.
    if (isFirst) await this.#askDamaged()
  }

  /** The rows that are in sight; those that are known are not asked for again until something changes. */
  want(ids: readonly number[]): void {
    this.#wanted = ids
    void this.#askRows()
  }

  async mark(ids: readonly number[], marks: RunMarks): Promise<boolean> {
    return toasts.attempt(() => app.call('history.mark', { ids: [...ids], marks }))
  }

  async rename(id: number, name: string): Promise<boolean> {
    return toasts.attempt(() => app.call('runs.rename', { id, name }))
  }

  /** Answers why it could not be done; null: it was. */
  async trash(ids: readonly number[], evenInUse: boolean): Promise<WireError | null> {
    try {
      await app.call('history.trash', { ids: [...ids], evenInUse })
      const what = ids.length === 1 ? 'The run was deleted.' : `${String(ids.length)} runs were deleted.`
      toasts.say(what, { label: 'Undo', run: () => void this.restore(ids) })
      return null
    } catch (thrown) {
      return toWireError(thrown)
    }
  }

  async restore(ids: readonly number[]): Promise<boolean> {
    return toasts.attempt(() => app.call('history.restore', { ids: [...ids] }))
  }

  /** For good; absent: the whole trash. */
  async purge(ids?: readonly number[]): Promise<WireError | null> {
    try {
      await app.call('history.purge', ids === undefined ? {} : { ids: [...ids] })
      return null
    } catch (thrown) {
      return toWireError(thrown)
    }
  }

  async removeDamaged(id: number): Promise<WireError | null> {
    try {
      await app.call('runs.delete', { id })
      this.damaged = this.damaged.filter((run) => run.id !== id)
      return null
    } catch (thrown) {
      return toWireError(thrown)
    }
  }

  async #askDamaged(): Promise<void> {
    await toasts.attempt(async () => {
      this.damaged = await app.call('runs.damaged', {})
    })
  }

  async #askRows(): Promise<void> {
    const missing = this.#wanted.filter((id) => !this.#asked.has(id)).slice(0, mostRows)
    if (missing.length === 0) return
    const question = ++this.#rowsQuestion
    for (const id of missing) this.#asked.set(id, question)
    const isNewest = (id: number): boolean => this.#asked.get(id) === question
    try {
      const rows = (await app.call('history.rows', { ids: missing })).filter(({ id }) => isNewest(id))
      for (const row of rows) this.#states.set(row.id, row.state)
      this.rows = plainMap([...this.rows, ...rows.map((row) => [row.id, row] as const)])
    } catch (thrown) {
      for (const id of missing.filter(isNewest)) this.#asked.delete(id)
      toasts.error(thrown)
    }
  }

  #take(event: CoreEvent): void {
    if (event.type === 'run') {
      const { id, state } = event.run
      // Of one that trains on, its figures change, and its place does not.
      const isSame = this.#states.get(id) === state && activeRunStates.includes(state)
      this.#states.set(id, state)
      this.#soon(isSame ? id : null)
    } else if (event.type === 'runs-changed' || event.type === 'run-deleted') this.#soon(null)
  }

  #onlyRow: number | null = null

  /** `id`: only its row. */
  #soon(id: number | null): void {
    if (this.#again !== undefined && this.#onlyRow !== id) this.#onlyRow = null
    else if (this.#again === undefined) this.#onlyRow = id
    this.#again ??= setTimeout(() => {
      this.#again = undefined
      const only = this.#onlyRow
      if (only === null) return void this.find(this.#question)
      this.#asked.delete(only)
      void this.#askRows()
    }, againAfterMs)
  }
}

/** Runs to choose from: the newest that a query finds, no more than a menu shows, and those that are named. Kept current. */
import { toWireError, type WireError } from '../../../contract/errors'
import type { CoreEvent } from '../../../contract/events'
import { activeRunStates, type RunState } from '../../../contract/entities/run'
import type { RunRow } from '../../../contract/entities/run-list'
import { unpackUint32 } from '../../../contract/packed'
import { runBefore, type Comparable } from '../../../domain/comparison/run-before'
import { printWord } from '../../../domain/query/print'
import { app } from '../app.svelte'
import { plainMap } from '../plain-map'
import { plainSet } from '../plain-set'

export const mostChoices = 100
/** Events in a row are answered once, ms. */
const againAfterMs = 200

export class RunChoices {
  /** Newest first. */
  runs = $state.raw<readonly RunRow[]>([])
  /** How many more the query finds. */
  more = $state(0)
  loaded = $state(false)
  error = $state.raw<WireError | null>(null)
  /** Those that were named and are not there. */
  missing = $state.raw<readonly number[]>([])
  readonly #named = plainSet<number>()
  /** As told last, also of runs that the query does not find. */
  readonly #states = plainMap<number, RunState>()
  #query: string
  #turn = 0
  #again: ReturnType<typeof setTimeout> | undefined
  readonly #unsubscribe: (() => void)[] = []

  constructor(query: string) {
    this.#query = query
  }

  async open(named: readonly number[] = []): Promise<void> {
    for (const id of named) this.#named.add(id)
    this.#unsubscribe.push(
      app.onEvent((event) => this.#take(event)),
      app.onAgain(() => void this.#ask()),
    )
    await this.#ask()
  }

  close(): void {
    clearTimeout(this.#again)
    for (const stop of this.#unsubscribe.splice(0)) stop()
  }

  async find(query: string): Promise<void> {
    this.#query = query
    await this.#ask()
  }

  /** Whether or not the query finds it. */
  want(id: number): void {
    void this.#name(id)
  }

  async #name(id: number): Promise<void> {
    if (this.#named.has(id)) return
    this.#named.add(id)
    // One that is listed already stays so where its place is taken by newer ones, or it is no longer found.
    if (this.loaded && !this.runs.some((run) => run.id === id)) await this.#ask()
  }

  /** What it is compared with is among the choices. */
  async wantBefore(run: OneRun): Promise<void> {
    if (this.more === 0) return
    const before = await idBefore(run)
    if (before !== null) await this.#name(before)
  }

  async #ask(): Promise<void> {
    const mine = ++this.#turn
    try {
      const ids = unpackUint32((await app.call('history.find', { query: this.#query })).ids)
      const wanted = plainSet([...ids.slice(0, mostChoices), ...this.#named])
      const rows = await app.call('history.rows', { ids: [...wanted] })
      if (mine !== this.#turn) return
      for (const { id, state } of rows) this.#states.set(id, state)
      this.runs = rows.filter(({ deletedAtMs }) => deletedAtMs === null).sort(newestFirst)
      this.missing = [...this.#named].filter((id) => !this.runs.some((run) => run.id === id))
      this.more = Math.max(0, ids.length - mostChoices)
      this.error = null
    } catch (thrown) {
      if (mine !== this.#turn) return
      this.error = toWireError(thrown)
    }
    this.loaded = true
  }

  #take(event: CoreEvent): void {
    const isNews =
      event.type === 'run'
        ? !this.#trainsOn(event.run)
        : event.type === 'runs-changed' || event.type === 'run-deleted'
    if (!isNews) return
    this.#again ??= setTimeout(() => {
      this.#again = undefined
      void this.#ask()
    }, againAfterMs)
  }

  /** Then only figures change that no menu shows. */
  #trainsOn({ id, state }: Pick<RunRow, 'id' | 'state'>): boolean {
    const before = this.#states.get(id)
    this.#states.set(id, state)
    return before !== undefined && activeRunStates.includes(before) && activeRunStates.includes(state)
  }
}

/** That have results. */
export const evaluatedRuns = 'mistakes>=0'

const rowsAtOnce = 50

type OneRun = Omit<Comparable, 'isInUse' | 'wrongCount'> & Pick<RunRow, 'datasetName'>

/** As `runBefore` of all runs. */
export async function idBefore(run: OneRun): Promise<number | null> {
  const find = async (query: string): Promise<readonly number[]> => {
    const { ids } = await app.call('history.find', { query: `${evaluatedRuns} ${query}`, sort: '-id' })
    return [...unpackUint32(ids)]
  }
  const older = `id<${String(run.id)} ${printWord('dataset', run.datasetName)}`
  const [first, earlier] = await Promise.all([
    Promise.all([run.again === null ? [] : find(`id:${String(run.again.id)}`), find(`is:in-use ${older}`)]),
    find(older),
  ])
  // page by page: a name may be some of another's, so that other datasets' runs may come first
  for (let from = 0; from === 0 || from < earlier.length; from += rowsAtOnce) {
    const ids = [...plainSet([...first.flat(), ...earlier.slice(from, from + rowsAtOnce)])]
    const rows = ids.length === 0 ? [] : await app.call('history.rows', { ids })
    const before = runBefore(rows, run)
    if (before !== null) return before.id
  }
  return null
}

function newestFirst(a: RunRow, b: RunRow): number {
  return b.createdAtMs - a.createdAtMs || b.id - a.id
}

/** What a log of another program says of one run. */
import { WorkbenchError } from '../../../contract/errors'
import type { OtherProgram, OtherState } from '../../../contract/entities/other-run'

export interface FoundRun {
  readonly program: OtherProgram
  readonly name: string
  /** Of the file or folder. */
  readonly path: string
  readonly startedAtMs: number | null
  readonly endedAtMs: number | null
  readonly state: OtherState
  readonly settings: readonly (readonly [name: string, value: string])[]
  readonly tags: readonly (readonly [name: string, value: string])[]
  readonly metrics: ReadonlyMap<string, PointList>
}

/** Points of all metrics of an import together: 24 bytes each. */
const mostPoints = 5_000_000
const mostMetrics = 10_000
const mostNameLetters = 500

/** Growing columns. */
export class PointList {
  #values = new Float64Array(3 * 64)
  count = 0

  add(step: number, value: number, atMs: number): void {
    if (3 * this.count === this.#values.length) {
      const larger = new Float64Array(this.#values.length * 2)
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values.set([step, value, atMs], 3 * this.count++)
  }

  /** [count, 3]: step, value, time (ms; NaN where it is not known), by step; the last of one step counts. */
  sorted(): Float64Array {
    const values = this.#values
    const stepAt = (index: number): number => values[3 * index] ?? 0
    const order = Uint32Array.from({ length: this.count }, (_, index) => index)
    let isSorted = true
    for (let index = 1; index < this.count && isSorted; index++) isSorted = stepAt(index - 1) < stepAt(index)
    if (!isSorted) order.sort((a, b) => stepAt(a) - stepAt(b) || a - b)
    const kept = order.filter(
      (index, at) => at + 1 === order.length || stepAt(order[at + 1] ?? 0) !== stepAt(index),
    )
    const all = new Float64Array(3 * kept.length)
    kept.forEach((index, at) => all.set(values.subarray(3 * index, 3 * index + 3), 3 * at))
    return all
  }
}

export class Metrics {
  readonly lists = new Map<string, PointList>()
  #count = 0

  constructor(private readonly path: string) {}

  /** What is not finite is left out: a curve has no place for it. Throws 'bad-input' where there are too many. */
  add(name: string, step: number, value: number, atMs: number): void {
    if (!Number.isFinite(value) || !Number.isFinite(step) || name === '') return
    const known = name.slice(0, mostNameLetters)
    let list = this.lists.get(known)
    if (list === undefined) {
      if (this.lists.size >= mostMetrics) throw damaged(this.path, `it has more than ${mostMetrics} metrics`)
      this.lists.set(known, (list = new PointList()))
    }
    if (++this.#count > mostPoints) throw damaged(this.path, `it has more than ${mostPoints} values`)
    list.add(step, value, atMs)
  }
}

export function damaged(path: string, reason: string, cause?: unknown): WorkbenchError {
  return new WorkbenchError(
    'bad-input',
    `${path} cannot be read as the log of a run: ${reason.replace(/[\p{Cc}\p{Cf}]/gu, '?').slice(0, 500)}.`,
    'Nothing of it was kept. Write it again, or leave it out.',
    { cause },
  )
}

import type { Points } from './paths'

export interface Series extends Points {
  readonly key: string
  /** line: the subject; second: beside it, in ink; faint: behind it; dashed: to come. */
  readonly look: 'line' | 'second' | 'faint' | 'dashed'
  /** Each value holds until the next one. */
  readonly stairs?: boolean
  readonly dots?: boolean
}

/** Least and greatest around each x. */
export interface Band {
  readonly xs: readonly number[]
  readonly low: readonly number[]
  readonly high: readonly number[]
}

/** What the cross-hair says at a step, and where its dots lie. */
export interface Readout {
  readonly text: string
  readonly marks: readonly { readonly value: number; readonly second?: boolean }[]
}

import type { Output } from './text/output'

/** What every command gets. */
export interface CliContext {
  readonly homePath: string
  /** The built src/main/trainer/child.ts. */
  readonly trainerPath: string
  /** The built interface. */
  readonly rendererPath: string
  readonly output: Output
  /** Ctrl-C (or a request to end) from now on; the answer takes the listener away. The listener gets 1, 2, … */
  onInterrupt(listener: (times: number) => void): () => void
}

/** Runs a command's work once everything given has been checked. */
export type Start = (work: (context: CliContext) => Promise<number>) => Promise<void>

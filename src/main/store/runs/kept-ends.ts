/**
 * Ends of runs that could not be written, e.g. on a full disk: kept in memory and shown in the place of what the row says, so that a run that has
 * ended is nowhere taken for one that trains.
 */
import type { Run } from '../../../contract/entities/run'
import type { Db } from '../statement'

export interface KeptEnd {
  /** What the run shows until the end is written. */
  readonly shown: Pick<Run, 'state' | 'endedAtMs' | 'error'>
  /** Writes the end, whole; throws where that cannot be done. */
  save(): void
}

const kept = new WeakMap<Db, Map<number, KeptEnd>>()

export function keepEnd(db: Db, runId: number, end: KeptEnd): void {
  const ends = kept.get(db) ?? new Map<number, KeptEnd>()
  kept.set(db, ends.set(runId, end))
}

/** The run goes on, was deleted, or its end was written. */
export function forgetEnd(db: Db, runId: number): void {
  kept.get(db)?.delete(runId)
}

/** By run id. */
export function keptEnds(db: Db): ReadonlyMap<number, KeptEnd> {
  return kept.get(db) ?? new Map<number, KeptEnd>()
}

export function withKeptEnd(db: Db, run: Run): Run {
  return { ...run, ...kept.get(db)?.get(run.id)?.shown }
}

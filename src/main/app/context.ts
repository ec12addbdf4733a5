/** What services share. Made in host/compose.ts, the only wiring. */
import type { CoreEvent, DatabaseCheck } from '../../contract/events'
import type { Clock } from './clock'
import type { InOrder } from './in-order'
import type { HomePaths } from '../host/paths'
import type { CheckpointBytes } from '../store/checkpoints/checkpoint-bytes'
import type { Store } from '../store/home/open'
import type { Tasks } from '../tasks/tasks'

export interface ServiceContext {
  readonly paths: HomePaths
  readonly db: Store['db']
  /** Their bytes; what they are is in `db`. */
  readonly checkpoints: CheckpointBytes
  readonly clock: Clock
  /** What comes with the workbench, see host/resources.ts. */
  readonly resourcesPath: string
  /** Where published weights are downloaded from; ends with a slash. */
  readonly modelsAddress: string
  /** The built trainer, see trainer/child.ts. */
  readonly trainerPath: string
  /** What a trainer is started with, see engine/environment.ts. */
  readonly trainerEnvironment: NodeJS.ProcessEnv
  readonly tasks: Tasks
  /**
   * By dataset: what changes its labels or makes a version of it, one after the other. So an undo is of the correction that was asked for before it, also
   * where that takes its time.
   */
  readonly ordered: InOrder
  /** How far the look through the database is. */
  databaseCheck(): DatabaseCheck
  /** What the start found: interrupted runs, dropped checkpoints. */
  readonly startNotes: readonly string[]
  emit(event: CoreEvent): void
}

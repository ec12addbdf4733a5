/** Watches for ends of runs, and tells of them; what cannot be told stands in the run's log. */
import type { SequencedEvent } from '../../contract/events'
import { activeRunStates, type Run, type RunState } from '../../contract/entities/run'
import type { NoticeKind } from '../../contract/entities/settings'
import type { ServiceContext } from '../app/context'
import { findRun } from '../store/runs/find-runs'
import { insertLog } from '../store/runs/metrics'
import { findRunName } from '../store/runs/runs'
import type { SettingsService } from './settings'
import { tellRun } from './tell-run'

const kinds: Partial<Record<RunState, NoticeKind>> = {
  done: 'done',
  stopped: 'done',
  failed: 'failed',
  interrupted: 'needs-you',
}

/** `interruptedIds`: of runs whose core ended before it could tell, as in a power cut. */
export function watchRunEnds(
  { db, clock, emit }: Pick<ServiceContext, 'db' | 'clock' | 'emit'>,
  settings: Pick<SettingsService, 'now'>,
  subscribe: (listener: (event: SequencedEvent) => void) => () => void,
  interruptedIds: readonly number[] = [],
): void {
  const active = new Set<number>()
  subscribe(({ event }) => {
    if (event.type !== 'run') return
    const { id, state } = event.run
    if (activeRunStates.includes(state)) active.add(id)
    else if (active.delete(id)) void tell(event.run)
  })

  for (const id of interruptedIds) {
    // a damaged one is told of among the damaged: the core opens all the same
    const run = findRun(db, id)
    if (run !== null) void tell(run)
  }

  async function tell(run: Run): Promise<void> {
    const kind = kinds[run.state]
    const { notices } = settings.now()
    if (kind === undefined || !notices.kinds.includes(kind)) return
    const { id, name, datasetName, state, accuracy, error } = run
    const problems = await tellRun(notices, {
      ...{ id, name, datasetName, state, kind },
      ...{ accuracy: accuracy?.value ?? null, error: error?.message ?? null },
    })
    for (const text of problems) {
      if (!db.open || findRunName(db, id) === null) return
      const line = { atMs: clock(), kind: 'warn', text } as const
      insertLog(db, id, line)
      emit({ type: 'run-log', runId: id, line })
    }
  }
}

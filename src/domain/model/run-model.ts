/** Ids of models that are checkpoints of runs: run:12 (the last one), run:12@last, run:12@best, run:12@400 (after that step). Pure. */
export type WhichCheckpoint = 'last' | 'best' | number

export interface RunModel {
  readonly runId: number
  readonly which: WhichCheckpoint
}

/** null where it is the id of another model. */
export function runModelOf(id: string): RunModel | null {
  const [, run, which = 'last'] = /^run:(\d{1,15})(?:@(last|best|\d{1,15}))?$/.exec(id) ?? []
  if (run === undefined) return null
  return { runId: Number(run), which: which === 'last' || which === 'best' ? which : Number(which) }
}

/** Behind the name of the run: '', ', best checkpoint', ', step 400'. */
export function checkpointWords(which: WhichCheckpoint): string {
  if (which === 'last') return ''
  return which === 'best' ? ', best checkpoint' : `, step ${String(which)}`
}

/** The words in front of "@best", "@last" or "@400", and those; without them, of the last. */
export function splitWhich(wanted: string): { readonly name: string; readonly which: string } {
  const [, name = wanted, which = ''] = /^(.+)(@(?:last|best|\d{1,15}))$/s.exec(wanted) ?? []
  return { name, which }
}

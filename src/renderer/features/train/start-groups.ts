/** What a training can start from, by where it comes from: what is here and whole, and what was chosen all the same. Pure. */
import type { ModelEntry } from '../../../contract/entities/model'

export interface StartGroup {
  readonly title: string
  readonly models: readonly ModelEntry[]
  /** How many more there are. */
  readonly hidden: number
}

const titles = {
  embedded: 'Embedded',
  run: 'Your runs',
  file: 'Files',
  published: 'Published, downloaded',
} as const
/** Of each origin; the chosen one is shown beyond it. */
const shownAtMost = 4

/** `all`: shows every one. `chosen` is among the shown in any case, and so are the models in use. */
export function startGroups(
  models: readonly ModelEntry[],
  chosen: string | null,
  all: boolean,
  inUse: readonly ModelEntry[] = [],
): StartGroup[] {
  const groups: StartGroup[] = inUse.length > 0 ? [{ title: 'In use', models: inUse, hidden: 0 }] : []
  for (const origin of ['embedded', 'run', 'file', 'published'] as const) {
    const ready = models.filter((model) => model.origin === origin && model.state === 'ready')
    // The newest runs first: a run's number grows.
    if (origin === 'run') ready.sort((a, b) => (b.runId ?? 0) - (a.runId ?? 0))
    const shown = ready.filter((model, index) => all || index < shownAtMost || model.id === chosen)
    if (ready.length > 0)
      groups.push({ title: titles[origin], models: shown, hidden: ready.length - shown.length })
  }
  return groups
}

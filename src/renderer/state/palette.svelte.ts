/** What the command palette can find: screens, datasets, runs, actions. */
import type { Run } from '../../contract/entities/run'
import { go } from '../router.svelte'
import { hrefTo, screenNames, screens } from '../routes'
import { app } from './app.svelte'
import { datasets } from './datasets.svelte'
import { theme } from './theme.svelte'
import { toasts } from './toasts.svelte'

export interface Command {
  readonly name: string
  /** What it is, at the right. */
  readonly kind: string
  run(): void
}

const shownAtMost = 40

class Palette {
  private runs: readonly Run[] = $state.raw([])

  private readonly all: readonly Command[] = $derived([
    ...screens.map((screen): Command => ({
      name: screenNames[screen],
      kind: 'Screen',
      run: () => go(hrefTo(screen)),
    })),
    { name: 'Add a dataset', kind: 'Action', run: () => go(hrefTo('datasets', null, { add: true })) },
    { name: 'Add a model from a file', kind: 'Action', run: () => go(hrefTo('models', null, { add: true })) },
    { name: 'Switch between dark and light', kind: 'Action', run: () => theme.toggle() },
    ...(app.activeRun ? [openRun(app.activeRun, 'Trains now')] : []),
    ...datasets.list.flatMap((dataset): Command[] => [
      { name: `Open ${dataset.name}`, kind: 'Dataset', run: () => go(hrefTo('datasets', dataset.id)) },
      {
        name: `Train on ${dataset.name}`,
        kind: 'Action',
        run: () => go(hrefTo('train', null, { dataset: dataset.id })),
      },
    ]),
    ...this.runs.flatMap((run): Command[] => [
      openRun(run, 'Run'),
      ...(run.wrongCount === null
        ? []
        : [
            {
              name: `Mistakes of ${run.name}`,
              kind: `${run.wrongCount} images`,
              run: () => go(hrefTo('mistakes', run.id)),
            },
          ]),
    ]),
  ])

  load(): void {
    app.call('runs.list', {}).then(
      (runs) => (this.runs = runs),
      (error: unknown) => toasts.error(error),
    )
  }

  /** Every word of `text` must be in the name; names that begin with it come first. */
  find(text: string, more: readonly Command[]): readonly Command[] {
    const words = text
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '')
    const names = (command: Command): string => command.name.toLowerCase()
    const first = words[0] ?? ''
    return [...this.all, ...more]
      .filter((command) => words.every((word) => names(command).includes(word)))
      .sort((a, b) => Number(names(b).startsWith(first)) - Number(names(a).startsWith(first)))
      .slice(0, shownAtMost)
  }
}

function openRun(run: Run, kind: string): Command {
  return { name: `Open ${run.name}`, kind, run: () => go(hrefTo('runs', run.id)) }
}

export const palette = new Palette()

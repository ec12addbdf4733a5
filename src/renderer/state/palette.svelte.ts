/** What the command palette can find: screens, datasets, runs, actions. */
import type { Place } from '../../contract/endpoints'
import { unpackUint32 } from '../../contract/packed'
import type { Run } from '../../contract/entities/run'
import type { RunRow } from '../../contract/entities/run-list'
import { printWord } from '../../domain/query/print'
import { go } from '../router.svelte'
import { hrefTo, screenNames, screens } from '../routes'
import { app, type OpenedBundle } from './app.svelte'
import { chooseBundle } from './bundles'
import { datasets } from './datasets/datasets.svelte'
import { imports } from './datasets/imports.svelte'
import { inView } from './in-view.svelte'
import { theme } from './theme.svelte'
import { toasts } from './toasts.svelte'

export interface Command {
  readonly name: string
  /** What it is, at the right. */
  readonly kind: string
  run(): void
}

const shownAtMost = 40
const switchTheme: Command = {
  name: 'Switch between dark and light',
  kind: 'Action',
  run: () => theme.toggle(),
}
const openABundle: Command = {
  name: 'Open a bundle read-only',
  kind: 'Action',
  run: () => void chooseBundle(),
}

class Palette {
  private turn = 0
  private runs: readonly RunRow[] = $state.raw([])

  private readonly all: readonly Command[] = $derived(
    app.bundle === null ? this.inHome() : this.inBundle(app.bundle),
  )

  private inBundle({ runId, runName }: OpenedBundle): readonly Command[] {
    return [
      { name: `Open ${runName}`, kind: 'Run', run: () => go(hrefTo('runs', runId)) },
      { name: `Mistakes of ${runName}`, kind: 'Run', run: () => go(hrefTo('mistakes', runId)) },
      openABundle,
      switchTheme,
    ]
  }

  private inHome(): readonly Command[] {
    return [
      ...screens.map((screen): Command => ({
        name: screenNames[screen],
        kind: 'Screen',
        run: () => go(hrefTo(screen)),
      })),
      { name: 'Open a folder of images', kind: 'Action', run: () => void imports.choose() },
      {
        name: 'Add a model from a file',
        kind: 'Action',
        run: () => go(hrefTo('models', null, { add: true })),
      },
      { name: 'Start a rating', kind: 'Action', run: () => go(hrefTo('ratings', null, { new: true })) },
      { name: 'Deleted runs', kind: 'Screen', run: () => go(hrefTo('runs', null, { q: 'is:deleted' })) },
      openABundle,
      switchTheme,
      ...(inView.canReveal ? revealCommands(inView.place) : []),
      ...app.activeRuns.map((run) => openRun(run, 'Training now')),
      ...datasets.list.flatMap((dataset): Command[] => [
        { name: `Open ${dataset.name}`, kind: 'Dataset', run: () => go(hrefTo('datasets', dataset.id)) },
        {
          name: `Check ${dataset.name}`,
          kind: 'Dataset',
          run: () => go(hrefTo('datasets', dataset.id, { check: true })),
        },
        {
          name: `Map of ${dataset.name}`,
          kind: 'Dataset',
          run: () => go(hrefTo('datasets', dataset.id, { map: true })),
        },
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
    ]
  }

  load(): void {
    this.ask('').catch((error: unknown) => toasts.error(error))
  }

  /** The runs that the words find, the newest; of thousands, the list has a few. */
  look(text: string): void {
    this.ask(text).catch((error: unknown) => toasts.error(error))
  }

  private async ask(text: string): Promise<void> {
    const mine = ++this.turn
    const words = text.split(/\s+/).filter((word) => word !== '')
    const query = words.map((word) => printWord('name', word)).join(' ')
    const { ids } = await app.call('history.find', { query })
    const rows = await app.call('history.rows', { ids: [...unpackUint32(ids).slice(0, shownAtMost)] })
    if (mine === this.turn) this.runs = rows
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

function revealCommands(place: Place | null): Command[] {
  const home: Place = { kind: 'home' }
  const command = (name: string, what: Place): Command => ({
    name: `Show ${name} in the file manager`,
    kind: 'Action',
    run: () => void inView.reveal(what),
  })
  return [...(place === null ? [] : [command(`the ${place.kind}`, place)]), command('the home folder', home)]
}

function openRun(run: Pick<Run, 'id' | 'name'>, kind: string): Command {
  return { name: `Open ${run.name}`, kind, run: () => go(hrefTo('runs', run.id)) }
}

export const palette = new Palette()

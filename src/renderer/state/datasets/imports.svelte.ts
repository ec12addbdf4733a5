/** Bringing images in: which folder, the import itself, and what becomes of it. */
import { toWireError, type WireError } from '../../../contract/errors'
import {
  defaultSplitOptions,
  type FolderChoice,
  type SplitOptions,
  type TableColumns,
} from '../../../contract/entities/dataset'
import type { Task } from '../../../contract/events'
import { go, route } from '../../router.svelte'
import { hrefTo } from '../../routes'
import { app } from '../app.svelte'
import { whenTaskEnds } from '../task-end'
import { toasts } from '../toasts.svelte'

/** What an import is asked for with. */
export interface ImportRequest {
  readonly path: string
  readonly name: string
  readonly split: SplitOptions
  /** null: as the folders are recognized. */
  readonly folders: FolderChoice | null
  /** null: as the columns are recognized. */
  readonly columns: TableColumns | null
}

/** What the import dialog begins with. */
interface Asked {
  readonly request: ImportRequest
  /** A word about it; '' where there is none. */
  readonly note: string
  /** Why the import ended: its folders can be read in two ways. */
  readonly question: WireError | null
}

const nothing: ImportRequest = {
  path: '',
  name: '',
  split: defaultSplitOptions,
  folders: null,
  columns: null,
}

class Imports {
  asked: Asked = $state.raw({ request: nothing, note: '', question: null })

  /** Imports and samples that run, failed, or have just been done. */
  readonly tasks: readonly Task[] = $derived(
    app.tasks.filter(
      ({ kind, state }) =>
        (kind === 'import' || kind === 'sample') && (state === 'running' || state === 'failed'),
    ),
  )

  /** Electron asks with its own dialog; a browser has a path field. Then the import dialog, wherever the window is. */
  async choose(): Promise<void> {
    const path = app.abilities.chooseFolder ? await app.abilities.chooseFolder() : ''
    if (path !== null) this.ask(path, '')
  }

  /** Opens the import dialog with this path in it. */
  ask(path: string, note: string): void {
    this.open({ request: { ...nothing, path }, note, question: null })
  }

  private open(asked: Asked): void {
    this.asked = asked
    const here = route.screen === 'datasets' ? route : { id: null, query: {} }
    go(hrefTo('datasets', here.id, { ...here.query, add: true }))
  }

  async begin(request: ImportRequest): Promise<WireError | null> {
    const { folders, columns, ...rest } = request
    try {
      const { taskId } = await app.call('datasets.import', {
        ...rest,
        ...(folders !== null && { folders }),
        ...(columns !== null && { columns }),
      })
      this.follow(taskId, request)
      return null
    } catch (error) {
      return toWireError(error)
    }
  }

  async sample(): Promise<void> {
    try {
      this.follow((await app.call('datasets.importSample', {})).taskId)
    } catch (error) {
      toasts.error(error)
    }
  }

  /** Whether the user is where imports are seen, and types nothing for another one. */
  private get waits(): boolean {
    return route.screen === 'datasets' && route.id === null && route.query['add'] === undefined
  }

  /** Opens the dataset when it is there, or the dialog with the question that the import has, if the user still waits for it. */
  private follow(taskId: number, request: ImportRequest | null = null): void {
    whenTaskEnds(taskId, ({ state, label, resultId, error }) => {
      if (request !== null && error?.code === 'layout-unclear') this.askBack(taskId, request, error)
      if (state !== 'done' || resultId === null) return
      if (this.waits) {
        go(hrefTo('datasets', resultId))
        void toasts.attempt(() => this.sayNext(resultId))
      } else {
        toasts.say(`${label}: done.`, {
          label: 'Open',
          run: () => go(hrefTo('datasets', resultId)),
        })
      }
    })
  }

  private async sayNext(id: number): Promise<void> {
    const { isUnlabelled } = await app.call('datasets.get', { id })
    if (isUnlabelled) {
      const run = (): void => go(hrefTo('datasets', id, { label: true }))
      toasts.say('Imported. The images have no labels yet.', { label: 'Label', run })
    } else {
      const run = (): void => go(hrefTo('datasets', id, { check: 'now' }))
      const text = 'Imported. Before you train on it, check it for duplicates and leaks.'
      toasts.say(text, { label: 'Check dataset', run })
    }
  }

  private askBack(taskId: number, request: ImportRequest, question: WireError): void {
    const answer = (): void => {
      app.dismissTask(taskId)
      this.open({ request, note: '', question })
    }
    if (this.waits) answer()
    else toasts.say('The import has a question.', { label: 'Answer', run: answer })
  }
}

export const imports = new Imports()

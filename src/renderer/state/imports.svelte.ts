/** Bringing pictures in: the folder picker's answers, the import itself, and what becomes of it. */
import type { Output } from '../../contract/endpoints'
import { toWireError, type WireError } from '../../contract/errors'
import type { SplitOptions } from '../../contract/entities/dataset'
import type { Task } from '../../contract/events'
import { go, route } from '../router.svelte'
import { hrefTo } from '../routes'
import { app } from './app.svelte'
import { toasts } from './toasts.svelte'

class Imports {
  folders: Output<'folders.list'> | null = $state.raw(null)
  foldersError: WireError | null = $state.raw(null)
  private ticket = 0

  /** Imports and samples that run, failed, or have just been done. */
  readonly tasks: readonly Task[] = $derived(
    app.tasks.filter(
      ({ kind, state }) =>
        (kind === 'import' || kind === 'sample') && (state === 'running' || state === 'failed'),
    ),
  )

  /** Lists the folders of a path as it is written: the last answer wins. */
  async look(path: string): Promise<void> {
    const ticket = ++this.ticket
    try {
      const folders = await app.call('folders.list', { path })
      if (ticket !== this.ticket) return
      this.folders = folders
      this.foldersError = null
    } catch (error) {
      if (ticket === this.ticket) this.foldersError = toWireError(error)
    }
  }

  async begin(path: string, name: string, split: SplitOptions): Promise<WireError | null> {
    try {
      const { taskId } = await app.call('datasets.import', { path, name, split })
      this.follow(taskId)
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

  /** Opens the dataset when it is there, if the user still waits for it. */
  private follow(taskId: number): void {
    const stop = app.onEvent((event) => {
      if (event.type !== 'task' || event.task.id !== taskId || event.task.state === 'running') return
      stop()
      const { resultId } = event.task
      if (event.task.state !== 'done' || resultId === null) return
      if (route.screen === 'datasets' && route.id === null) go(hrefTo('datasets', resultId))
      else {
        toasts.say(`${event.task.label}: done.`, {
          label: 'Open',
          run: () => go(hrefTo('datasets', resultId)),
        })
      }
    })
  }
}

export const imports = new Imports()

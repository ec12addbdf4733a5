/** Bringing images in: which folder, the import itself, and what becomes of it. */
import { toWireError, type WireError } from '../../contract/errors'
import type { SplitOptions } from '../../contract/entities/dataset'
import type { Task } from '../../contract/events'
import { go, route } from '../router.svelte'
import { hrefTo } from '../routes'
import { app } from './app.svelte'
import { toasts } from './toasts.svelte'

class Imports {
  /** What the import dialog begins with, and a word about it. */
  asked: { readonly path: string; readonly note: string } = $state.raw({ path: '', note: '' })

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
    this.asked = { path, note }
    const here = route.screen === 'datasets' ? route : { id: null, query: {} }
    go(hrefTo('datasets', here.id, { ...here.query, add: true }))
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

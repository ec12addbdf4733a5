/** What lies in a folder of the workbench's machine, for one path field. */
import type { Input, Output } from '../../../contract/endpoints'
import { toWireError, type WireError } from '../../../contract/errors'
import { cutPath, joinPath } from '../../paths'
import { app } from '../app.svelte'

export type FolderEntry = { readonly name: string; readonly isFolder: boolean }

export class FolderList {
  /** The last folder that could be read. */
  folder: Output<'folders.list'> | null = $state.raw(null)
  /** What is wrong with the path as it is written. */
  error: WireError | null = $state.raw(null)
  /** Everything in it; where what is written only begins a name of it, what begins so. */
  entries: readonly FolderEntry[] = $state.raw([])
  /** Whether what is written is `folder` itself, not the beginning of a name in it. */
  isWhole = $state(true)
  /** The name of the listed file that is written whole, or null. */
  file: string | null = $state(null)
  private ticket = 0

  /** `files`: which files are listed beside the folders; none without it. */
  constructor(private readonly files?: Input<'folders.list'>['files']) {}

  /** Lists what is written where it is a folder, else the folder that its name is being written in. The last answer wins. */
  async look(path: string): Promise<void> {
    const ticket = ++this.ticket
    const whole = await this.list(path)
    if (ticket !== this.ticket) return
    if ('folders' in whole) return this.show(whole, null)
    const { folder, start } = cutPath(path)
    const parent = folder === path ? whole : await this.list(folder)
    if (ticket !== this.ticket) return
    if (!('folders' in parent)) {
      this.error = whole
      return
    }
    this.show(parent, start)
    // A name that begins one of the entries is not a mistake yet, and a file that is listed is none at all.
    if (this.entries.length === 0) this.error = whole
  }

  /** The path of one of the entries, or of a new one. */
  pathOf(name: string): string {
    return this.folder === null ? name : joinPath(this.folder.path, name)
  }

  /** Makes a folder in the one that is shown; its path. Throws what the core says. */
  async make(name: string): Promise<string> {
    const parent = this.folder?.path ?? ''
    return (await app.call('folders.make', { parent, name })).path
  }

  /** `start` null where the folder itself is written. Nothing here is derived: an answer may come after the field has gone. */
  private show(folder: Output<'folders.list'>, start: string | null): void {
    const fits = (name: string): boolean => name.toLowerCase().startsWith(start ?? '')
    this.folder = folder
    this.isWhole = start === null
    this.error = null
    this.entries = [
      ...folder.folders.filter(fits).map((name) => ({ name, isFolder: true })),
      ...folder.files.filter(fits).map((name) => ({ name, isFolder: false })),
    ]
    this.file = start === null ? null : (folder.files.find((name) => name.toLowerCase() === start) ?? null)
  }

  private async list(path: string): Promise<Output<'folders.list'> | WireError> {
    try {
      return await app.call('folders.list', { path, ...(this.files && { files: this.files }) })
    } catch (error) {
      return toWireError(error)
    }
  }
}

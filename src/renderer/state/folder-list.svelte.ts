/** What lies in a folder of the workbench's machine, for one path field. */
import type { Input, Output } from '../../contract/endpoints'
import { toWireError, type WireError } from '../../contract/errors'
import { cutPath, joinPath } from '../paths'
import { app } from './app.svelte'

export type FolderEntry = { readonly name: string; readonly isFolder: boolean }

export class FolderList {
  /** The last folder that could be read. */
  folder: Output<'folders.list'> | null = $state.raw(null)
  /** What is wrong with the path as it is written. */
  error: WireError | null = $state.raw(null)
  /** Whether the folder is the one that is written whole; else what is written begins one of its entries. */
  private isWhole = $state(true)
  private start = $state('')
  private ticket = 0

  readonly entries: readonly FolderEntry[] = $derived.by(() => {
    if (!this.folder) return []
    const prefix = this.isWhole ? '' : this.start
    const fits = (name: string): boolean => name.toLowerCase().startsWith(prefix)
    return [
      ...this.folder.folders.filter(fits).map((name) => ({ name, isFolder: true })),
      ...this.folder.files.filter(fits).map((name) => ({ name, isFolder: false })),
    ]
  })

  /** The name of the listed file that is written whole, or null. */
  readonly file: string | null = $derived(
    this.isWhole ? null : (this.folder?.files.find((name) => name.toLowerCase() === this.start) ?? null),
  )

  /** `files`: which files are listed beside the folders; none without it. */
  constructor(private readonly files?: Input<'folders.list'>['files']) {}

  /** Lists what is written where it is a folder, else the folder that its name is being written in. The last answer wins. */
  async look(path: string): Promise<void> {
    const ticket = ++this.ticket
    const whole = await this.list(path)
    if (ticket !== this.ticket) return
    if ('folders' in whole) return this.show(whole, true, '')
    const { folder, start } = cutPath(path)
    const parent = folder === path ? whole : await this.list(folder)
    if (ticket !== this.ticket) return
    if (!('folders' in parent)) {
      this.error = whole
      return
    }
    this.show(parent, false, start)
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

  private show(folder: Output<'folders.list'>, isWhole: boolean, start: string): void {
    this.folder = folder
    this.isWhole = isWhole
    this.start = start
    this.error = null
  }

  private async list(path: string): Promise<Output<'folders.list'> | WireError> {
    try {
      return await app.call('folders.list', { path, ...(this.files && { files: this.files }) })
    } catch (error) {
      return toWireError(error)
    }
  }
}

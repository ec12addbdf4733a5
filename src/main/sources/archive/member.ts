/** What an index of an archive has in it. */
import { WorkbenchError } from '../../../contract/errors'
import type { Problem } from '../../../contract/entities/dataset'

/** A file in an archive. */
export interface Member {
  /** Where its bytes begin; in a zip, where its local header does. */
  readonly offset: number
  readonly packedBytes: number
  readonly byteCount: number
  readonly packing: 'tar' | 'stored' | 'deflated'
  /** CRC-32 of the unpacked bytes; null where the archive has none. */
  readonly crc: number | null
}

export interface ArchiveIndex {
  /** By its path within the archive, with `/`, in the order of the archive. */
  readonly members: ReadonlyMap<string, Member>
  readonly folders: readonly string[]
  /** What was left out or is worth knowing. */
  readonly faults: readonly Problem[]
}

/** Asks for bytes at a place of the archive and gets them, fewer at its end. So the same code reads at once or in its own time. */
export type IndexReading = Generator<{ readonly at: number; readonly length: number }, ArchiveIndex, Buffer>

/** Why the whole archive cannot be used. `reason`: a sentence. */
export function badArchive(path: string, reason: string, wayOut?: string): WorkbenchError {
  return new WorkbenchError(
    'path-not-readable',
    `Cannot read the archive ${path}: ${reason}`,
    wayOut ?? 'Copy or download it again, or unpack it and import the folder.',
  )
}

/** More files are no dataset, and their names alone fill the memory. */
export const mostMembers = 20e6

/** The paths of an archive, each once; nothing leads out of it. */
export class MemberList {
  readonly members = new Map<string, Member>()
  readonly faults: Problem[] = []
  private readonly folderSet = new Set<string>()

  get folders(): string[] {
    return [...this.folderSet]
  }

  addFolder(name: string): void {
    const path = this.pathOf(name)
    if (path !== null && path !== '') this.folderSet.add(path)
  }

  addFile(name: string, member: Member): void {
    const path = this.pathOf(name)
    if (path === null) return
    if (path === '') return this.leaveOut(name, 'It has no name.')
    if (this.members.has(path)) {
      this.members.delete(path) // the later one is what unpacking leaves
      const message =
        'The archive has this file more than once. The last one is used, as when it is unpacked.'
      this.faults.push({ path, severity: 'note', code: 'bad-entry', message })
    }
    this.members.set(path, member)
  }

  leaveOut(name: string, message: string, code: Problem['code'] = 'bad-entry'): void {
    this.faults.push({ path: name, severity: 'error', code, message })
  }

  /** null where it was left out. */
  private pathOf(name: string): string | null {
    const plain = name.replace(/\/+$/, '')
    if (plain.includes('\0')) this.leaveOut(name.replaceAll('\0', '?'), 'Its name has a NUL character in it.')
    else if (plain.startsWith('/') || /^[a-z]:/i.test(plain))
      this.leaveOut(name, 'Its path is absolute: it leads out of the archive.')
    else {
      const segments = plain.split('/').filter((segment) => segment !== '' && segment !== '.')
      if (!segments.includes('..')) return segments.join('/')
      this.leaveOut(name, 'Its path has “..” in it: it leads out of the archive.')
    }
    return null
  }
}

/** Files that belong to no dataset, which no import has looked at: what an import would refuse is refused here, in the same words. */
import type { WorkbenchError } from '../../../contract/errors'
import { refuseDamaged } from '../../images/soundness'
import { refusedBySystem, systemRefusal } from '../../images/system-refusal'
import { filesAt } from '../../sources/files'
import type { ImageSource } from '../../sources/source'

export interface SoundFiles extends ImageSource {
  /** What the system refused so far, which concerns all images; null where it refused nothing. */
  refused(): WorkbenchError | null
}

/** As filesAt(); `read` throws an ImageRefusal too. `files`: the disk, unless a test says otherwise. */
export function soundFiles(files: ImageSource = filesAt()): SoundFiles {
  let refused: WorkbenchError | null = null
  return {
    ...files,
    readNow: () => null, // `read` looks at it
    async read(key, headByteCount, wanted) {
      try {
        const found = await files.read(key, headByteCount, wanted)
        if (found.bytes.length === found.byteCount) await refuseDamaged(found.bytes)
        return found
      } catch (error) {
        if (!refusedBySystem(error)) throw error
        throw (refused ??= systemRefusal(files.nameOf(key), error))
      }
    },
    refused: () => refused,
  }
}

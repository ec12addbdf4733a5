/** Reading that tells an image's own fault from the system's refusal, which is no fault of any image and ends whatever reads them. */
import type { WorkbenchError } from '../../contract/errors'
import { refusedBySystem, systemRefusal } from '../images/system-refusal'
import type { ImageSource } from './source'

export interface WatchedSource extends ImageSource {
  /** The first refusal of the system; null where it refused nothing. */
  refused(): WorkbenchError | null
}

/** `read` throws the refusal in the place of the system's own error. `words` makes it of what was to be read and that error. */
export function watched(source: ImageSource, words = systemRefusal): WatchedSource {
  let refused: WorkbenchError | null = null
  return {
    ...source,
    async read(key, headByteCount, wanted) {
      try {
        return await source.read(key, headByteCount, wanted)
      } catch (error) {
        if (!refusedBySystem(error)) throw error
        throw (refused ??= words(source.nameOf(key), error))
      }
    },
    refused: () => refused,
  }
}

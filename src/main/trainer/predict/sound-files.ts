/** Files that belong to no dataset, which no import has looked at: what an import would refuse is refused here, in the same words. */
import { refuseDamaged } from '../../images/soundness'
import { filesAt } from '../../sources/files'
import type { ImageSource } from '../../sources/source'
import { watched, type WatchedSource } from '../../sources/watched'

/** As filesAt(); `read` throws an ImageRefusal too. `files`: the disk, unless a test says otherwise. */
export function soundFiles(files: ImageSource = filesAt()): WatchedSource {
  return watched({
    ...files,
    readNow: () => null, // `read` looks at it
    async read(key, headByteCount, wanted) {
      const found = await files.read(key, headByteCount, wanted)
      if (found.bytes.length === found.byteCount) await refuseDamaged(found.bytes)
      return found
    },
  })
}

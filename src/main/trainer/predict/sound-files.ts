/** Files that belong to no dataset, which no import has looked at: what an import would refuse is refused here, in the same words. */
import { refuseDamaged } from '../../images/soundness'
import { filesAt } from '../../sources/files'
import type { ImageSource } from '../../sources/source'

/** As filesAt(); `read` throws an ImageRefusal too. */
export function soundFiles(): ImageSource {
  const files = filesAt()
  return {
    ...files,
    readNow: () => null, // `read` looks at it
    async read(key, headByteCount, wanted) {
      const found = await files.read(key, headByteCount, wanted)
      if (found.bytes.length === found.byteCount) await refuseDamaged(found.bytes)
      return found
    },
  }
}

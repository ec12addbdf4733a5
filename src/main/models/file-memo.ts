/** What was worked out from a file, kept for as long as the file stays as it is. */
import { stat } from 'node:fs/promises'
import { WorkbenchError } from '../../contract/errors'

/** Files that are remembered; the one asked for longest ago is forgotten first. */
const keptFiles = 200

/**
 * `compute` runs again only when the file or its permissions have changed. That its content is bad is remembered too; what kept it from being
 * read may be over at the next call.
 */
export function memoByFile<T>(compute: (path: string) => Promise<T>): (path: string) => Promise<T> {
  const known = new Map<string, { stamp: string; result: Promise<T> }>()
  return async (path) => {
    const found = await stat(path).catch(() => null)
    const stamp = found === null ? 'none' : `${found.size} ${found.mtimeMs} ${found.ctimeMs} ${found.ino}`
    let entry = known.get(path)
    known.delete(path)
    if (entry?.stamp !== stamp) entry = { stamp, result: compute(path) }
    known.set(path, entry)
    for (const oldest of known.keys()) {
      if (known.size <= keptFiles) break
      known.delete(oldest)
    }
    try {
      return await entry.result
    } catch (thrown) {
      if (!isOfContent(thrown) && known.get(path) === entry) known.delete(path)
      throw thrown
    }
  }
}

function isOfContent(thrown: unknown): boolean {
  return thrown instanceof WorkbenchError && thrown.code === 'bad-weights'
}

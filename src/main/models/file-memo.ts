/** What was worked out from a file, kept for as long as the file stays as it is. */
import { stat } from 'node:fs/promises'

/** Files that are remembered; the one asked for longest ago is forgotten first. */
const keptFiles = 200

/** `compute` runs again only when size or time of change differ; what it throws is remembered too. */
export function memoByFile<T>(compute: (path: string) => Promise<T>): (path: string) => Promise<T> {
  const known = new Map<string, { stamp: string; result: Promise<T> }>()
  return async (path) => {
    const found = await stat(path).catch(() => null)
    const stamp = found === null ? 'none' : `${found.size} ${found.mtimeMs} ${found.ino}`
    let entry = known.get(path)
    known.delete(path)
    if (entry?.stamp !== stamp) entry = { stamp, result: compute(path) }
    known.set(path, entry)
    for (const oldest of known.keys()) {
      if (known.size <= keptFiles) break
      known.delete(oldest)
    }
    return entry.result
  }
}

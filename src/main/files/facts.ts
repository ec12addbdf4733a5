import { statSync, type Stats } from 'node:fs'

/** Of the file that a path leads to; null where there is none, or no way to it (no right, a link in a circle, a drive that fails). */
export function factsOf(path: string): Stats | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null
  } catch {
    return null // who reads it finds out why
  }
}

/** Images that arrive in a folder, each told once it is whole. */
import type { Dirent } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { hasImageName } from '../images/image-names'

export interface ArrivalOptions {
  readonly folder: string
  /** How long a file must stay as it is before it counts as whole, ms. */
  readonly settleMs: number
  /** Files to pass over as they are at the first look: all that are there ('all'), or those of these paths. */
  readonly passOver: 'all' | ReadonlySet<string>
}

export interface Arrivals {
  /**
   * Looks once and answers with the paths that are whole and were not told yet, or are other files since, in the order of their names. Throws what the
   * system says where the folder itself cannot be listed.
   */
  look(nowMs: number): Promise<string[]>
}

interface Seen {
  readonly size: number
  readonly modifiedMs: number
  /** Since when it has been so. */
  readonly sinceMs: number
  told: boolean
}

/** A file that grows, is empty, or is touched again waits: who copies writes in pieces. Hidden files and links are left out. */
export function createArrivals({ folder, settleMs, passOver }: ArrivalOptions): Arrivals {
  let seen = new Map<string, Seen>()
  let isFirst = true
  return {
    async look(nowMs) {
      const next = new Map<string, Seen>()
      const whole: string[] = []
      for await (const path of imagesBelow(folder)) {
        const facts = await lstat(path).catch(() => null) // it may have gone meanwhile
        if (facts?.isFile() !== true) continue
        const before = seen.get(path)
        const same = before?.size === facts.size && before.modifiedMs === facts.mtimeMs
        const isPassed = isFirst && (passOver === 'all' || passOver.has(path))
        const now: Seen =
          same && before !== undefined
            ? before
            : { size: facts.size, modifiedMs: facts.mtimeMs, sinceMs: nowMs, told: isPassed }
        next.set(path, now)
        if (now.told || now.size === 0 || nowMs - now.sinceMs < settleMs) continue
        now.told = true
        whole.push(path)
      }
      seen = next
      isFirst = false
      return whole.sort()
    },
  }
}

async function* imagesBelow(folder: string): AsyncGenerator<string> {
  const waiting = [folder]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    let entries: Dirent[]
    try {
      entries = await readdir(next, { withFileTypes: true })
    } catch (thrown) {
      if (next === folder) throw thrown
      continue // a folder that has gone, or is not for us: its files come when it does
    }
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue
      const path = join(next, entry.name)
      if (entry.isDirectory()) waiting.push(path)
      else if (entry.isFile() && hasImageName(path)) yield path
    }
  }
}

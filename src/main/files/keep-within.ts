import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Removes the files that were touched longest ago until those of a folder that `isOurs` names take no more than `limitBytes`. Throws where it cannot. */
export function keepWithin(folder: string, limitBytes: number, isOurs: (name: string) => boolean): void {
  const files = readdirSync(folder)
    .filter(isOurs)
    .map((name) => ({ path: join(folder, name), ...statSync(join(folder, name)) }))
    .sort((a, b) => a.mtimeMs - b.mtimeMs)
  let total = files.reduce((sum, { size }) => sum + size, 0)
  for (const { path, size } of files) {
    if (total <= limitBytes) return
    rmSync(path, { force: true })
    total -= size
  }
}

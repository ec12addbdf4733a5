import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes the folder with its parents, for this user alone where `mode` says so. Throws what the system says. Not mkdir's own
 * `recursive`: under /proc, where making a folder says ENOENT though the parent is there, Node 22 tries for ever.
 */
export function makeFolders(path: string, mode?: number): void {
  if (existsSync(path)) return
  const parent = dirname(path)
  if (parent !== path) makeFolders(parent, mode)
  mkdirSync(path, mode === undefined ? {} : { mode })
}

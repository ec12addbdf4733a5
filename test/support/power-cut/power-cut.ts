/** A power cut: what a killed core had written and not synced is gone. */
import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

export interface PowerCut {
  /** For the core whose power is cut. */
  readonly environment: NodeJS.ProcessEnv
  /**
   * Of the killed core's files leaves what is on disk. `torn`: of what was not synced, each block may have come there or not, as a disk writes them in any order;
   * given a number from 0 to 1 each time.
   */
  cut(torn: (() => number) | null): void
}

/** null where it cannot be simulated: not on Linux, or without a C compiler. `folder`: for its own things. */
export function createPowerCut(folder: string, homePath: string): PowerCut | null {
  if (process.platform !== 'linux') return null
  const library = join(folder, 'power-cut.so')
  const disk = join(folder, 'disk')
  mkdirSync(disk, { recursive: true })
  try {
    const source = join(import.meta.dirname, 'shim.c')
    execFileSync('g++', ['-x', 'c', '-O1', '-fPIC', '-shared', '-o', library, source, '-ldl'], {
      stdio: 'pipe',
    })
  } catch {
    return null
  }
  const files = (path: string): string[] =>
    readdirSync(path).filter((name) => /\.db(-wal)?$/.test(name) && name !== 'lock.db')
  return {
    environment: { LD_PRELOAD: library, BITW_CUT_HOME: homePath, BITW_CUT_DISK: disk },
    cut(torn) {
      for (const name of files(homePath)) {
        const [written, synced] = [join(homePath, name), join(disk, name)]
        if (torn !== null && existsSync(synced)) writeFileSync(written, mixed(written, synced, torn))
        else if (existsSync(synced)) copyFileSync(synced, written)
        else rmSync(written)
        rmSync(`${written}-shm`, { force: true })
      }
      // from here on that is what there is
      for (const name of readdirSync(disk)) rmSync(join(disk, name))
      for (const name of files(homePath)) copyFileSync(join(homePath, name), join(disk, name))
    },
  }
}

const blockBytes = 4096

function mixed(writtenPath: string, syncedPath: string, torn: () => number): Uint8Array {
  const written = readFileSync(writtenPath)
  const synced = readFileSync(syncedPath)
  // a file may also not have grown yet
  const length = torn() < 0.5 ? synced.length : Math.max(written.length, synced.length)
  const bytes = Buffer.alloc(length)
  synced.copy(bytes, 0, 0, length)
  for (let at = 0; at < Math.min(length, written.length); at += blockBytes)
    if (torn() < 0.5) written.copy(bytes, at, at, Math.min(at + blockBytes, length))
  return bytes
}

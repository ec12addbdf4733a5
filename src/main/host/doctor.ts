/** `bitw doctor`: looks through a home, repairs it, copies it. Beside a core at work, unless it repairs. */
import { existsSync } from 'node:fs'
import { openCheckpointBytes } from '../store/checkpoints/checkpoint-bytes'
import { lookAtCheckpoints } from '../store/checkpoints/checkpoint-look'
import { checkHome, type HomeFindings } from '../store/home/home-check'
import { copyHome, type CopiedHome, type CopyProgress } from '../store/home/home-copy'
import { repairHome, type RepairedHome } from '../store/home/home-repair'
import { lockHome } from '../store/home/lock'
import { openStore } from '../store/home/open'
import { datasetPlaces } from '../store/datasets/datasets'

export type ReadProgress = (doneBytes: number, totalBytes: number) => void

/** Throws 'home-broken' where the main database cannot be read at all, 'not-found'. */
export async function lookThrough(homePath: string, told: ReadProgress): Promise<HomeFindings> {
  const store = openStore(homePath, { readOnly: true })
  const checkpoints = openCheckpointBytes(homePath, { readOnly: true })
  try {
    return await checkHome(homePath, store.db, checkpoints, told)
  } finally {
    await checkpoints.close()
    store.close()
  }
}

/** Throws 'home-locked' while a core has the home. */
export async function repair(
  homePath: string,
  told: ReadProgress,
): Promise<{
  readonly findings: HomeFindings
  readonly repaired: RepairedHome
  readonly notes: readonly string[]
}> {
  const lock = lockHome(homePath, 'bitw doctor --repair', { minimumFreeBytes: 0 })
  try {
    const store = openStore(homePath, { minimumFreeBytes: 0 })
    const notes = lookAtCheckpoints(homePath, store.db)
    const checkpoints = openCheckpointBytes(homePath)
    try {
      const findings = await checkHome(homePath, store.db, checkpoints, told)
      return { findings, repaired: await repairHome(homePath, store.db, checkpoints, findings), notes }
    } finally {
      await checkpoints.close()
      store.close()
    }
  } finally {
    lock.release()
  }
}

/** Also while a training runs. */
export function backUpHome(homePath: string, target: string, told: CopyProgress): Promise<CopiedHome> {
  return copyHome(homePath, target, told)
}

/** As a backup, with nobody at work in the home; what datasets need at another place is told. Throws 'home-locked'. */
export async function moveHome(
  homePath: string,
  target: string,
  told: CopyProgress,
): Promise<CopiedHome & { readonly datasets: readonly { name: string; path: string; isThere: boolean }[] }> {
  const lock = lockHome(homePath, 'bitw doctor --move', { minimumFreeBytes: 0 })
  try {
    const copied = await copyHome(homePath, target, told)
    const store = openStore(target, { readOnly: true })
    try {
      const datasets = datasetPlaces(store.db).map((one) => ({ ...one, isThere: existsSync(one.path) }))
      return { ...copied, datasets }
    } finally {
      store.close()
    }
  } finally {
    lock.release()
  }
}

import { readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { z } from 'zod'

/** What the set-up provisioned; scripts/setup/engine.cjs writes it. Paths inside the cache are relative to it there, and whole here. */
const setupRecordSchema = z.object({
  kind: z.enum(['tensorflow-cpu', 'tensorflow-gpu', 'none']),
  version: z.string(),
  /** Folders with shared libraries that TensorFlow opens by name while it runs (CUDA). */
  libraryFolders: z.array(z.string()),
  /** Where XLA finds ptxas and libdevice; null without CUDA. */
  cudaDataFolder: z.string().nullable(),
  /** Our addon for recorded graphs, compiled against that TensorFlow; null without it. */
  graphAddon: z.string().nullable().default(null),
  /** Why there is no native engine, or no GPU: a sentence. */
  note: z.string(),
})
export type SetupRecord = z.infer<typeof setupRecordSchema>

/** The record in the cache folder, or null where no set-up has run or its record cannot be read. */
export function readSetupRecord(environment: NodeJS.ProcessEnv): SetupRecord | null {
  const cachePath = cacheFolder(environment)
  let text: string
  try {
    const path = join(cachePath, 'engine.json')
    // A pipe in its place would be waited for.
    if (!statSync(path).isFile()) return null
    text = readFileSync(path, 'utf8')
  } catch {
    return null // no set-up on this account: the engine may still be there, put in place by hand
  }
  try {
    const record = setupRecordSchema.parse(JSON.parse(text))
    const whole = (path: string): string => resolve(cachePath, path)
    return {
      ...record,
      libraryFolders: record.libraryFolders.map(whole),
      cudaDataFolder: record.cudaDataFolder === null ? null : whole(record.cudaDataFolder),
      graphAddon: record.graphAddon === null ? null : whole(record.graphAddon),
    }
  } catch {
    return null // written by another version: the next set-up writes it anew
  }
}

/** The set-up's cache: BITW_CACHE, else XDG_CACHE_HOME/bit-workbench, else ~/.cache/bit-workbench (as scripts/setup/folders.cjs). */
export function cacheFolder(environment: NodeJS.ProcessEnv): string {
  const chosen = environment['BITW_CACHE']
  if (chosen !== undefined && chosen !== '') return resolve(chosen)
  const xdg = environment['XDG_CACHE_HOME']
  // The XDG specification: a relative path there is invalid and to be ignored.
  const base = xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), '.cache')
  return join(base, 'bit-workbench')
}

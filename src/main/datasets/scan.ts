/** Indexes the images of a source where they lie. Nothing is copied, nothing is changed; faults are listed, the rest goes on. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { SplitOptions } from '../../contract/entities/dataset'
import { WorkbenchError } from '../../contract/errors'
import { inTurns } from '../../domain/in-turns'
import { eachAtMost } from '../images/decode-queue'
import type { FileSource } from '../images/file-source'
import { compareCodePoints } from '../sources/class-names'
import { problemList } from '../sources/problem-list'
import { openSource } from '../sources/sources'
import type { SourceAddress } from '../sources/source'
import { type FileReading, readImage } from './read-image'
import { readImages } from './read-images'
import { listed, noteMissingClasses, refuseGone, refuseUseless } from './scan-checks'
import { soundBoxes } from './sound-boxes'
import type { ScannedImage, ScanResult } from './scan-result'
import { assigningSplit } from '../../domain/split'

export interface ScanProgress {
  readonly phase: string
  readonly done: number
  readonly total: number | null
  readonly problemCount: number
  readonly rotatedCount: number
}

export interface ScanOptions {
  readonly source: SourceAddress
  readonly split: SplitOptions
  readonly signal: AbortSignal
  /** About ten times a second, and at the end of each phase. */
  readonly onProgress: (progress: ScanProgress) => void
  /** The built src/main/indexer.ts; absent: without its threads. */
  readonly threadPath?: string
  /** The disk, unless a test says otherwise. */
  readonly files?: FileSource
}

/** Throws path-not-found, not-a-folder, path-not-readable, disk-full, dataset-empty, dataset-one-class, layout-unclear, cancelled. */
export async function scanDataset(options: ScanOptions): Promise<ScanResult> {
  const { signal } = options
  const source = openSource(options.source, options.files)
  const problems = problemList()
  let faultCount = 0
  const report = progressReporter(options.onProgress, () => problems.count + faultCount)
  const stopIfCancelled = (): void => {
    if (!signal.aborted) return
    const message = `The import of ${source.address.path} was cancelled. Nothing was imported.`
    throw new WorkbenchError('cancelled', message)
  }

  const listing = await listed(source, {
    problems,
    onProgress: (count) => {
      stopIfCancelled()
      report('Finding images', count, null, 0)
    },
  })
  const { keys } = listing

  const readings = new Array<FileReading | null>(keys.length).fill(null)
  const suspects: number[] = []
  let done = 0
  let rotatedCount = 0
  await readImages(source, keys, [...keys.keys()], {
    threadPath: options.threadPath ?? null,
    signal,
    stopIfCancelled,
    onReading(index, reading) {
      readings[index] = reading
      if (reading.isImage && reading.fault) suspects.push(index)
      if (reading.fault) faultCount++
      if (reading.facts && reading.facts.orientation > 1) rotatedCount++
      report('Reading images', ++done, keys.length, rotatedCount)
    },
  })
  if (readings.some((reading) => reading?.fault?.code === 'unreadable')) await refuseGone(source)
  // One at a time: only then does the decoder say for certain what is wrong with a file.
  await eachAtMost(suspects.length, 1, async (position) => {
    stopIfCancelled()
    const index = suspects[position] ?? 0
    readings[index] = await readImage(source, keys[index] ?? '')
    report('Rechecking faulty images', position + 1, suspects.length, rotatedCount)
  })
  stopIfCancelled()
  faultCount = 0 // from here on they are in the list
  readings.forEach((reading, index) => {
    const fault = reading?.fault
    if (fault) problems.add(fault.severity, fault.code, keys[index] ?? '', fault.message)
  })

  const looked = {
    isImage: (index: number) => readings[index]?.isImage === true,
    isUsable: (index: number) => (readings[index]?.facts ?? null) !== null,
  }
  const placed = listing.place(looked, problems)
  const classNames = [...new Set(placed.map(({ className }) => className))].sort(compareCodePoints)
  refuseUseless(source, listing, classNames, problems)
  const classIndexOf = new Map(classNames.map((name, index) => [name, index]))
  const images = placed.flatMap(({ index, part, className }): ScannedImage[] => {
    const facts = readings[index]?.facts
    if (!facts) return []
    const key = keys[index] ?? ''
    const linkTarget = listing.links.get(key) ?? null
    const boxes = soundBoxes(listing, index, facts, problems)
    const classIndex = classIndexOf.get(className) ?? 0
    return [{ key, linkTarget, classIndex, folderPart: part, ...facts, boxes }]
  })
  const split = await inTurns(assigningSplit(images, options.split), nextTurn)
  noteMissingClasses(images, split.parts, classNames, problems)
  report('Done', images.length, images.length, rotatedCount, true)
  const address: SourceAddress =
    listing.isUnlabelled === true ? { ...source.address, folders: 'unlabelled' } : source.address
  return { source: address, classNames, images, problems: problems.read(), split }
}

function progressReporter(
  onProgress: (progress: ScanProgress) => void,
  problemCount: () => number,
): (phase: string, done: number, total: number | null, rotatedCount: number, always?: boolean) => void {
  let lastMs = -Infinity
  return (phase, done, total, rotatedCount, always = false) => {
    const nowMs = performance.now()
    if (!always && done !== total && nowMs - lastMs < 100) return
    lastMs = nowMs
    onProgress({ phase, done, total, problemCount: problemCount(), rotatedCount })
  }
}

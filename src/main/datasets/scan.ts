/** Indexes a folder of images where it lies. Nothing is copied, nothing is changed; faults are listed, the rest goes on. */
import { resolve } from 'node:path'
import type { SplitOptions } from '../../contract/entities/dataset'
import { WorkbenchError } from '../../contract/errors'
import { defaultDecodeCount, eachAtMost } from '../images/decode-queue'
import { diskFiles, type FileSource } from '../images/file-source'
import { problemList } from './problem-list'
import { type FileReading, readImage } from './read-image'
import { checkRoot, noteEmptyClasses, noteMissingClasses, refuseUseless } from './scan-checks'
import { compareCodePoints, duplicateClassFolders, hasPartFolders, placePath } from './scan-layout'
import type { ScannedImage, ScanResult } from './scan-result'
import { walkTree } from './scan-walk'
import { assignSplit } from '../../domain/split'

export interface ScanProgress {
  readonly phase: string
  readonly done: number
  readonly total: number | null
  readonly problemCount: number
  readonly rotatedCount: number
}

export interface ScanOptions {
  readonly rootPath: string
  readonly split: SplitOptions
  readonly signal: AbortSignal
  /** About ten times a second, and at the end of each phase. */
  readonly onProgress: (progress: ScanProgress) => void
  /** The disk, unless a test says otherwise. */
  readonly files?: FileSource
}

/**
 * Layouts: `root/class/…/image`, or `root/{train,val|valid|validation,test}/class/…/image` where all top folders with
 * images have such names (in any case). Throws path-not-found, not-a-folder, path-not-readable, dataset-empty,
 * dataset-one-class, cancelled.
 */
export async function scanDataset(options: ScanOptions): Promise<ScanResult> {
  const { signal, files = diskFiles } = options
  const rootPath = resolve(options.rootPath)
  const problems = problemList()
  let faultCount = 0
  const report = progressReporter(options.onProgress, () => problems.count + faultCount)
  const stopIfCancelled = (): void => {
    if (signal.aborted)
      throw new WorkbenchError('cancelled', `The import of ${rootPath} was cancelled. Nothing was imported.`)
  }

  await checkRoot(rootPath, files)
  const tree = await walkTree({
    rootPath,
    files,
    problems,
    onFolder: (fileCount) => {
      stopIfCancelled()
      report('Finding images', fileCount, null, 0)
    },
  })

  const readings = new Array<FileReading | null>(tree.files.length).fill(null)
  const suspects: number[] = []
  let done = 0
  let rotatedCount = 0
  await eachAtMost(tree.files.length, defaultDecodeCount * 2, async (index) => {
    stopIfCancelled()
    const reading = await readImage(rootPath, tree.files[index] ?? '', files)
    readings[index] = reading
    if (reading.isImage && reading.fault) suspects.push(index)
    if (reading.fault) faultCount++
    if (reading.facts && reading.facts.orientation > 1) rotatedCount++
    report('Reading images', ++done, tree.files.length, rotatedCount)
  })
  // One at a time: only then does the decoder say for certain what is wrong with a file.
  await eachAtMost(suspects.length, 1, async (position) => {
    stopIfCancelled()
    const index = suspects[position] ?? 0
    readings[index] = await readImage(rootPath, tree.files[index] ?? '', files)
    report('Rechecking faulty images', position + 1, suspects.length, rotatedCount)
  })
  stopIfCancelled()
  faultCount = 0 // from here on they are in the list
  readings.forEach((reading, index) => {
    const fault = reading?.fault
    if (fault) problems.add(fault.severity, fault.code, tree.files[index] ?? '', fault.message)
  })

  const imagePaths = tree.files.filter((_, index) => readings[index]?.isImage)
  const partFolders = hasPartFolders(imagePaths)
  const usable = tree.files.flatMap((path, index) => {
    const facts = readings[index]?.facts
    return facts ? [{ facts, ...placePath(path, partFolders) }] : []
  })
  const duplicates = new Map(
    duplicateClassFolders(usable.flatMap(({ classFolder }) => (classFolder === '' ? [] : [classFolder]))).map(
      ({ folder, keptFolder }) => [folder, keptFolder],
    ),
  )
  for (const [folder, keptFolder] of duplicates) {
    const message = `The class folders "${keptFolder}" and "${folder}" have names that differ only in case or Unicode form; "${folder}" was left out. Rename or merge them.`
    problems.add('error', 'duplicate-class-name', folder, message)
  }
  const placed = usable.flatMap((image) => {
    if (image.className === null) {
      problems.add('error', 'outside-class-folder', image.path, 'The image is not in a class folder.')
      return []
    }
    return duplicates.has(image.classFolder) ? [] : [{ ...image, className: image.className }]
  })

  const classNames = [...new Set(placed.map(({ className }) => className))].sort(compareCodePoints)
  noteEmptyClasses(tree.folders, partFolders, new Set(classNames), duplicates, problems)
  refuseUseless(rootPath, classNames, placed.length, problems, tree.folders)
  const classIndexOf = new Map(classNames.map((name, index) => [name, index]))
  const images = placed.map(({ path, part, className, facts }): ScannedImage => ({
    path,
    classIndex: classIndexOf.get(className) ?? 0,
    folderPart: part,
    ...facts,
  }))
  const split = assignSplit(images, options.split)
  noteMissingClasses(images, split.parts, classNames, problems)
  report('Done', images.length, images.length, rotatedCount, true)
  return { rootPath, classNames, images, problems: problems.read(), split }
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

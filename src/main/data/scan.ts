/** Indexes a folder of pictures where it lies. Nothing is copied, nothing is changed; faults are listed, the rest goes on. */
import { resolve } from 'node:path'
import { type Problem, type SplitOptions, type SplitPart, splitParts } from '../../contract/entities/dataset'
import { WorkbenchError } from '../../contract/errors'
import { defaultDecodeCount, eachAtMost } from './decode-queue'
import { diskFiles, type FileSource } from './file-source'
import { problemList, type ProblemList } from './problem-list'
import { type ImageFacts, readImage } from './read-image'
import {
  classOfFolder,
  compareCodePoints,
  duplicateClassFolders,
  hasPartFolders,
  placePath,
} from './scan-layout'
import { walkTree } from './scan-walk'
import { assignSplit, type SplitResult } from './split'

export interface ScanProgress {
  readonly phase: string
  readonly done: number
  readonly total: number | null
  readonly problemCount: number
  readonly rotatedCount: number
}

export interface ScannedImage extends ImageFacts {
  /** Relative to the root, with `/`. */
  readonly path: string
  readonly classIndex: number
  readonly folderPart: SplitPart | null
}

export interface ScanResult {
  /** Absolute. */
  readonly rootPath: string
  /** Unicode NFC, sorted by code point. */
  readonly classNames: string[]
  readonly images: ScannedImage[]
  readonly problems: Problem[]
  /** `parts` is aligned with `images`. */
  readonly split: SplitResult
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
 * Layouts: `root/class/…/picture`, or `root/{train,val|valid|validation,test}/class/…/picture` where all top folders with
 * pictures have such names (in any case). Throws path-not-found, not-a-folder, path-not-readable, dataset-empty,
 * dataset-one-class, cancelled.
 */
export async function scanDataset(options: ScanOptions): Promise<ScanResult> {
  const { signal, files = diskFiles } = options
  const rootPath = resolve(options.rootPath)
  const problems = problemList()
  const report = progressReporter(options.onProgress, problems)
  const stopIfCancelled = (): void => {
    if (signal.aborted) throw new WorkbenchError('cancelled', `The import of ${rootPath} was cancelled.`)
  }

  await checkRoot(rootPath, files)
  const tree = await walkTree({
    rootPath,
    files,
    problems,
    onFolder: (fileCount) => {
      stopIfCancelled()
      report('Looking for pictures', fileCount, null, 0)
    },
  })

  const factsOf = new Array<ImageFacts | null>(tree.files.length).fill(null)
  const picturePaths: string[] = []
  let done = 0
  let rotatedCount = 0
  await eachAtMost(tree.files.length, defaultDecodeCount * 2, async (index) => {
    stopIfCancelled()
    const path = tree.files[index] ?? ''
    const { isPicture, facts, fault } = await readImage(rootPath, path, files)
    if (isPicture) picturePaths.push(path)
    if (fault) problems.add(fault.severity, fault.code, path, fault.message)
    factsOf[index] = facts
    if (facts && facts.orientation > 1) rotatedCount++
    report('Reading pictures', ++done, tree.files.length, rotatedCount)
  })
  stopIfCancelled()

  const partFolders = hasPartFolders(picturePaths)
  const usable = tree.files.flatMap((path, index) => {
    const facts = factsOf[index]
    return facts ? [{ facts, ...placePath(path, partFolders) }] : []
  })
  const duplicates = new Map(
    duplicateClassFolders(usable.flatMap(({ classFolder }) => (classFolder === '' ? [] : [classFolder]))).map(
      ({ folder, keptFolder }) => [folder, keptFolder],
    ),
  )
  for (const [folder, keptFolder] of duplicates) {
    const message = `The class folders "${keptFolder}" and "${folder}" have the same name but for case or Unicode form; "${folder}" was left out. Rename or merge them.`
    problems.add('error', 'duplicate-class-name', folder, message)
  }
  const placed = usable.flatMap((image) => {
    if (image.className === null) {
      problems.add('error', 'outside-class-folder', image.path, 'The picture lies in no class folder.')
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

async function checkRoot(rootPath: string, files: FileSource): Promise<void> {
  try {
    if ((await files.kindOf(rootPath)) !== 'folder') {
      throw new WorkbenchError(
        'not-a-folder',
        `${rootPath} is not a folder.`,
        'Choose a folder with one subfolder per class.',
      )
    }
    await files.list(rootPath)
  } catch (cause) {
    if (cause instanceof WorkbenchError) throw cause
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new WorkbenchError('path-not-found', `There is no folder ${rootPath}.`, 'Check the path.', {
        cause,
      })
    }
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new WorkbenchError(
      'path-not-readable',
      `The folder ${rootPath} cannot be read: ${reason}`,
      'Give yourself the right to read it, or choose another.',
      { cause },
    )
  }
}

function progressReporter(
  onProgress: (progress: ScanProgress) => void,
  problems: ProblemList,
): (phase: string, done: number, total: number | null, rotatedCount: number, always?: boolean) => void {
  let lastMs = -Infinity
  return (phase, done, total, rotatedCount, always = false) => {
    const nowMs = performance.now()
    if (!always && done !== total && nowMs - lastMs < 100) return
    lastMs = nowMs
    onProgress({ phase, done, total, problemCount: problems.count, rotatedCount })
  }
}

function noteEmptyClasses(
  folders: readonly string[],
  partFolders: boolean,
  classNames: ReadonlySet<string>,
  duplicates: ReadonlyMap<string, string>,
  problems: ProblemList,
): void {
  for (const folder of folders) {
    const name = classOfFolder(folder, partFolders)
    if (name === '' || classNames.has(name) || duplicates.has(folder)) continue
    problems.add('error', 'empty-class', folder, 'The folder has no usable picture, so it is not a class.')
  }
}

function refuseUseless(
  rootPath: string,
  classNames: readonly string[],
  imageCount: number,
  problems: ProblemList,
  folders: readonly string[],
): void {
  const layout = 'The folder should have one subfolder per class with the pictures in it.'
  if (imageCount === 0) {
    const first = problems.read().find((problem) => problem.severity === 'error')
    const example = first ? ` For example ${first.path}: ${first.message}` : ''
    throw new WorkbenchError(
      'dataset-empty',
      `No usable picture was found in a class folder of ${rootPath}.${example}`,
      layout,
    )
  }
  const [only] = classNames
  if (classNames.length === 1 && only !== undefined) {
    const inner = folders.filter((folder) => folder.startsWith(`${only}/`) && folder.split('/').length === 2)
    const hint =
      inner.length > 1
        ? `Did you mean the folder ${rootPath}/${only}? It has ${inner.length} subfolders.`
        : layout
    const message = `${rootPath} has only one class, "${only}"; a classifier needs at least two.`
    throw new WorkbenchError('dataset-one-class', message, hint)
  }
}

function noteMissingClasses(
  images: readonly ScannedImage[],
  parts: readonly SplitPart[],
  classNames: readonly string[],
  problems: ProblemList,
): void {
  for (const part of splitParts) {
    const present = new Set<number>()
    images.forEach((image, index) => {
      if (parts[index] === part) present.add(image.classIndex)
    })
    if (present.size === 0) continue
    classNames.forEach((name, classIndex) => {
      if (present.has(classIndex)) return
      const message = `The class "${name}" has no picture in the ${part} part. Its place among the classes stays.`
      problems.add('note', 'class-missing-from-split', name, message)
    })
  }
}

/** What a scan says of the whole: a source that is no dataset, classes that a part lacks. */
import { type SplitPart, splitParts } from '../../contract/entities/dataset'
import { WorkbenchError } from '../../contract/errors'
import { systemRefusal } from '../images/system-refusal'
import type { ProblemList } from '../sources/problem-list'
import type { DatasetSource, Listing } from '../sources/source'

/** Throws 'dataset-empty', 'dataset-one-class'. */
export function refuseUseless(
  { address, words }: DatasetSource,
  listing: Listing,
  classNames: readonly string[],
  problems: ProblemList,
): void {
  const [only] = classNames
  if (only === undefined) {
    const first = problems.read().find((problem) => problem.severity === 'error')
    const example = first ? ` For example ${first.path}: ${first.message}` : ''
    throw new WorkbenchError('dataset-empty', `${words.empty}${example}`, words.layout)
  }
  if (classNames.length > 1 || listing.isUnlabelled === true) return
  const message = `${address.path} has only one class, "${only}"; a classifier needs at least two.`
  throw new WorkbenchError('dataset-one-class', message, listing.hintForOneClass(only) ?? words.layout)
}

/**
 * What a source lists. Where it goes meanwhile, `refuse` says so in place of the system; what else the system refuses is said in words. Throws also what
 * `DatasetSource.list` throws.
 */
export async function listed(
  source: DatasetSource,
  options: Parameters<DatasetSource['list']>[0],
  refuse: () => Promise<void> = () => refuseGone(source),
): Promise<Listing> {
  try {
    return await source.list(options)
  } catch (thrown) {
    if (!(thrown instanceof Error) || !('syscall' in thrown)) throw thrown
    await refuse()
    throw systemRefusal(source.address.path, thrown)
  }
}

/** A drive that went while its images were read is not a fault of each of them. Throws 'path-not-found', 'path-not-readable'. */
export async function refuseGone({ words, problem }: DatasetSource): Promise<void> {
  const found = await problem()
  if (found === null) return
  throw new WorkbenchError(
    found.isGone ? 'path-not-found' : 'path-not-readable',
    `${words.subject} cannot be read any more. ${found.reason} Nothing was imported.`,
    `${words.bringBack}, then import it again.`,
  )
}

export function noteMissingClasses(
  images: readonly { classIndex: number }[],
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
      const message = `The class "${name}" has no image in the ${part} part. It is still one of the classes.`
      problems.add('note', 'class-missing-from-split', name, message)
    })
  }
}

/** What an import would make of a path, before anything is stored. */
import type { FolderChoice, Problem, TableColumns } from '../../contract/entities/dataset'
import type { ImportPreview } from '../../contract/entities/import-preview'
import { toWireError, WorkbenchError, type ErrorCode } from '../../contract/errors'
import { datasetName } from '../../domain/names'
import type { Checked } from '../app/handlers'
import { wholePath } from '../app/whole-path'
import { thumbnail } from '../images/decode'
import { headByteCount, imageFormat } from '../images/image-format'
import { hasImageName } from '../images/image-names'
import { compareCodePoints } from '../sources/class-names'
import { problemList } from '../sources/problem-list'
import type { DatasetSource, Listing, Placement, SourceAddress } from '../sources/source'
import { addressOf, hasColumns, hasFolders, openSource, sourceName, sourceText } from '../sources/sources'
import { listed, refuseUseless } from './scan-checks'

const shownClasses = 1000
const exampleCount = 8
const examplePx = 96

/** What the user can answer, or see the reason of beside what was found. */
const answerable: ReadonlySet<ErrorCode> = new Set([
  'layout-unclear',
  'columns-unclear',
  'dataset-one-class',
  'dataset-empty',
])

export function createPreview(): (input: Checked<'datasets.preview'>) => Promise<ImportPreview> {
  let newest: AbortController | null = null
  return async ({ path, folders, columns, most = Infinity }) => {
    newest?.abort()
    const { signal } = (newest = new AbortController())
    const address = asChosen(await addressOf(wholePath(path)), folders, columns)
    return previewOf(address, most, signal)
  }
}

/** Throws 'bad-input' for a choice that the source does not have. */
export function asChosen(
  source: SourceAddress,
  folders: FolderChoice | undefined,
  columns: TableColumns | undefined,
): SourceAddress {
  if (folders !== undefined && !hasFolders(source)) {
    throw new WorkbenchError(
      'bad-input',
      `${source.path} says itself of which class and part each image is.`,
      'Import it without saying what its folders are.',
    )
  }
  if (columns !== undefined && !hasColumns(source)) {
    throw new WorkbenchError(
      'bad-input',
      `${source.path} is no table: it has no columns with names.`,
      'Import it without saying what its columns are.',
    )
  }
  return { ...source, ...(folders !== undefined && { folders }), ...(columns !== undefined && { columns }) }
}

/** Ends a listing that has found more than was asked for. */
class TooMany extends Error {}

async function previewOf(address: SourceAddress, most: number, signal: AbortSignal): Promise<ImportPreview> {
  const source = openSource(address)
  const problems = problemList()
  const columns = (await source.columns?.()) ?? null
  const nothing: ImportPreview = {
    kind: address.kind,
    kindText: sourceText(address),
    name: datasetName(sourceName(address)),
    imageCount: 0,
    classCount: 0,
    classes: [],
    parts: { train: 0, val: 0, test: 0, none: 0 },
    columns:
      columns === null
        ? null
        : { ...columns, names: [...columns.names], rows: columns.rows.map((row) => [...row]) },
    leftOut: [],
    examples: [],
    fault: null,
    isTooLarge: false,
    isUnlabelled: false,
  }
  const stopIfCancelled = (): void => {
    if (signal.aborted) throw new WorkbenchError('cancelled', 'Another path is looked at.')
  }
  let listing: Listing
  try {
    listing = await listed(source, {
      problems,
      onProgress(count) {
        stopIfCancelled()
        if (count > most) throw new TooMany()
      },
    })
  } catch (thrown) {
    if (thrown instanceof TooMany) return { ...nothing, isTooLarge: true }
    return faulty(nothing, thrown)
  }
  try {
    const others = hasFolders(address)
      ? await otherFiles(source, listing, stopIfCancelled)
      : new Set<number>()
    const isImage = (index: number): boolean => !others.has(index)
    const placed = listing.place({ isImage, isUsable: isImage }, problems)
    const counted = { ...nothing, ...countsOf(placed) }
    const leftOut = kindsOf(problems.read(), wordsOf(listing, others))
    const examples = await examplesOf(source, listing, placed, stopIfCancelled)
    const classNames = counted.classes.map(({ name }) => name)
    const isUnlabelled = listing.isUnlabelled === true
    const whole = {
      ...counted,
      classCount: isUnlabelled ? 0 : counted.classCount,
      classes: isUnlabelled ? [] : counted.classes.slice(0, shownClasses),
      isUnlabelled,
      leftOut,
      examples,
    }
    try {
      refuseUseless(source, listing, classNames, problems)
    } catch (thrown) {
      return faulty(whole, thrown)
    }
    return whole
  } catch (thrown) {
    return faulty(nothing, thrown)
  }
}

/** Throws what cannot be shown beside the rest. */
function faulty(preview: ImportPreview, thrown: unknown): ImportPreview {
  if (!(thrown instanceof WorkbenchError) || !answerable.has(thrown.code)) throw thrown
  return { ...preview, fault: toWireError(thrown) }
}

function countsOf(
  placed: readonly Placement[],
): Pick<ImportPreview, 'imageCount' | 'classCount' | 'classes' | 'parts'> {
  const parts = { train: 0, val: 0, test: 0, none: 0 }
  const counts = new Map<string, number>()
  for (const { className, part } of placed) {
    parts[part ?? 'none'] += 1
    counts.set(className, (counts.get(className) ?? 0) + 1)
  }
  const classes = [...counts]
    .map(([name, imageCount]) => ({ name, imageCount }))
    .sort((one, other) => compareCodePoints(one.name, other.name))
  return { imageCount: placed.length, classCount: classes.length, classes, parts }
}

/** Of more files without the name of an image, the contents are left to the import. */
const mostLookedAt = 200

/** Which files are no images: by their names, and where those are few, by their contents. */
async function otherFiles(
  source: DatasetSource,
  { keys }: Listing,
  stopIfCancelled: () => void,
): Promise<ReadonlySet<number>> {
  const unnamed = keys.flatMap((key, index) => (hasImageName(key) ? [] : [index]))
  if (unnamed.length > mostLookedAt) return new Set(unnamed)
  const others = new Set<number>()
  for (const index of unnamed) {
    stopIfCancelled()
    if (!(await looksLikeImage(source, keys[index] ?? ''))) others.add(index)
  }
  return others
}

async function looksLikeImage(source: DatasetSource, key: string): Promise<boolean> {
  try {
    const { bytes } = await source.read(key, headByteCount, () => false)
    return imageFormat(bytes) !== null
  } catch {
    return false // the import says why
  }
}

/** null where there are no such files. */
function wordsOf({ keys }: Listing, others: ReadonlySet<number>): ImportPreview['leftOut'][number] | null {
  const [first] = others
  if (first === undefined) return null
  const message =
    others.size > mostLookedAt
      ? 'By its name it is no image. The import looks at its content.'
      : 'It is no image that can be read.'
  return { severity: 'note', count: others.size, example: { path: keys[first] ?? '', message } }
}

function kindsOf(
  problems: readonly Problem[],
  others: ImportPreview['leftOut'][number] | null,
): ImportPreview['leftOut'] {
  const kinds = new Map<string, ImportPreview['leftOut'][number]>()
  for (const { severity, code, path, message } of problems) {
    const found = kinds.get(`${severity} ${code}`)
    if (found === undefined)
      kinds.set(`${severity} ${code}`, { severity, count: 1, example: { path, message } })
    else {
      const unnamed = /^(\d+) more of this kind/.exec(message)
      found.count += path === '' && unnamed !== null ? Number(unnamed[1]) : 1
    }
  }
  return [...kinds.values(), ...(others === null ? [] : [others])]
}

/** One image each of classes from the first to the last; those that cannot be read are passed over: the import says why. */
async function examplesOf(
  source: DatasetSource,
  { keys }: Listing,
  placed: readonly Placement[],
  stopIfCancelled: () => void,
): Promise<ImportPreview['examples']> {
  const first = new Map<string, number>()
  for (const { index, className } of placed) if (!first.has(className)) first.set(className, index)
  const all =
    first.size === 1
      ? placed.map(({ index, className }) => [className, index] as const)
      : [...first].sort(([one], [other]) => compareCodePoints(one, other))
  const step = Math.max(1, all.length / exampleCount)
  const examples: ImportPreview['examples'] = []
  for (let at = 0; at < all.length && examples.length < exampleCount; at += step) {
    const [className, index] = all[Math.floor(at)] ?? ['', 0]
    const key = keys[index] ?? ''
    stopIfCancelled()
    try {
      const { bytes, mime } = await thumbnail(source.nameOf(key), examplePx, () => source.readInside(key))
      examples.push({
        className,
        key,
        dataUrl: `data:${mime};base64,${Buffer.from(bytes).toString('base64')}`,
      })
    } catch (thrown) {
      if (thrown instanceof WorkbenchError && thrown.code === 'cancelled') throw thrown
      // an image that cannot be read is no example; the import says why
    }
  }
  return examples
}

/**
 * Shards of WebDataset: tar files in which files of one name belong together, `000012.jpg` and `000012.cls` (or `.json` with a label). One such
 * file, or a folder of them; parts are in their names.
 */
import { basename, join } from 'node:path'
import { z } from 'zod'
import type { SplitPart } from '../../../contract/entities/dataset'
import { WorkbenchError } from '../../../contract/errors'
import { eachAtMost } from '../../images/decode-queue'
import type { FileSource } from '../../images/file-source'
import { hasImageName } from '../../images/image-names'
import { noteSimilarClasses } from '../class-names'
import { classFault } from '../entries'
import { isHidden } from '../folder-walk'
import { partInName } from '../part-names'
import type { ListOptions, Listing, Placement, SourceKind, SourceWords } from '../source'
import { openToList } from './archive'
import { archiveFile, type ArchiveFile } from './archive-file'
import type { ArchiveIndex } from './member'
import { shardedImages } from './shards'
import { tarIndex } from './tar-index'

export const webdatasetKind: SourceKind = {
  kind: 'webdataset',
  text: 'Shards of WebDataset',
  endings: [],
  fitsFolder: async ({ path, names }) => {
    const [first] = names.files.filter(isTar)
    return names.folders.length === 0 && first !== undefined && (await isWebDataset(join(path, first)))
  },
  open(address, files) {
    const { path } = address
    const words = wordsOf(path)
    return {
      ...shardedImages(path, words, tarIndex),
      address,
      words,
      list: (options) => listShards(path, files, options),
    }
  },
}

const isTar = (name: string): boolean => /\.tar$/i.test(name)

/** Of so many samples the beginning is looked at. */
const lookedAt = 100
const atOnce = 64
const mostLabelBytes = 1 << 20

function wordsOf(path: string): SourceWords {
  return {
    place: path,
    subject: `The dataset ${path}`,
    bringBack: 'Connect the drive, or put it back',
    importAgain: 'import it again',
    empty: `No sample of ${path} has an image and a class that can be used.`,
    layout:
      'Each sample needs an image and its class: 000012.jpg and 000012.cls, or 000012.json with a label.',
  }
}

/** Whether most of the first samples have an image and what says its class. */
export async function isWebDataset(path: string): Promise<boolean> {
  try {
    const { index } = await archiveFile(path, tarIndex).open()
    const samples = [...samplesOf(index).values()].slice(0, lookedAt)
    const whole = samples.filter(({ image, label }) => image !== null && label !== null)
    return whole.length > 0 && whole.length * 2 >= samples.length
  } catch {
    return false // a faulty archive: its own import says why
  }
}

interface Sample {
  image: string | null
  /** A member that says the class. */
  label: string | null
}

/** Files of one path up to the first dot of their names. */
function samplesOf({ members }: ArchiveIndex): Map<string, Sample> {
  const samples = new Map<string, Sample>()
  for (const path of members.keys()) {
    const slash = path.lastIndexOf('/') + 1
    const name = path.slice(slash)
    const dot = name.indexOf('.')
    if (dot <= 0 || isHidden(name)) continue
    const stem = path.slice(0, slash + dot)
    const sample = samples.get(stem) ?? { image: null, label: null }
    samples.set(stem, sample)
    if (hasImageName(name)) sample.image ??= path
    else if (/\.cls$/i.test(name)) sample.label = path
    else if (/\.json$/i.test(name)) sample.label ??= path
  }
  return samples
}

interface Found {
  readonly key: string
  readonly className: string
  readonly part: SplitPart | null
}

async function listShards(path: string, files: FileSource, options: ListOptions): Promise<Listing> {
  const shards = await shardsAt(path, files)
  const parts = new Set(shards.map((name) => partInName(name)?.part ?? null))
  const found: Found[] = []
  for (const shard of shards) {
    // a part that all are of divides nothing
    const part = parts.size > 1 ? (partInName(shard)?.part ?? null) : null
    const file = archiveFile(join(path, shard), tarIndex)
    const samples = await listShard(join(path, shard), shard, part, file, options, found.length)
    // one by one: a call takes no more arguments than its stack holds
    for (const sample of samples) found.push(sample)
  }
  return {
    keys: found.map(({ key }) => key),
    links: new Map(),
    place(looked, problems) {
      const placed = found.flatMap(({ className, part }, index): Placement[] =>
        looked.isUsable(index) ? [{ index, className, part }] : [],
      )
      noteSimilarClasses(new Set(placed.map(({ className }) => className)), problems)
      return placed
    },
    hintForOneClass: () => null,
  }
}

/** Their names in the folder; '' where the path is one itself. Throws 'path-not-found'. */
async function shardsAt(path: string, files: FileSource): Promise<string[]> {
  const kind = await files.kindOf(path).catch(() => null)
  if (kind === 'file') return ['']
  if (kind === null)
    throw new WorkbenchError('path-not-found', `There is nothing at ${path}.`, 'Check the path.')
  const entries = await files.list(path)
  return entries
    .filter((entry) => entry.kind === 'file')
    .map(({ nameBytes }) => nameBytes.toString('utf8'))
    .filter((name) => isTar(name) && !isHidden(name))
    .sort()
}

async function listShard(
  path: string,
  shard: string,
  part: SplitPart | null,
  file: ArchiveFile,
  { problems, onProgress }: ListOptions,
  before: number,
): Promise<Found[]> {
  const { index } = await openToList(path, file)
  const keyOf = (member: string): string => (shard === '' ? member : `${shard}/${member}`)
  for (const { severity, code, path: at, message } of index.faults)
    problems.add(severity, code, keyOf(at), message)
  const samples = [...samplesOf(index)]
  const found = new Array<Found | null>(samples.length).fill(null)
  const leaveOut = (member: string, why: string): void =>
    problems.add('error', 'bad-entry', keyOf(member), why)
  let done = before
  await eachAtMost(samples.length, atOnce, async (at) => {
    onProgress(done++)
    const [stem, { image, label }] = samples[at] ?? ['', { image: null, label: null }]
    if (image === null) return label === null ? undefined : leaveOut(label, 'Its sample has no image.')
    if (label === null) return leaveOut(image, `Its sample has no class: there is no ${basename(stem)}.cls.`)
    const read = await readClass(file, label)
    if ('fault' in read) return leaveOut(label, read.fault)
    found[at] = { key: keyOf(image), className: read.className, part }
  })
  return found.flatMap((one) => one ?? [])
}

const textOrNumber = z.union([z.string(), z.number()]).transform(String).optional()
/** What programs call the class; names before numbers. */
const labelSchema = z.object({
  class_name: textOrNumber,
  label_name: textOrNumber,
  class: textOrNumber,
  category: textOrNumber,
  label: textOrNumber,
  cls: textOrNumber,
})

async function readClass(
  file: ArchiveFile,
  member: string,
): Promise<{ readonly className: string } | { readonly fault: string }> {
  let text: string
  try {
    const { bytes, byteCount } = await file.read(member, 0, (_, size) => size <= mostLabelBytes)
    if (byteCount > mostLabelBytes) return { fault: 'It is larger than a class can be.' }
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes).trim()
  } catch (error) {
    return { fault: `It cannot be read as text in UTF-8: ${error instanceof Error ? error.message : ''}.` }
  }
  let className: string | undefined = text
  if (/\.json$/i.test(member)) {
    const parsed = labelSchema.safeParse(parsedJson(text))
    const { class_name, label_name, class: own, category, label, cls } = parsed.success ? parsed.data : {}
    className = class_name ?? label_name ?? own ?? category ?? label ?? cls
  }
  if (className === undefined || className.trim() === '') return { fault: 'It says no class.' }
  const fault = classFault(className)
  return fault === null
    ? { className: className.normalize('NFC').trim() }
    : { fault: `Of the sample, ${fault}` }
}

/** null where it is no JSON. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null // the sample then says no class
  }
}

/** Annotations in the format of COCO: a JSON file with images, categories, and boxes in arrays of their own. */
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import type { ImageBox, SplitPart } from '../../../contract/entities/dataset'
import { WorkbenchError } from '../../../contract/errors'
import { openToRead } from '../../files/open-to-read'
import { reasonOf, type FileSource } from '../../images/file-source'
import { hasImageName } from '../../images/image-names'
import { classFault, keyOfPath, listingOfEntries, sourceOfEntries, type Entry } from '../entries'
import { checkRoot } from '../folder-checks'
import { folderStart } from '../folder-start'
import { findPlace } from '../image-place'
import { partInName, partOf } from '../part-names'
import type { FolderStart, ListOptions, Listing, ShownImage, SourceKind, SourceWords } from '../source'
import { asShown, type GivenSides } from './as-shown'
import { BoxClasses, withoutBox } from './box-classes'
import type { Place } from './box-columns'
import { jsonElements } from './json-elements'

export const cocoKind: SourceKind = {
  kind: 'coco',
  text: 'Boxes as COCO has them',
  endings: ['json'],
  fits: ({ text }) => text !== null && /^\s*\{/.test(text),
  open(address, files) {
    const { path } = address
    const folder = folderOf(path)
    return sourceOfEntries(address, folder, wordsOf(path, folder), files, (options) =>
      listParts(folder, [{ path, base: '', part: null }], files, options),
    )
  },
}

/** A folder of parts, each with its images and one file of annotations; or with `annotations/instances_train.json` and its like. */
export const cocoFolderKind: SourceKind = {
  kind: 'coco-folder',
  text: 'Boxes as COCO has them, in parts',
  endings: [],
  fitsFolder: async (start) => (await partsIn(start)).length > 0,
  open(address, files) {
    const { path } = address
    const words = { ...wordsOf(path, path), importAgain: 'import the folder again' }
    return sourceOfEntries(address, path, words, files, async (options) => {
      await checkRoot(path, files)
      return listParts(path, await partsIn(await folderStart(path, files)), files, options)
    })
  },
}

/** A file of annotations. */
interface PartFile {
  readonly path: string
  /** Below the root, with a slash at its end, or '': what its images are named from. */
  readonly base: string
  readonly part: SplitPart | null
}

async function partsIn({ path, names, namesIn }: FolderStart): Promise<PartFile[]> {
  const found: PartFile[] = []
  for (const folder of names.folders) {
    const inside = partOf(folder) === null ? null : await namesIn(folder)
    const [json, ...others] = inside?.files.filter(isJson) ?? []
    if (json !== undefined && others.length === 0 && inside?.files.some(hasImageName) === true)
      found.push({ path: join(path, folder, json), base: `${folder}/`, part: partOf(folder) })
  }
  if (found.length > 0 || !names.folders.includes('annotations')) return found
  const instances = (await namesIn('annotations')).files.filter((name) => /^instances_.+\.json$/i.test(name))
  return instances.map((name) => ({
    path: join(path, 'annotations', name),
    base: '',
    part: instances.length > 1 ? (partInName(name.replace(/\.json$/i, ''))?.part ?? null) : null,
  }))
}

const isJson = (name: string): boolean => /\.json$/i.test(name)

/** The images of COCO itself are beside the folder of the annotations. */
function folderOf(path: string): string {
  const folder = dirname(path)
  return /^annotations?$/i.test(basename(folder)) ? dirname(folder) : folder
}

function wordsOf(path: string, folder: string): SourceWords {
  return {
    place: folder,
    subject: `The image folder ${folder}`,
    bringBack: 'Connect the drive, or put the folder back',
    importAgain: 'import the file again',
    empty: `${path} names no image with a class that can be used.`,
    layout:
      'It needs “images” (id, file_name), “categories” (id, name) and “annotations” (image_id, category_id, bbox), as COCO has them.',
  }
}

const idSchema = z.union([z.number(), z.string()]).transform(String)
const sideSchema = z.number().optional().catch(undefined)
const imageSchema = z.object({
  id: idSchema,
  file_name: z.string().min(1),
  width: sideSchema,
  height: sideSchema,
})
const infoSchema = z.object({ contributor: z.literal('Label Studio') })
const categorySchema = z.object({ id: idSchema, name: z.string().min(1).optional() })
const annotationSchema = z.object({
  image_id: idSchema,
  category_id: idSchema,
  bbox: z.array(z.unknown()).nullish(),
  area: z.number().nullish(),
  iscrowd: z.unknown().optional(),
})

interface Found {
  /** By their ids. */
  readonly images: Map<string, FoundImage>
  /** By their ids: what they are called. */
  readonly categories: Map<string, string>
  readonly boxes: BoxClasses
  /** It writes sides of the image as stored beside boxes of the image as shown (label-studio#6608). */
  isOfLabelStudio: boolean
}

interface FoundImage {
  readonly name: string
  readonly sides: GivenSides | null
}

const pieceBytes = 1 << 20

async function listParts(
  root: string,
  parts: readonly PartFile[],
  files: FileSource,
  options: ListOptions,
): Promise<Listing> {
  const entries = new Map<string, Entry>()
  for (const part of parts) await addEntries(entries, root, part, files, options)
  return listingOfEntries([...entries.values()], root, files, options)
}

async function addEntries(
  entries: Map<string, Entry>,
  root: string,
  { path, base, part }: PartFile,
  files: FileSource,
  options: ListOptions,
): Promise<void> {
  const found = await readFound(path, options)
  const place = await findPlace(
    [...found.images.values()].map(({ name }) => plainPath(name)),
    join(root, base),
    files,
  )
  const { problems } = options
  const used: string[] = []
  for (const [id, { name, sides }] of found.images) {
    const where = `Image ${id}`
    const category = found.boxes.classOf(id)
    const className = category === null ? null : (found.categories.get(category) ?? null)
    const inside = keyOfPath(plainPath(name), 'the file')
    const key = 'fault' in inside ? '' : base + place.keyOf(inside.key)
    const fault =
      'fault' in inside
        ? inside.fault
        : category === null
          ? withoutBox
          : className === null
            ? `its category ${category} is not among the categories.`
            : (classFault(className) ?? (entries.has(key) ? 'its file is that of an image before it.' : null))
    if (fault !== null || className === null) {
      problems.add('error', 'bad-entry', base + name, `${where}: ${fault ?? withoutBox}`)
      continue
    }
    used.push(id)
    const boxesIn = (shown: ShownImage): ImageBox[] =>
      asShown(boxesNamed(found, id), found.isOfLabelStudio ? null : sides, shown)
    entries.set(key, { key, className: className.normalize('NFC').trim(), part, where, boxesIn })
  }
  found.boxes.noteMixed(used, base + basename(path), problems)
}

/** With the categories' names; one that is not among them keeps its id. */
function boxesNamed({ boxes, categories }: Found, id: string): ImageBox[] {
  return boxes.boxesOf(id).map((box) => {
    const name = categories.get(box.className) ?? ''
    return { ...box, className: name.normalize('NFC').trim() || box.className }
  })
}

async function readFound(path: string, { problems, onProgress }: ListOptions): Promise<Found> {
  const found: Found = {
    ...{ images: new Map<string, FoundImage>(), categories: new Map<string, string>() },
    ...{ boxes: new BoxClasses(), isOfLabelStudio: false },
  }
  const keys = new Set<string>()
  let faultCount = 0
  let count = 0
  try {
    for await (const { key, value } of jsonElements(piecesOf(path), 'info')) {
      if (key === 'info') found.isOfLabelStudio ||= infoSchema.safeParse(value).success
      keys.add(key)
      if (++count % 4096 === 0) onProgress(found.images.size)
      if (!take(found, key, value)) faultCount++
    }
  } catch (cause) {
    if (cause instanceof WorkbenchError) throw cause
    throw unreadable(path, cause)
  }
  for (const needed of ['images', 'annotations', 'categories']) {
    if (keys.has(needed)) continue
    throw new WorkbenchError(
      'bad-input',
      `${path} is no annotation file of COCO: it has no “${needed}”, or none of them.`,
      wordsOf(path, '').layout,
    )
  }
  if (faultCount > 0) {
    const message = `${String(faultCount)} entries do not have what COCO's have (ids, file_name, category_id), and were passed over.`
    problems.add('error', 'bad-entry', basename(path), message)
  }
  return found
}

/** Whether it is as it should be. */
function take({ images, categories, boxes }: Found, key: string, value: unknown): boolean {
  if (key === 'images') {
    const image = imageSchema.safeParse(value)
    if (!image.success) return false
    const { file_name: name, width: widthPx, height: heightPx } = image.data
    const sides = widthPx === undefined || heightPx === undefined ? null : { widthPx, heightPx }
    images.set(image.data.id, { name, sides })
    return true
  }
  if (key === 'categories') {
    const category = categorySchema.safeParse(value)
    if (category.success) categories.set(category.data.id, category.data.name ?? category.data.id)
    return category.success
  }
  if (key !== 'annotations') return true
  const annotation = annotationSchema.safeParse(value)
  if (!annotation.success) return false
  const { image_id, category_id, bbox, area, iscrowd } = annotation.data
  const place = bbox === undefined || bbox === null || bbox.length === 0 ? null : placeOf(bbox)
  boxes.add(image_id, category_id, place, area ?? 0, iscrowd === 1 || iscrowd === true)
  return true
}

/** What is no number is NaN: of such a box is said whose it is. */
function placeOf(bbox: readonly unknown[]): Place {
  const [x = NaN, y = NaN, width = NaN, height = NaN] = bbox.map((value) =>
    typeof value === 'number' ? value : NaN,
  )
  return { x, y, width, height }
}

async function* piecesOf(path: string): AsyncGenerator<Buffer> {
  const handle = await openToRead(path)
  try {
    for (;;) {
      const piece = Buffer.allocUnsafe(pieceBytes)
      const { bytesRead } = await handle.read(piece, 0, pieceBytes)
      if (bytesRead === 0) return
      yield piece.subarray(0, bytesRead)
    }
  } finally {
    await handle.close()
  }
}

function plainPath(name: string): string {
  return name.replaceAll('\\', '/').replace(/^\.\//, '')
}

function unreadable(path: string, cause: unknown): WorkbenchError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new WorkbenchError('path-not-found', `There is no file ${path}.`, 'Check the path.', { cause })
  const reason = reasonOf(cause)
  return new WorkbenchError(
    'path-not-readable',
    `Cannot read the annotations ${path}: ${reason}${reason.endsWith('.') ? '' : '.'}`,
    'Check that it is a whole JSON file in UTF-8, and that you may read it.',
    { cause },
  )
}

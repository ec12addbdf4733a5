/**
 * Annotations in the format of Pascal VOC: an XML file for each image, beside it or in `Annotations` beside `JPEGImages`. Parts are those of the lists in
 * `ImageSets/Main`, or of folders around the images.
 */
import { join, posix } from 'node:path'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { z } from 'zod'
import type { ImageBox, SplitPart } from '../../../contract/entities/dataset'
import { eachAtMost } from '../../images/decode-queue'
import { reasonOf, type FileSource } from '../../images/file-source'
import { hasImageName } from '../../images/image-names'
import { classFault, listingOfEntries, sourceOfEntries, type Entry } from '../entries'
import { checkRoot } from '../folder-checks'
import { walkTree } from '../folder-walk'
import { partInName, partOf } from '../part-names'
import type { FolderStart, ListOptions, Listing, ShownImage, SourceKind, SourceWords } from '../source'
import { decodeText } from '../text-file'
import { asShown, type GivenSides } from './as-shown'
import { BoxClasses, withoutBox } from './box-classes'
import type { Place } from './box-columns'

export const vocKind: SourceKind = {
  kind: 'voc',
  text: 'Boxes as Pascal VOC has them',
  endings: [],
  fitsFolder: isVoc,
  open(address, files) {
    const { path } = address
    return sourceOfEntries(address, path, wordsOf(path), files, (options) => listVoc(path, files, options))
  },
}

function wordsOf(path: string): SourceWords {
  return {
    place: path,
    subject: `The folder ${path}`,
    bringBack: 'Connect the drive, or put the folder back',
    importAgain: 'import the folder again',
    empty: `No annotation of ${path} belongs to an image that can be used.`,
    layout: 'It needs an XML file for each image, with an object and its name in it, as Pascal VOC has them.',
  }
}

const isXml = (name: string): boolean => /\.xml$/i.test(name)

/** Annotations in their own folder, or beside the images, at the top or in the first folder of several. */
async function isVoc({ names, namesIn }: FolderStart): Promise<boolean> {
  const own = names.folders.find((name) => name.toLowerCase() === 'annotations')
  if (own !== undefined && (await namesIn(own)).files.some(isXml)) return true
  if (haveTwins(names.files)) return true
  const [first] = names.folders
  return names.folders.some((name) => partOf(name) !== null) && first !== undefined
    ? haveTwins((await namesIn(first)).files)
    : false
}

function haveTwins(files: readonly string[]): boolean {
  const stems = new Set(files.filter(isXml).map(stemOf))
  return stems.size > 0 && files.some((name) => hasImageName(name) && stems.has(stemOf(name)))
}

/** A file an image; a large one is none. */
const mostXmlBytes = 1 << 20
const atOnce = 16

const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  isArray: (name) => name === 'object',
})
const textSchema = z.string()
const annotationSchema = z.object({
  annotation: z.object({
    filename: textSchema.optional(),
    size: z.object({ width: z.coerce.number(), height: z.coerce.number() }).nullable().catch(null),
    object: z
      .array(
        z.object({
          name: textSchema,
          bndbox: z
            .object({
              xmin: z.coerce.number(),
              ymin: z.coerce.number(),
              xmax: z.coerce.number(),
              ymax: z.coerce.number(),
            })
            .optional(),
        }),
      )
      .optional(),
  }),
})

async function listVoc(rootPath: string, files: FileSource, options: ListOptions): Promise<Listing> {
  const { problems, onProgress } = options
  await checkRoot(rootPath, files)
  const tree = await walkTree({ rootPath, files, problems, onFolder: onProgress })
  const images = imagesByStem(tree.files)
  const parts = await listedParts(rootPath, tree.files, files)
  const annotations = tree.files.filter(isXml)
  const readings = new Array<Annotation | { readonly fault: string }>(annotations.length)
  let done = 0
  await eachAtMost(annotations.length, atOnce, async (index) => {
    onProgress(done++)
    readings[index] = await readAnnotation(join(rootPath, annotations[index] ?? ''), files)
  })
  const boxes = new BoxClasses()
  const entries = new Map<string, Entry>()
  const said = new Set<string>()
  const leaveOut = (path: string, why: string): void => {
    said.add(path)
    problems.add('error', 'bad-entry', path, why)
  }
  for (const [index, path] of annotations.entries()) {
    const read = readings[index] ?? { fault: 'It was not read.' }
    const image = 'fault' in read ? null : imageOf(path, read.filename, images)
    if ('fault' in read) leaveOut(path, read.fault)
    else if (image === null) leaveOut(path, 'Its image is not there.')
    else if (entries.has(image)) leaveOut(path, `Its image ${image} has another annotation.`)
    else {
      for (const { name, place } of read.objects) boxes.add(image, name.normalize('NFC').trim(), place)
      const className = boxes.classOf(image)
      const fault = className === null ? withoutBox : classFault(className)
      const part = parts.get(stemOf(posix.basename(path))) ?? partOfFolders(image)
      if (fault !== null || className === null) leaveOut(image, fault ?? withoutBox)
      else {
        const { sides } = read
        const boxesIn = (shown: ShownImage): ImageBox[] => asShown(boxes.boxesOf(image), sides, shown)
        entries.set(image, { key: image, className, part, where: path, boxesIn })
      }
    }
  }
  boxes.noteMixed(entries.keys(), '', problems)
  const without = tree.files.filter((path) => hasImageName(path) && !entries.has(path) && !said.has(path))
  for (const path of without) leaveOut(path, 'It has no annotation that can be used.')
  return listingOfEntries([...entries.values()], rootPath, files, options)
}

interface Annotation {
  readonly filename: string
  readonly sides: GivenSides | null
  readonly objects: readonly { readonly name: string; readonly place: Place | null }[]
}

async function readAnnotation(
  path: string,
  files: FileSource,
): Promise<Annotation | { readonly fault: string }> {
  let text: string
  try {
    const { bytes, byteCount } = await files.read(path, 0, (_, size) => size <= mostXmlBytes)
    if (byteCount > mostXmlBytes) return { fault: 'It is larger than an annotation can be.' }
    text = decodeText(bytes)
  } catch (error) {
    return { fault: `It cannot be read as text in UTF-8: ${reasonOf(error)}` }
  }
  // entities of its own are how a small file becomes a large one
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text))
    return {
      fault: 'It declares a document type or entities, which annotations do not need. It was not read.',
    }
  const valid = XMLValidator.validate(text)
  if (valid !== true)
    return { fault: `Line ${String(valid.err.line)}: it is not valid XML. ${valid.err.msg}` }
  let read: unknown
  try {
    read = parser.parse(text)
  } catch (error) {
    // nested more deeply than it reads
    return { fault: `It cannot be read: ${reasonOf(error)}` }
  }
  const parsed = annotationSchema.safeParse(read)
  if (!parsed.success)
    return { fault: 'It is no annotation of Pascal VOC: an object needs a name and a bndbox.' }
  const { filename = '', size, object = [] } = parsed.data.annotation
  return {
    filename: filename.replaceAll('\\', '/'),
    sides: size === null ? null : { widthPx: size.width, heightPx: size.height },
    objects: object.map(({ name, bndbox }) => ({
      name,
      place: bndbox === undefined ? null : placeOf(bndbox),
    })),
  }
}

/** As other tools read it: from edge to edge, as if the first pixel began at 0. */
function placeOf({ xmin, ymin, xmax, ymax }: Record<'xmin' | 'ymin' | 'xmax' | 'ymax', number>): Place {
  return { x: xmin, y: ymin, width: xmax - xmin, height: ymax - ymin }
}

/** By their paths without ending. */
function imagesByStem(paths: readonly string[]): Map<string, string> {
  return new Map(paths.filter(hasImageName).map((path) => [stemOf(path), path]))
}

/** The image is where the annotation says, or is called as the annotation is; beside it, or in the folder of the images. */
function imageOf(annotation: string, filename: string, images: ReadonlyMap<string, string>): string | null {
  const folder = posix.dirname(annotation)
  const around = posix.dirname(folder)
  const names = [stemOf(posix.basename(filename)), stemOf(posix.basename(annotation))]
  for (const name of names) {
    if (name === '') continue
    for (const at of [folder, `${around}/JPEGImages`, `${around}/images`, around]) {
      const found = images.get(posix.normalize(`${at}/${name}`))
      if (found !== undefined) return found
    }
  }
  return null
}

/** Of `ImageSets/Main/train.txt` and its like, by the names of the images without ending. */
async function listedParts(
  rootPath: string,
  paths: readonly string[],
  files: FileSource,
): Promise<Map<string, SplitPart>> {
  const parts = new Map<string, SplitPart>()
  for (const path of paths) {
    const [, name = ''] = /(?:^|\/)ImageSets\/Main\/(train|val|test)\.txt$/.exec(path) ?? []
    const part = partOf(name)
    if (part === null) continue
    const { bytes } = await files.read(join(rootPath, path), 0, (_, size) => size <= mostXmlBytes * 64)
    for (const line of bytes.toString('utf8').split(/\r\n|\n|\r/)) {
      if (line.trim() !== '') parts.set(line.trim(), part)
    }
  }
  return parts
}

function partOfFolders(path: string): SplitPart | null {
  for (const folder of path.split('/').slice(0, -1)) {
    const found = partInName(folder)
    if (found?.isSure === true) return found.part
  }
  return null
}

function stemOf(name: string): string {
  return name.replace(/\.[^./]*$/, '')
}

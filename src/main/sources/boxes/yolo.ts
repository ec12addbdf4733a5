/**
 * A folder in the format of YOLO: `data.yaml` names the classes and where the images of each part are; for `images/…/1.jpg` the boxes are in
 * `labels/…/1.txt`, a line `class x y width height` each.
 */
import { basename, dirname, join, posix } from 'node:path'
import { isScalar, LineCounter, parseDocument, visit, type Document, type Scalar } from 'yaml'
import { z } from 'zod'
import type { ImageBox, SplitPart } from '../../../contract/entities/dataset'
import { WorkbenchError } from '../../../contract/errors'
import { eachAtMost } from '../../images/decode-queue'
import { reasonOf, type FileSource } from '../../images/file-source'
import { hasImageName } from '../../images/image-names'
import { classFault, listingOfEntries, sourceOfEntries, type Entry } from '../entries'
import { checkRoot } from '../folder-checks'
import { walkTree } from '../folder-walk'
import type {
  FolderStart,
  ListOptions,
  Listing,
  ShownImage,
  SourceAddress,
  SourceKind,
  SourceWords,
} from '../source'
import { decodeText, readText } from '../text-file'
import { BoxClasses, withoutBox } from './box-classes'
import type { Place } from './box-columns'

export const yoloKind: SourceKind = {
  kind: 'yolo',
  text: 'Boxes as YOLO has them',
  endings: ['yaml', 'yml'],
  fits: ({ path, text }) => text !== null && isYaml(path) && looksLikeYolo(text),
  fitsFolder: async (folder) => (await yamlIn(folder)) !== null,
  open(address, files) {
    const { path } = address
    const folder = isYaml(path) ? dirname(path) : path
    return sourceOfEntries(address, folder, wordsOf(path, folder), files, (options) =>
      listYolo(address, folder, files, options),
    )
  },
}

const isYaml = (path: string): boolean => /\.ya?ml$/i.test(path)

function wordsOf(path: string, folder: string): SourceWords {
  return {
    place: folder,
    subject: `The folder ${folder}`,
    bringBack: 'Connect the drive, or put the folder back',
    importAgain: 'import it again',
    empty: `No image of ${path} has a box of a class and can be used.`,
    layout: 'It needs data.yaml with names and train, and for each image a text file of boxes in labels.',
  }
}

function looksLikeYolo(text: string): boolean {
  return /^names\s*:/m.test(text) && /^(?:train|val|test|path)\s*:/m.test(text)
}

/** Its name; null where there is none. */
async function yamlIn({ names, textOf }: FolderStart): Promise<string | null> {
  for (const name of names.files.filter(isYaml).slice(0, 5)) {
    const text = await textOf(name)
    if (text !== null && looksLikeYolo(text)) return name
  }
  return null
}

const placesSchema = z.union([z.string(), z.array(z.string())]).nullish()
const dataSchema = z.object({
  path: z.string().nullish(),
  names: z.union([z.array(z.coerce.string()), z.record(z.string(), z.coerce.string())]),
  train: placesSchema,
  val: placesSchema,
  valid: placesSchema,
  test: placesSchema,
})
type Data = z.infer<typeof dataSchema>

const atOnce = 16
const mostLabelBytes = 1 << 20
/** The names of ten thousand classes. Four times as many letters can take the library five seconds. */
const mostYamlLetters = 1 << 18

async function listYolo(
  { path }: SourceAddress,
  folder: string,
  files: FileSource,
  options: ListOptions,
): Promise<Listing> {
  const { problems, onProgress } = options
  await checkRoot(folder, files)
  const tree = await walkTree({ rootPath: folder, files, problems, onFolder: onProgress })
  const yamlPath = isYaml(path) ? path : await ownYaml(folder, tree.files, files)
  const data = await readData(yamlPath, files)
  const all = new Set(tree.files)
  const images = await imagesOf(folder, yamlPath, data, tree.files.filter(hasImageName), files)
  const boxes = new BoxClasses()
  const list = [...images]
  const entries = new Array<Entry | null>(list.length).fill(null)
  let done = 0
  await eachAtMost(list.length, atOnce, async (index) => {
    onProgress(done++)
    const [key, part] = list[index] ?? ['', null]
    const labels = labelsOf(key)
    const fault = all.has(labels) ? await addBoxes(folder, key, labels, data, boxes, files) : null
    const className = boxes.classOf(key)
    const why = fault ?? (className === null ? withoutBox : classFault(className))
    if (why !== null || className === null)
      return problems.add('error', 'bad-entry', fault === null ? key : labels, why ?? withoutBox)
    const boxesIn = (image: ShownImage): ImageBox[] =>
      boxes.boxesOf(key).map((box) => ({
        ...box,
        xPx: box.xPx * image.widthPx,
        yPx: box.yPx * image.heightPx,
        widthPx: box.widthPx * image.widthPx,
        heightPx: box.heightPx * image.heightPx,
      }))
    entries[index] = { key, className, part, where: labels, boxesIn }
  })
  const found = entries.flatMap((entry) => entry ?? [])
  boxes.noteMixed(
    found.map(({ key }) => key),
    basename(yamlPath),
    problems,
  )
  return listingOfEntries(found, folder, files, options)
}

async function ownYaml(folder: string, paths: readonly string[], files: FileSource): Promise<string> {
  for (const name of paths.filter((path) => isYaml(path) && !path.includes('/'))) {
    const text = await readText(join(folder, name), 'description', files)
    if (looksLikeYolo(text)) return join(folder, name)
  }
  throw new WorkbenchError(
    'bad-input',
    `${folder} has no data.yaml with names and train in it.`,
    wordsOf(folder, folder).layout,
  )
}

async function readData(path: string, files: FileSource): Promise<Data> {
  const text = await readText(path, 'description', files)
  if (text.length > mostYamlLetters) throw notYolo(path, 'it is longer than a description can be')
  const lines = new LineCounter()
  // The library would compare every name with every other: seconds for ten thousand classes.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false })
  const refuseAt = (offset: number, why: string): WorkbenchError => {
    const { line, col } = lines.linePos(offset)
    return notYolo(path, `line ${String(line)}, column ${String(col)}: ${why}`)
  }
  const [error] = document.errors
  if (error !== undefined) throw refuseAt(error.pos[0], error.message)
  const twice = repeatedKey(document)
  if (twice !== null) throw refuseAt(twice.range?.[0] ?? 0, 'Map keys must be unique')
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: 50 })
  } catch (cause) {
    throw notYolo(path, `it refers to itself too often (${cause instanceof Error ? cause.message : ''})`)
  }
  const data = dataSchema.safeParse(value)
  if (data.success) return data.data
  const [issue] = data.error.issues
  throw notYolo(path, `“${issue?.path.map(String).join('.') ?? ''}” is not what YOLO has there`)
}

/** The first key that its map has already. */
function repeatedKey(document: Document): Scalar | null {
  let found: Scalar | null = null
  visit(document, {
    Map(_, { items }) {
      const keys = new Set<unknown>()
      for (const { key } of items) {
        if (!isScalar(key)) continue
        if (keys.has(key.value)) {
          found = key
          return visit.BREAK
        }
        keys.add(key.value)
      }
      return undefined
    },
  })
  return found
}

function notYolo(path: string, why: string): WorkbenchError {
  return new WorkbenchError(
    'bad-input',
    `Cannot read ${path}: ${why}.`,
    'It needs “names”, the classes, and “train”, the folder of images, as YOLO has them.',
  )
}

/** Of each image the part that names it; the first of train, val and test where several do. */
async function imagesOf(
  folder: string,
  yamlPath: string,
  data: Data,
  images: readonly string[],
  files: FileSource,
): Promise<Map<string, SplitPart>> {
  const found = new Map<string, SplitPart>()
  const places: [SplitPart, Data['train']][] = [
    ['train', data.train],
    ['val', data.val ?? data.valid],
    ['test', data.test],
  ]
  for (const [part, said] of places) {
    for (const place of said === null || said === undefined ? [] : [said].flat()) {
      for (const key of await imagesAt(folder, yamlPath, data.path ?? '', place, images, files))
        if (!found.has(key)) found.set(key, part)
    }
  }
  return found
}

/** A folder with its images, or a list of them. Paths that programs wrote for another machine are looked for from the folder on. */
async function imagesAt(
  folder: string,
  yamlPath: string,
  base: string,
  place: string,
  images: readonly string[],
  files: FileSource,
): Promise<string[]> {
  const tried = [`${base}/${place}`, place, place.replace(/^(?:\.\.?\/)+/, '')].flatMap((path) => {
    const inside = posix.normalize(path.replaceAll('\\', '/')).replace(/\/+$/, '')
    const below = inside.startsWith(`${folder}/`) ? inside.slice(folder.length + 1) : inside
    return below.startsWith('/') || below.startsWith('..') || below === '' ? [] : [below]
  })
  for (const path of tried) {
    const inFolder = images.filter((key) => key.startsWith(`${path}/`))
    if (inFolder.length > 0) return inFolder
    if (!path.endsWith('.txt') || (await files.kindOf(join(folder, path)).catch(() => null)) !== 'file')
      continue
    const lines = (await readText(join(folder, path), 'list', files)).split(/\r\n|\n|\r/)
    const known = new Set(images)
    return lines.flatMap((line) => {
      const key = posix.normalize(line.trim().replaceAll('\\', '/'))
      const below = key.startsWith(`${folder}/`) ? key.slice(folder.length + 1) : key
      return known.has(below) ? [below] : []
    })
  }
  throw new WorkbenchError(
    'bad-input',
    `${yamlPath} names the images “${place}”, and there are none in ${folder}.`,
    'Correct the path there: relative to the folder of the file, and within it.',
  )
}

/** The last `images` of the path is `labels` for the boxes. */
function labelsOf(key: string): string {
  const path = `/${key}`
  const at = path.lastIndexOf('/images/')
  const other = at < 0 ? path : `${path.slice(0, at)}/labels/${path.slice(at + '/images/'.length)}`
  return `${other.slice(1).replace(/\.[^./]*$/, '')}.txt`
}

/** Why the file of boxes cannot be used, a sentence; null where it can. */
async function addBoxes(
  folder: string,
  key: string,
  labels: string,
  { names }: Data,
  boxes: BoxClasses,
  files: FileSource,
): Promise<string | null> {
  let text: string
  try {
    const { bytes, byteCount } = await files.read(
      join(folder, labels),
      0,
      (_, size) => size <= mostLabelBytes,
    )
    if (byteCount > mostLabelBytes) return 'It is larger than a file of boxes can be.'
    text = decodeText(bytes)
  } catch (error) {
    return `It cannot be read as text in UTF-8: ${reasonOf(error)}`
  }
  const classes = new Map(Object.entries(names))
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    const cells = line.trim().split(/\s+/)
    const [number = '', ...rest] = cells
    if (number === '') continue
    const name = classes.get(number)
    if (name === undefined) return `Line ${String(index + 1)}: there is no class ${number} among the names.`
    const place = placeOf(rest.map(Number))
    if (place === null) return `Line ${String(index + 1)}: it needs x, y, width and height, or a polygon.`
    boxes.add(key, name.normalize('NFC').trim(), place)
  }
  return null
}

/** In shares of the image, of a box by its centre and sides, or of what surrounds a polygon; null where it is neither. */
function placeOf(numbers: readonly number[]): Place | null {
  if (numbers.length < 4 || numbers.some((value) => !Number.isFinite(value))) return null
  const [middleX = 0, middleY = 0, width = 0, height = 0] = numbers
  if (numbers.length < 6) return { x: middleX - width / 2, y: middleY - height / 2, width, height }
  const [least, most] = [
    [Infinity, Infinity],
    [-Infinity, -Infinity],
  ]
  for (const [index, value] of numbers.entries()) {
    least[index % 2] = Math.min(least[index % 2] ?? value, value)
    most[index % 2] = Math.max(most[index % 2] ?? value, value)
  }
  const [x = 0, y = 0] = least
  const [right = 0, bottom = 0] = most
  return { x, y, width: right - x, height: bottom - y }
}

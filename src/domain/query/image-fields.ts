/** The fields of queries about images: what stands in their files, and what was said of them. Of datasets and predictions alike, where nothing else is said. */
import { splitParts } from '../../contract/entities/dataset'
import { numberType, type Choice, type Field, type FieldType } from './field'

const seen: Field['subjects'] = ['images', 'predictions']

/** Of one column: a name for each code, from 0. */
function choicesType(column: string, names: readonly string[], help: (name: string) => string): FieldType {
  return {
    kind: 'choice',
    choices: Object.fromEntries(
      names.map((name, code) => [name, { column, codes: [code], help: help(name) }]),
    ),
  }
}

/** How formats are kept in a column; one that is not among them has no name. */
export const imageFormats = ['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff', 'bmp', 'pnm'] as const

const byteUnits = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9 }
const orientation: Readonly<Record<string, Choice>> = {
  turned: { column: 'turned', codes: [1], help: 'rotated by the orientation in the file' },
  upright: { column: 'turned', codes: [0], help: 'not rotated' },
}
/** What the log of label changes says of an image. */
const corrections: Readonly<Record<string, Choice>> = {
  relabelled: { column: 'relabelled', codes: [1], help: 'its class was changed here' },
  excluded: { column: 'excluded', codes: [1], help: 'it was excluded here' },
  noted: { column: 'noted', codes: [1], help: 'it has a note' },
  tagged: { column: 'tagged', codes: [1], help: 'it has a tag' },
  doubted: { column: 'doubted', codes: [1], help: 'its label is likely wrong, by the last check of labels' },
}
/** What the last check found. */
const duplicates: Readonly<Record<string, Choice>> = {
  'near-duplicate': {
    column: 'nearDuplicate',
    codes: [1],
    help: 'the check found another that shows the same',
  },
}
/** What an image can be by itself, whatever a model says of it. */
export const imageStates = { ...orientation, ...corrections, ...duplicates }

/** Facts of an image's file, of datasets and predictions alike. */
const fileFields: readonly Field[] = [
  {
    name: 'split',
    aliases: ['part'],
    subjects: seen,
    type: choicesType('split', splitParts, (part) => `images of the ${part} part`),
    unit: '',
    help: 'The part that the image is in.',
    example: 'split:test',
    isSortable: true,
  },
  {
    name: 'path',
    aliases: [],
    subjects: seen,
    type: { kind: 'text', isWhole: false },
    unit: '',
    help: 'Some of the path below the dataset’s folder; a word alone asks the same.',
    example: 'path:holiday/IMG_',
    isSortable: true,
  },
  {
    name: 'name',
    aliases: ['file'],
    subjects: seen,
    type: { kind: 'text', isWhole: true },
    unit: '',
    help: 'The name of the file, whole; * stands for any letters.',
    example: 'name:IMG_*',
    isSortable: false,
  },
  {
    name: 'width',
    aliases: [],
    subjects: seen,
    type: numberType({ px: 1 }, true),
    unit: 'px',
    help: 'The width of the image as it is shown.',
    example: 'width<96',
    isSortable: true,
  },
  {
    name: 'height',
    aliases: [],
    subjects: seen,
    type: numberType({ px: 1 }, true),
    unit: 'px',
    help: 'The height of the image as it is shown.',
    example: 'height>=1000',
    isSortable: true,
  },
  {
    name: 'aspect',
    aliases: [],
    subjects: seen,
    type: numberType(),
    unit: '',
    help: 'The width divided by the height.',
    example: 'aspect>2',
    isSortable: true,
  },
  {
    name: 'bytes',
    aliases: ['size'],
    subjects: seen,
    type: numberType(byteUnits, true),
    unit: 'bytes',
    help: 'The size of the file; kB, MB and GB can follow the number.',
    example: 'bytes>2MB',
    isSortable: true,
  },
  {
    name: 'format',
    aliases: [],
    subjects: seen,
    type: choicesType('format', imageFormats, (name) => `${name} files, by what is in them`),
    unit: '',
    help: 'The format of the file, by what is in it.',
    example: 'format:png',
    isSortable: true,
  },
  {
    name: 'same',
    aliases: [],
    subjects: seen,
    type: {
      kind: 'choice',
      choices: {
        classes: { column: 'sameClasses', codes: [1], help: 'the same bytes are under another class' },
        parts: { column: 'sameParts', codes: [1], help: 'the same bytes are in another part' },
      },
    },
    unit: '',
    help: 'Images of the same bytes that have two classes or parts; those of the same bytes come together.',
    example: 'same:parts',
    isSortable: false,
  },
]

const idField: Field = {
  name: 'id',
  aliases: [],
  subjects: seen,
  type: numberType({}, true),
  unit: '',
  help: 'The number of the image.',
  example: 'id:12,15..17',
  isSortable: false,
}

const likeField: Field = {
  name: 'like',
  aliases: [],
  subjects: seen,
  type: { kind: 'image' },
  unit: '',
  help: 'Images by how alike they look to the one with this number or path, the most alike first.',
  example: 'like:12',
  isSortable: false,
}

const labelFields: readonly Field[] = [
  {
    name: 'tag',
    aliases: [],
    subjects: seen,
    type: { kind: 'text', isWhole: true },
    unit: '',
    help: 'A tag that the image was given here, whole; * stands for any letters.',
    example: 'tag:hard',
    isSortable: false,
  },
  {
    name: 'note',
    aliases: [],
    subjects: seen,
    type: { kind: 'text', isWhole: false },
    unit: '',
    help: 'Some of the note that the image was given here.',
    example: 'note:"two flowers"',
    isSortable: false,
  },
]

/** Images of one entry of a list: they follow it, whatever else they have in common. */
const amongFields: readonly Field[] = [
  {
    name: 'evaluated',
    aliases: [],
    subjects: seen,
    type: { kind: 'among', column: 'evaluated' },
    unit: '',
    help: 'Images that the run with this number or name evaluated in the part that they are in, by what is in their files.',
    example: 'evaluated:12',
    isSortable: false,
  },
  {
    name: 'correction',
    aliases: [],
    subjects: seen,
    type: { kind: 'among', column: 'correction' },
    unit: '',
    help: 'Images of one entry of Corrections, by its number, whether it was taken back or not.',
    example: 'correction:12',
    isSortable: false,
  },
]

/** What the last check of labels, and all runs, say of an image. */
const doubtFields: readonly Field[] = [
  {
    name: 'doubt',
    aliases: [],
    subjects: seen,
    type: numberType({}, true),
    unit: '',
    help: 'The place of the image among those whose labels are likely wrong, by the last check of labels; 1 is the surest.',
    example: 'doubt<=20',
    isSortable: true,
  },
  {
    name: 'often',
    aliases: [],
    subjects: seen,
    type: choicesType(
      'often',
      ['never', 'sometimes', 'always'],
      (name) => `the runs of the dataset that evaluated it are ${name} wrong`,
    ),
    unit: '',
    help: 'How often the runs of the dataset that evaluated the image are wrong.',
    example: 'often:always',
    isSortable: false,
  },
  {
    name: 'misses',
    aliases: [],
    subjects: seen,
    type: numberType({}, true),
    unit: 'runs',
    help: 'How many runs of the dataset are wrong on the image.',
    example: 'misses>=2',
    isSortable: true,
  },
]

/** Of images alone. */
export const imageFields: readonly Field[] = [
  {
    name: 'class',
    aliases: ['label'],
    subjects: ['images'],
    type: { kind: 'class' },
    unit: '',
    help: 'The class that the dataset gives the image.',
    example: 'class:"Colts Foot"',
    isSortable: true,
  },
  {
    name: 'is',
    aliases: [],
    subjects: ['images'],
    type: { kind: 'choice', choices: imageStates },
    unit: '',
    help: 'What the image is, in its file and by corrections.',
    example: 'is:turned',
    isSortable: false,
  },
]

/** Of images and predictions. */
export const seenFields: readonly Field[] = [
  ...labelFields,
  ...doubtFields,
  ...amongFields,
  likeField,
  idField,
  ...fileFields,
]

/** The fields of the query language: what each is called, holds, takes, and where it means something. One table for parsing, help and completion. */
import { answers } from '../../contract/entities/rating'
import { splitParts } from '../../contract/entities/dataset'
import type { Choice, Field, FieldType, Subject } from './field'
import { runFields } from './run-fields'

const seen: readonly Subject[] = ['images', 'predictions']

function number(units: Readonly<Record<string, number>> = {}, isWhole = false): FieldType {
  return { kind: 'number', isWhole, units, words: {} }
}

function choices(column: string, names: readonly string[], help: (name: string) => string): FieldType {
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
const correctness: Readonly<Record<string, Choice>> = {
  wrong: { column: 'wrong', codes: [1], help: 'the prediction is not the label' },
  right: { column: 'wrong', codes: [0], help: 'the prediction is the label' },
  any: { column: 'wrong', codes: null, help: 'right and wrong ones' },
}

/** What raters together say of a prediction. */
const verdictHelp = {
  prediction: 'the prediction is better than the label',
  label: 'the label is better than the prediction',
  both: 'both are right',
  neither: 'neither is right',
  unsure: 'the raters are unsure, or of several minds',
}
const verdicts: Readonly<Record<string, Choice>> = {
  ...Object.fromEntries(
    answers.map((name, code) => [name, { column: 'verdict', codes: [code + 1], help: verdictHelp[name] }]),
  ),
  none: { column: 'verdict', codes: [0], help: 'nobody judged it' },
  any: { column: 'verdict', codes: answers.map((_, code) => code + 1), help: 'somebody judged it' },
}

/** Facts of an image's file, of datasets and predictions alike. */
const fileFields: readonly Field[] = [
  {
    name: 'split',
    aliases: ['part'],
    subjects: seen,
    type: choices('split', splitParts, (part) => `images of the ${part} part`),
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
    type: number({ px: 1 }, true),
    unit: 'px',
    help: 'The width of the image as it is shown.',
    example: 'width<96',
    isSortable: true,
  },
  {
    name: 'height',
    aliases: [],
    subjects: seen,
    type: number({ px: 1 }, true),
    unit: 'px',
    help: 'The height of the image as it is shown.',
    example: 'height>=1000',
    isSortable: true,
  },
  {
    name: 'aspect',
    aliases: [],
    subjects: seen,
    type: number(),
    unit: '',
    help: 'The width divided by the height.',
    example: 'aspect>2',
    isSortable: true,
  },
  {
    name: 'bytes',
    aliases: ['size'],
    subjects: seen,
    type: number(byteUnits, true),
    unit: 'bytes',
    help: 'The size of the file; kB, MB and GB can follow the number.',
    example: 'bytes>2MB',
    isSortable: true,
  },
  {
    name: 'format',
    aliases: [],
    subjects: seen,
    type: choices('format', imageFormats, (name) => `${name} files, by what is in them`),
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

/** What the last check of labels, and all runs, say of an image. */
const doubtFields: readonly Field[] = [
  {
    name: 'doubt',
    aliases: [],
    subjects: seen,
    type: number({}, true),
    unit: '',
    help: 'The place of the image among those whose labels are likely wrong, by the last check of labels; 1 is the surest.',
    example: 'doubt<=20',
    isSortable: true,
  },
  {
    name: 'often',
    aliases: [],
    subjects: seen,
    type: choices(
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
    type: number({}, true),
    unit: 'runs',
    help: 'How many runs of the dataset are wrong on the image.',
    example: 'misses>=2',
    isSortable: true,
  },
]

const imageFields: readonly Field[] = [
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
    type: { kind: 'choice', choices: { ...orientation, ...corrections, ...duplicates } },
    unit: '',
    help: 'What the image is, in its file and by corrections.',
    example: 'is:turned',
    isSortable: false,
  },
]

const predictionFields: readonly Field[] = [
  {
    name: 'is',
    aliases: [],
    subjects: ['predictions'],
    type: { kind: 'choice', choices: { ...correctness, ...orientation, ...corrections, ...duplicates } },
    unit: '',
    help: 'Whether the prediction is wrong; a query that does not say it asks for the wrong ones.',
    example: 'is:right',
    isSortable: false,
  },
  {
    name: 'label',
    aliases: ['class'],
    subjects: ['predictions'],
    type: { kind: 'class' },
    unit: '',
    help: 'The class that the dataset gives the image.',
    example: 'label:Iris',
    isSortable: true,
  },
  {
    name: 'predicted',
    aliases: ['prediction'],
    subjects: ['predictions'],
    type: { kind: 'class' },
    unit: '',
    help: 'The class that the model finds most probable.',
    example: 'predicted:Crocus',
    isSortable: true,
  },
  {
    name: 'confidence',
    aliases: ['probability'],
    subjects: ['predictions'],
    type: number({ '%': 0.01 }),
    unit: '',
    help: 'The probability of the predicted class, from 0 to 1.',
    example: 'confidence:0.2..0.5',
    isSortable: true,
  },
  {
    name: 'scaled',
    aliases: [],
    subjects: ['predictions'],
    type: number({ '%': 0.01 }),
    unit: '',
    help: 'The probability of the predicted class after the temperature that was fitted on val, from 0 to 1.',
    example: 'scaled<=0.4',
    isSortable: true,
  },
  {
    name: 'margin',
    aliases: [],
    subjects: ['predictions'],
    type: number({ '%': 0.01 }),
    unit: '',
    help: 'How much more probable the predicted class is than the next.',
    example: 'margin<0.1',
    isSortable: true,
  },
  {
    name: 'loss',
    aliases: [],
    subjects: ['predictions'],
    type: number(),
    unit: 'nats',
    help: 'The cross-entropy of the label.',
    example: 'loss>2',
    isSortable: true,
  },
  {
    name: 'worst',
    aliases: [],
    subjects: ['predictions'],
    type: number({}, true),
    unit: '',
    help: 'The place of the image by loss among all of the part; 1 is the highest loss.',
    example: 'worst<=100',
    isSortable: true,
  },
  {
    name: 'rank',
    aliases: [],
    subjects: ['predictions'],
    type: {
      kind: 'number',
      isWhole: true,
      units: {},
      words: { top5: [1, 5], beyond5: [6, Infinity], beyond10: [11, Infinity] },
    },
    unit: '',
    help: 'The place of the label among the classes by probability; 1 is the prediction. top5, beyond5 and beyond10 are words for it.',
    example: 'rank:2..5',
    isSortable: true,
  },
  {
    name: 'verdict',
    aliases: [],
    subjects: ['predictions'],
    type: { kind: 'choice', choices: verdicts },
    unit: '',
    help: 'What at least half of the raters say: never what the model says of itself.',
    example: 'verdict:prediction',
    isSortable: false,
  },
]

/** Of images that several runs evaluated. */
const comparedFields: readonly Field[] = [
  {
    name: 'right',
    aliases: [],
    subjects: ['compared'],
    type: number({}, true),
    unit: 'runs',
    help: 'How many of the compared runs have the image right.',
    example: 'right:0',
    isSortable: true,
  },
  {
    name: 'label',
    aliases: ['class'],
    subjects: ['compared'],
    type: { kind: 'text', isWhole: true },
    unit: '',
    help: 'The class that the dataset gives the image now, whole; * stands for any letters.',
    example: 'label:Iris',
    isSortable: true,
  },
  {
    name: 'predicted',
    aliases: ['prediction'],
    subjects: ['compared'],
    type: { kind: 'text', isWhole: true },
    unit: '',
    help: 'A class that at least one of the runs predicts, whole.',
    example: 'predicted:Crocus',
    isSortable: false,
  },
  {
    name: 'path',
    aliases: [],
    subjects: ['compared'],
    type: { kind: 'text', isWhole: false },
    unit: '',
    help: 'Some of the path below the dataset’s folder; a word alone asks the same.',
    example: 'path:holiday/IMG_',
    isSortable: true,
  },
]

const fields: readonly Field[] = [
  ...comparedFields,
  ...imageFields,
  ...predictionFields,
  ...labelFields,
  ...doubtFields,
  likeField,
  ...fileFields,
  ...runFields,
]

/** Those that a query about `subject` can have. */
export function fieldsOf(subject: Subject): readonly Field[] {
  return fields.filter(({ subjects: of }) => of.includes(subject))
}

/** By its name or another name of it, in capital letters or not. */
export function fieldNamed(subject: Subject, name: string): Field | null {
  const wanted = name.toLowerCase()
  const all = fieldsOf(subject)
  return (
    all.find((field) => field.name === wanted) ?? all.find(({ aliases }) => aliases.includes(wanted)) ?? null
  )
}

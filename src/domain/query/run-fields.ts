/** The fields of queries about runs: what stands in their rows, what was said of them, and every setting of their recipes. */
import { ruleNameSchema, runStateSchema } from '../../contract/entities/run'
import type { RecipeField } from '../recipe/field'
import { recipeFields } from '../recipe/fields'
import type { Choice, Field, FieldType } from './field'

const text = { kind: 'text', isWhole: false } as const
const share = { kind: 'number', isWhole: false, units: { '%': 0.01 }, words: {} } as const
const whole = { kind: 'number', isWhole: true, units: {}, words: {} } as const
const decimal = { kind: 'number', isWhole: false, units: {}, words: {} } as const

type Said = Pick<Field, 'name' | 'type' | 'help' | 'example'> & Partial<Field>

function field(said: Said): Field {
  return { aliases: [], subjects: ['runs'], unit: '', isSortable: true, ...said }
}

const states: Readonly<Record<string, Choice>> = Object.fromEntries(
  runStateSchema.options.map((state, code) => [
    state,
    { column: 'state', codes: [code], help: `runs that are ${state}` },
  ]),
)

/** `any` takes in what a query about runs leaves out unless it names it. */
const marks: Readonly<Record<string, Choice>> = {
  starred: { column: 'starred', codes: [1], help: 'runs with a star' },
  archived: { column: 'archived', codes: [1], help: 'runs in the archive, which other queries leave out' },
  deleted: { column: 'deleted', codes: [1], help: 'runs in the trash, which other queries leave out' },
  noted: { column: 'noted', codes: [1], help: 'runs with a note' },
  tagged: { column: 'tagged', codes: [1], help: 'runs with a tag' },
  'in-use': { column: 'inUse', codes: [1], help: 'the model in use of its dataset' },
  imported: { column: 'imported', codes: [1], help: 'runs of other programs' },
  any: { column: 'any', codes: null, help: 'all runs, with the archive and the trash' },
}

const named: readonly Field[] = [
  field({
    name: 'name',
    aliases: ['run'],
    type: text,
    help: 'Some of the name of the run.',
    example: 'name:baseline',
  }),
  field({ name: 'id', type: whole, help: 'The number of the run.', example: 'id:12' }),
  field({
    name: 'dataset',
    type: text,
    help: 'Some of the name of the dataset.',
    example: 'dataset:flowers',
  }),
  field({
    name: 'model',
    type: text,
    help: 'Some of the name of the size, or of what the run started from.',
    example: 'model:R50x1',
  }),
  field({
    name: 'state',
    type: { kind: 'choice', choices: states },
    help: 'How far the run is.',
    example: 'state:done',
  }),
  field({
    name: 'is',
    type: { kind: 'choice', choices: { ...marks, ...states } },
    help: 'What was made of the run, or how far it is. A query that does not name them leaves out archived and deleted runs.',
    example: 'is:starred',
    isSortable: false,
  }),
  field({
    name: 'tag',
    type: { kind: 'text', isWhole: true },
    help: 'A tag of the run, whole; * stands for any letters.',
    example: 'tag:baseline',
    isSortable: false,
  }),
  field({
    name: 'note',
    type: text,
    help: 'Some of the note of the run.',
    example: 'note:"power cut"',
    isSortable: false,
  }),
  field({
    name: 'group',
    type: text,
    help: 'Some of the name of the group that the run belongs to.',
    example: 'group:"five seeds"',
  }),
  field({
    name: 'parent',
    type: { kind: 'text', isWhole: true },
    help: 'The run whose weights it started from, by number or name; * stands for any letters.',
    example: 'parent:12',
    isSortable: false,
  }),
  field({
    name: 'again',
    type: { kind: 'text', isWhole: true },
    help: 'The run that it trains again, by number or name; * stands for any letters.',
    example: 'again:12',
    isSortable: false,
  }),
  field({
    name: 'engine',
    type: text,
    help: 'Some of the name of the engine or of the device.',
    example: 'engine:tensorflow',
  }),
]

const figures: readonly Field[] = [
  field({
    name: 'accuracy',
    type: share,
    help: 'The share of the evaluated images that are right, from 0 to 1, or with %.',
    example: 'accuracy>90%',
  }),
  field({
    name: 'top5',
    type: share,
    help: 'The share of the evaluated images whose label is among the first five classes.',
    example: 'top5>99%',
  }),
  field({
    name: 'balanced',
    type: share,
    help: 'The mean over the classes of the share of their evaluated images that are right.',
    example: 'balanced>80%',
  }),
  field({
    name: 'mistakes',
    aliases: ['wrong'],
    type: whole,
    unit: 'images',
    help: 'How many of the evaluated images are wrong.',
    example: 'mistakes<20',
  }),
  field({
    name: 'loss',
    type: decimal,
    unit: 'nats',
    help: 'The loss of the last step.',
    example: 'loss<0.5',
  }),
  field({ name: 'steps', type: whole, help: 'How many steps are done.', example: 'steps>=500' }),
  field({
    name: 'time',
    type: { kind: 'number', isWhole: false, units: { s: 1, min: 60, h: 3600 }, words: {} },
    unit: 's',
    help: 'How long the steps took; min and h can follow the number.',
    example: 'time<10min',
  }),
  field({
    name: 'departures',
    type: whole,
    help: 'How many values of the recipe depart from the rule.',
    example: 'departures:0',
  }),
  field({
    name: 'seed',
    type: whole,
    help: 'The number that determines all random choices of the run.',
    example: 'seed:1',
  }),
  field({
    name: 'created',
    aliases: ['started'],
    type: { kind: 'date' },
    help: 'The day on which the run began.',
    example: 'created>=2026-11-01',
  }),
]

/** Names that a setting's option has, but another field has already; and of those that have no option. */
const ownNames: Readonly<Record<string, string>> = {
  stepCount: 'planned-steps',
  loss: 'loss-kind',
  randomCrop: 'random-crop',
  checkpointEverySteps: 'checkpoint-every',
  evaluateEverySteps: 'evaluate-every',
}

const examples: Readonly<Record<string, number>> = {
  ...{
    'planned-steps': 500,
    batch: 64,
    'micro-batch': 8,
    resize: 160,
    crop: 128,
    lr: 0.003,
    warmup: 100,
    mixup: 0.1,
  },
  ...{ 'checkpoint-every': 100, 'evaluate-every': 100, 'least-crop-area': 0.08, 'weight-decay': 0.0001 },
  ...{ 'decay-to-initial': 0.001, dropout: 0.2 },
}

/** The settings of a recipe that runs can be asked for, by the name of their field. */
export const settings: readonly { readonly key: string; readonly field: Field }[] = [
  {
    key: 'rule',
    field: field({
      name: 'rule',
      type: choices('rule', ruleNameSchema.options),
      help: 'The rule that decided the recipe.',
      example: 'rule:paper',
    }),
  },
  ...Object.entries<RecipeField>(recipeFields).flatMap(([key, setting]) =>
    setting.gives === undefined ? [{ key, field: settingField(key, setting) }] : [],
  ),
]

export const runFields: readonly Field[] = [...named, ...figures, ...settings.map(({ field: of }) => of)]

function settingField(key: string, setting: RecipeField): Field {
  const option = /^--(?:no-)?([\w-]+)/.exec(setting.command?.flag ?? '')?.[1]
  const name = ownNames[key] ?? option ?? key.toLowerCase()
  const help = `${sentence(setting.command?.help ?? setting.line?.label ?? wordsOf(key))}: a setting of the recipe.`
  if (setting.kind === 'number') {
    const example = `${name}:${String(examples[name] ?? setting.min)}`
    return field({ name, type: setting.whole ? whole : decimal, help, example })
  }
  const options = setting.kind === 'switch' ? ['no', 'yes'] : Object.keys(setting.options)
  const label = setting.kind === 'switch' ? sentence(setting.line?.label ?? wordsOf(key)) : null
  return field({
    name,
    type: choices(name, options),
    help: label === null ? help : `${label}: a setting of the recipe.`,
    example: `${name}:${options[1] ?? ''}`,
  })
}

function choices(column: string, options: readonly string[]): FieldType {
  return {
    kind: 'choice',
    choices: Object.fromEntries(
      options.map((option, code) => [option, { column, codes: [code], help: `runs with ${option}` }]),
    ),
  }
}

/** 'checkpointEverySteps' → 'checkpoint every steps'. */
function wordsOf(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

function sentence(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`
}

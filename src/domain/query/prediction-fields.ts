/** The fields of queries about predictions: what a model says of an image, and what raters say of that. */
import { answers } from '../../contract/entities/rating'
import { numberType, type Choice, type Field } from './field'
import { imageStates } from './image-fields'

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

export const predictionFields: readonly Field[] = [
  {
    name: 'is',
    aliases: [],
    subjects: ['predictions'],
    type: { kind: 'choice', choices: { ...correctness, ...imageStates } },
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
    type: numberType({ '%': 0.01 }),
    unit: '',
    help: 'The probability of the predicted class, from 0 to 1.',
    example: 'confidence:0.2..0.5',
    isSortable: true,
  },
  {
    name: 'scaled',
    aliases: [],
    subjects: ['predictions'],
    type: numberType({ '%': 0.01 }),
    unit: '',
    help: 'The probability of the predicted class after the temperature that was fitted on val, from 0 to 1.',
    example: 'scaled<=0.4',
    isSortable: true,
  },
  {
    name: 'margin',
    aliases: [],
    subjects: ['predictions'],
    type: numberType({ '%': 0.01 }),
    unit: '',
    help: 'How much more probable the predicted class is than the next.',
    example: 'margin<0.1',
    isSortable: true,
  },
  {
    name: 'loss',
    aliases: [],
    subjects: ['predictions'],
    type: numberType(),
    unit: 'nats',
    help: 'The cross-entropy of the label.',
    example: 'loss>2',
    isSortable: true,
  },
  {
    name: 'worst',
    aliases: [],
    subjects: ['predictions'],
    type: numberType({}, true),
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

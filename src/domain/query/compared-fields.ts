/** The fields of queries about images that several runs evaluated. */
import { numberType, type Field } from './field'

export const comparedFields: readonly Field[] = [
  {
    name: 'right',
    aliases: [],
    subjects: ['compared'],
    type: numberType({}, true),
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

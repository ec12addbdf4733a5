/** Which of our curves the metric of another program is, by its name: those are drawn together. Pure. */

/** A chart, and the line in it. */
export type OurCurve = 'loss train' | 'loss val' | 'accuracy batch' | 'accuracy val' | 'rate rate'

const training = new Set(['train', 'training', 'batch', 'step', 'epoch'])
const validation = new Set(['val', 'valid', 'validation', 'eval', 'evaluation'])
const kinds: Readonly<Record<string, 'loss' | 'accuracy' | 'rate'>> = {
  loss: 'loss',
  acc: 'accuracy',
  accuracy: 'accuracy',
  lr: 'rate',
  'learning rate': 'rate',
}

/** null: it has a chart of its own. 'train/loss', 'val_acc', 'learning_rate', 'evalLoss'. */
export function ourCurve(name: string): OurCurve | null {
  const words = name
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '')
  const isValidation = words.some((word) => validation.has(word))
  const kind = kinds[words.filter((word) => !training.has(word) && !validation.has(word)).join(' ')]
  if (kind === undefined) return null
  if (kind === 'rate') return isValidation ? null : 'rate rate'
  if (kind === 'loss') return isValidation ? 'loss val' : 'loss train'
  return isValidation ? 'accuracy val' : 'accuracy batch'
}

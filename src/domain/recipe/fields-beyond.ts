/** The fields that HyperRule leaves out, and a user may ask for: off unless asked for. Part of the table in fields.ts. Pure. */
import { decimal } from './decimal'
import type { FieldTable } from './field'

const kept = 'these layers keep their initial weights'
/** Of what pulls on the weights: nothing to everything, a step. */
const pull = { whole: false, min: 0, max: 1, off: 0, learns: true } as const

function amount(value: number): string {
  return value === 0 ? 'off' : decimal(value)
}

export const fieldsBeyond = {
  /** sigmoid: each class is judged separately, the sum over classes of binary cross-entropies (BiT-M and BiT-L). */
  loss: {
    kind: 'choice',
    options: {
      softmax: { label: 'softmax', because: 'one class per image' },
      sigmoid: {
        label: 'sigmoid',
        because: 'each class is judged separately: binary cross-entropies, summed',
      },
    },
    off: 'softmax',
    beyond: 'fine-tuning',
    learns: true,
    line: { key: 'loss', label: 'Loss' },
    command: { flag: '--loss <loss>', help: 'sigmoid: each class is judged separately' },
    editor: 'select',
  },
  /** inception: a random part of the image, of random area and shape, brought to the crop's side. square: a random square of the resized image. */
  crop: {
    kind: 'choice',
    options: {
      square: { label: 'random square', because: 'a square of the crop’s side' },
      inception: {
        label: 'inception',
        because: ({ leastCropArea }) =>
          `a part of ${String(Math.round(leastCropArea * 100))} to 100 % of the image’s area, aspect ratio 3:4 to 4:3, resized to the crop size`,
      },
    },
    off: 'square',
    beyond: 'fine-tuning',
    cuts: true,
    line: { key: 'cropKind', label: 'Crop' },
    command: { flag: '--crop-kind <kind>', help: 'how crops are chosen' },
    editor: 'select',
  },
  /** Of an inception crop, as a share of the image's area; 1 for a square. */
  leastCropArea: {
    kind: 'number',
    whole: false,
    min: 0,
    above: true,
    max: 1,
    off: 1,
    cuts: true,
    line: null,
    command: {
      flag: '--least-crop-area <share>',
      help: 'smallest area of an inception crop, as a share of the image',
    },
  },
  /** L2, added to the gradient of every trained parameter. */
  weightDecay: {
    kind: 'number',
    ...pull,
    beyond: 'fine-tuning',
    line: { key: 'weightDecay', label: 'Weight decay' },
    words: (value) => ({
      value: amount(value),
      because: value === 0 ? 'none in the rule' : 'added to the gradient of every trained parameter',
    }),
    command: { flag: '--weight-decay <amount>', help: 'pulls every trained parameter toward zero' },
    editor: { label: 'Per step (0 = off)' },
  },
  /** The same toward the initial weights instead of toward zero; the head is pulled toward where it started. */
  decayTowardInitial: {
    kind: 'number',
    ...pull,
    beyond: 'both',
    line: { key: 'decayTowardInitial', label: 'Decay to start' },
    words: (value) => ({
      value: amount(value),
      because:
        value === 0
          ? 'no pull toward the initial weights'
          : 'every trained parameter is pulled toward its initial value',
    }),
    command: {
      flag: '--decay-to-initial <amount>',
      help: 'pulls every trained parameter toward its initial value',
      of: 'fine-tuning',
    },
    editor: { label: 'Per step (0 = off)' },
  },
  /** Share of the features dropped before the head. */
  dropout: {
    kind: 'number',
    whole: false,
    min: 0,
    max: 0.95,
    off: 0,
    beyond: 'both',
    learns: true,
    line: { key: 'dropout', label: 'Dropout' },
    words: (value) => ({
      value: value === 0 ? 'off' : `${decimal(value * 100)} %`,
      because: value === 0 ? 'none in the rule' : 'of the features, before the head, while training',
    }),
    command: { flag: '--dropout <share>', help: 'of the features, before the head' },
    editor: { label: 'Share (0 = off)' },
  },
  /** Everything up to and with this part keeps its weights; the head always trains. */
  freeze: {
    kind: 'choice',
    options: {
      none: { label: 'nothing', because: 'all layers are trained' },
      root: { label: 'up to root', because: kept },
      block1: { label: 'up to block1', because: kept },
      block2: { label: 'up to block2', because: kept },
      block3: { label: 'up to block3', because: kept },
      block4: { label: 'up to block4', because: kept },
    },
    off: 'none',
    beyond: 'both',
    learns: true,
    line: { key: 'freeze', label: 'Frozen' },
    command: {
      flag: '--freeze <part>',
      help: 'layers up to and including this one keep their weights',
      of: 'fine-tuning',
    },
    editor: 'select',
  },
  /** Whether the head's weights are kept where they fit, and not begun anew. */
  keepHead: {
    kind: 'switch',
    off: false,
    of: 'fine-tuning',
    line: { key: 'head', label: 'Head' },
    command: { flag: '--keep-head', help: 'keep the head of the initial weights if it fits' },
    editor: { to: true },
  },
  /** Only the head, on features that are computed once. */
  linearProbe: {
    kind: 'switch',
    off: false,
    of: 'fine-tuning',
    beyond: 'both',
    line: { key: 'linearProbe', label: 'Linear probe' },
    words: (on, { rule }) => ({
      value: on ? 'on' : 'off',
      because: on
        ? 'only the head is trained, on features computed once from whole images'
        : rule === 'upstream'
          ? 'pre-training trains the whole network'
          : 'the whole network is trained',
    }),
    command: {
      flag: '--linear-probe',
      help: 'train only the head, on features computed once',
    },
    editor: { to: true },
  },
} as const satisfies FieldTable

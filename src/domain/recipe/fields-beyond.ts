/** The fields that HyperRule leaves out, and a user may ask for: off unless asked for. Part of the table in fields.ts. Pure. */
import { decimal } from './decimal'
import type { FieldTable } from './field'

const kept = 'these layers keep the weights that they start with'
/** Of what pulls on the weights: nothing to everything, a step. */
const pull = { whole: false, min: 0, max: 1, off: 0, learns: true } as const

function amount(value: number): string {
  return value === 0 ? 'off' : decimal(value)
}

export const fieldsBeyond = {
  /** sigmoid: each class on its own, the sum over classes of binary cross-entropies (BiT-M and BiT-L). */
  loss: {
    kind: 'choice',
    options: {
      softmax: { label: 'softmax', because: 'one class an image' },
      sigmoid: {
        label: 'sigmoid',
        because: 'each class on its own: the sum of the binary cross-entropies',
      },
    },
    off: 'softmax',
    beyond: 'fine-tuning',
    learns: true,
    line: { key: 'loss', label: 'Loss' },
    command: { flag: '--loss <loss>', help: 'sigmoid: each class on its own' },
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
          `a part of ${String(Math.round(leastCropArea * 100))} to 100 % of the image’s area, its sides 3:4 to 4:3 in the image’s own pixels, brought to the crop’s side`,
      },
    },
    off: 'square',
    beyond: 'fine-tuning',
    cuts: true,
    line: { key: 'cropKind', label: 'Crop' },
    command: { flag: '--crop-kind <kind>', help: 'how crops are drawn' },
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
    command: { flag: '--least-crop-area <share>', help: 'of an inception crop' },
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
    editor: { label: 'Per step, 0 is off' },
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
          ? 'the weights may go as far as they like'
          : 'every trained parameter is pulled toward where it started',
    }),
    command: {
      flag: '--decay-to-initial <amount>',
      help: 'pulls every trained parameter toward where it started',
      of: 'fine-tuning',
    },
    editor: { label: 'Per step, 0 is off' },
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
    editor: { label: 'Share, 0 is off' },
  },
  /** Everything up to and with this part keeps its weights; the head always trains. */
  freeze: {
    kind: 'choice',
    options: {
      none: { label: 'nothing', because: 'every layer learns' },
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
      help: 'layers up to and with this one do not learn',
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
    command: { flag: '--keep-head', help: "keep the weights' own head where it fits" },
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
        ? 'only the head learns, on features computed once from the whole images'
        : rule === 'upstream'
          ? 'pre-training is of the whole network'
          : 'the whole network learns',
    }),
    command: {
      flag: '--linear-probe',
      help: 'only the head learns, on features that are computed once',
    },
    editor: { to: true },
  },
} as const satisfies FieldTable

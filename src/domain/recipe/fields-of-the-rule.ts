/** The fields that a rule decides: domain/rules has how, and the words why. Part of the table in fields.ts. Pure. */
import { userSetIt, type FieldTable } from './field'

const mostSteps = 10_000_000
const steps = { key: 'stepCount', label: 'Steps' }
/** How many images, of the whole step or at once. */
const images = {
  kind: 'number',
  whole: true,
  min: 1,
  max: 65_536,
  line: { key: 'batch', label: 'Batch' },
} as const
const resize = { key: 'resize', label: 'Resize → crop' }
/** Of a side, in pixels. */
const side = { kind: 'number', whole: true, min: 16, max: 4096, line: resize } as const

export const fieldsOfTheRule = {
  /** Passes over the training images. */
  epochCount: {
    kind: 'number',
    whole: false,
    min: 0,
    above: true,
    max: 100_000,
    of: 'pre-training',
    gives: 'steps',
    line: steps,
    command: { flag: '--epochs <number>', help: 'passes over the training images' },
    editor: { label: 'Passes', least: 0.001 },
  },
  stepCount: {
    kind: 'number',
    whole: true,
    min: 1,
    max: mostSteps,
    line: steps,
    command: { flag: '--steps <number>', help: 'number of steps' },
    editor: { label: 'Steps' },
  },
  /** Effective batch. The rule's learning rate and step count scale with it unless they are set too. */
  batchSize: {
    ...images,
    command: { flag: '--batch <number>', help: 'images per step' },
    editor: { label: 'Batch' },
  },
  /** How many images are computed at once; changes speed and memory, and the result by rounding only, unless the model has BatchNorm. */
  microBatchSize: {
    ...images,
    command: {
      flag: '--micro-batch <number>',
      help: 'images computed at once; changes the result by rounding only',
    },
    editor: { label: 'At once' },
  },
  /** Side of the square that images are resized to; for inception crops the side of one with as many pixels as an image keeps at most. */
  resizePx: {
    ...side,
    command: { flag: '--resize <px>', help: 'size that images are resized to' },
    editor: { label: 'Resize, px', unit: 'px' },
  },
  cropPx: {
    ...side,
    command: { flag: '--crop <px>', help: 'size of the crop that the model sees' },
    editor: { label: 'Crop, px', unit: 'px' },
  },
  baseLearningRate: {
    kind: 'number',
    whole: false,
    min: 0,
    above: true,
    max: 10,
    line: { key: 'baseLearningRate', label: 'Learning rate' },
    command: { flag: '--lr <rate>', help: 'base learning rate' },
    editor: { label: 'Learning rate', least: 1e-9 },
  },
  /** Steps in which the rate rises from 0. */
  warmupStepCount: {
    kind: 'number',
    whole: true,
    min: 0,
    max: mostSteps,
    line: { key: 'warmup', label: 'Warm-up' },
    command: { flag: '--warmup <steps>', help: 'steps during which the learning rate rises from 0' },
    editor: { label: 'Steps (0 = none)' },
  },
  /** 0 is off. */
  mixupAlpha: {
    kind: 'number',
    whole: false,
    min: 0,
    max: 10,
    line: { key: 'mixup', label: 'MixUp' },
    command: { flag: '--mixup <alpha>', help: 'strength of MixUp; 0 is off' },
    editor: { label: 'α (0 = off)' },
  },
  flip: {
    kind: 'switch',
    line: { key: 'flip', label: 'Horizontal flip' },
    command: { flag: '--no-flip', help: 'do not mirror images' },
    editor: { to: false },
  },
  randomCrop: {
    kind: 'switch',
    cuts: true,
    line: { key: 'crop', label: 'Random crop' },
    command: { flag: '--no-crop', help: 'use the centre of the image instead of a random crop' },
    editor: { to: false },
  },
  checkpointEverySteps: { kind: 'number', whole: true, min: 1, line: null },
  evaluateEverySteps: { kind: 'number', whole: true, min: 1, line: null },
  /** bfloat16: convolutions and their norms in bfloat16; weights, momenta, statistics and loss stay float32. Recorded graphs only. */
  precision: {
    kind: 'choice',
    options: {
      float32: {
        label: 'float32',
        because: 'as in the paper',
      },
      bfloat16: {
        label: 'bfloat16',
        because: `${userSetIt}; weights, statistics and loss stay float32. Faster with AVX512-BF16, AMX or a GPU, slower or unavailable elsewhere`,
      },
    },
    off: 'float32',
    line: { key: 'precision', label: 'Precision' },
    command: { flag: '--precision <precision>', help: 'precision of the convolutions (default: float32)' },
    editor: { to: 'bfloat16' },
  },
} as const satisfies FieldTable

/** The numbers of pre-training: the paper's three upstream models, and what a desktop can do (bit-reference, section 5). Pure. */
import type { LossName, UpstreamPreset } from '../../contract/entities/run'

export interface PresetNumbers {
  /** One sentence: what it is for. */
  readonly about: string
  readonly loss: LossName
  readonly epochCount: number
  /** The rate is divided by 10 when so many epochs have passed. */
  readonly decayAtEpochs: readonly number[]
  readonly batchSize: number
  readonly weightDecay: number
  readonly cropPx: number
  /** At the preset's batch; with another one so many that as many images pass. At most `mostWarmupShare` of the steps. */
  readonly warmupStepCount: number
  readonly leastCropArea: number
}

/** Times batch ÷ 256. */
export const upstreamRatePer256 = 0.03
/** 5,000 of BiT-S's 28,125 steps: no pre-training of the paper spends a larger share. */
export const mostWarmupShare = 5000 / 28_125

const paper = {
  batchSize: 4096,
  weightDecay: 1e-4,
  cropPx: 224,
  warmupStepCount: 5000,
  leastCropArea: 0.05,
} as const

const ninetyEpochs = { epochCount: 90, decayAtEpochs: [30, 60, 80] } as const

/** Not of the paper: small images, a batch that a processor takes, and crops that leave the thing in the image. */
const small: PresetNumbers = {
  about: 'A small model on a small set, on the machine at hand; not of the paper.',
  loss: 'softmax',
  ...ninetyEpochs,
  batchSize: 256,
  weightDecay: 1e-4,
  cropPx: 64,
  warmupStepCount: 5000,
  leastCropArea: 0.25,
}

export const upstreamPresets: Readonly<Record<UpstreamPreset, PresetNumbers>> = {
  'BiT-S': {
    about: 'As the paper on ILSVRC-2012: 1.28 million images of 1,000 classes.',
    loss: 'softmax',
    ...paper,
    ...ninetyEpochs,
  },
  'BiT-M': {
    about: 'As the paper on ImageNet-21k: 14.2 million images of 21,843 classes, each class on its own.',
    loss: 'sigmoid',
    ...paper,
    ...ninetyEpochs,
  },
  'BiT-L': {
    about: 'As the paper on JFT-300M: 300 million images.',
    loss: 'sigmoid',
    ...paper,
    epochCount: 40,
    decayAtEpochs: [10, 23, 30, 37],
  },
  small,
  'short-schedule': {
    ...small,
    about:
      'The paper’s study of schedules: “small” in a third of the epochs, with its decays as much earlier. Looks better at first, and ends worse.',
    epochCount: 30,
    decayAtEpochs: [10, 20, 80 / 3],
  },
  'low-weight-decay': {
    ...small,
    about:
      'The paper’s study of weight decay: “small” with a tenth of it. Learns faster at first, and ends worse.',
    weightDecay: 1e-5,
  },
}

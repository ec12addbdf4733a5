/** What the model's layers are, in the words of the recipe's choices: what is not BiT's is a departure. Pure. */
import type { Choice } from '../../contract/entities/run'
import { parseModel } from '../model/spec'
import { line } from './rule-words'

/** `model` as in `RuleFacts`. */
export function layerLines(model: string): Choice[] {
  const { norm, convolution } = parseModel(model).spec
  return [
    line(
      'norm',
      'Norm',
      norm === 'batch' ? 'BatchNorm' : 'GroupNorm',
      norm === 'batch'
        ? 'statistics of each micro-batch while training, moving averages (momentum 0.9) in evaluation'
        : '32 groups; each image is normalized by itself',
      'GroupNorm',
    ),
    line(
      'convolution',
      'Convolutions',
      convolution === 'plain' ? 'plain' : 'weight-standardized',
      convolution === 'plain'
        ? 'the kernels are used unchanged'
        : 'each filter is normalized to mean 0 and variance 1 before use',
      'weight-standardized',
    ),
  ]
}

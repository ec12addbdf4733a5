/** What the model's layers are where they are not BiT's, in the words of the recipe's choices. Pure. */
import type { Choice } from '../../contract/entities/run'
import { parseModel } from '../model/spec'
import { line } from './rule-choices'

/** None for BiT itself. `model` as in `RuleFacts`. */
export function layerLines(model: string): Choice[] {
  const { norm, convolution } = parseModel(model).spec
  return [
    ...(norm === 'batch'
      ? [
          line(
            'norm',
            'Norm',
            'BatchNorm',
            'You chose it; statistics of each micro-batch while training, moving averages (momentum 0.9) in evaluation',
            'GroupNorm, 32 groups',
          ),
        ]
      : []),
    ...(convolution === 'plain'
      ? [
          line(
            'convolution',
            'Convolutions',
            'plain',
            'You chose it; the kernels are taken as they are',
            'weight-standardized',
          ),
        ]
      : []),
  ]
}

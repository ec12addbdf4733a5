import type { Split, SplitOptions } from '../../../contract/entities/dataset'

/** The share of the training images that validation and test take away, in [0, 1.8]: what the folder itself holds out costs none. Pure. */
export function drawnFraction(
  { valFraction, testFraction }: Pick<SplitOptions, 'valFraction' | 'testFraction'>,
  own: Split['own'],
): number {
  return (own.includes('val') ? 0 : valFraction) + (own.includes('test') ? 0 : testFraction)
}

import type { Split, SplitOptions } from '../contract/entities/dataset'
import { WorkbenchError } from '../contract/errors'

/** Val and test together take at most this share of each class: the rest trains. */
const mostHeldOut = 0.95

/** The share of the training images that val and test take away, in [0, 1.8]: what the dataset itself holds out (`own`) costs none. */
export function drawnFraction(
  { valFraction, testFraction }: Pick<SplitOptions, 'valFraction' | 'testFraction'>,
  own: Split['own'],
): number {
  return (own.includes('val') ? 0 : valFraction) + (own.includes('test') ? 0 : testFraction)
}

/** Whether too little is left to train on. */
export function isOverdrawn(
  options: Pick<SplitOptions, 'valFraction' | 'testFraction'>,
  own: Split['own'] = [],
): boolean {
  return drawnFraction(options, own) > mostHeldOut + 1e-9 // fractions of 1/100 are not exact
}

/** Throws 'bad-input' where too little is left to train on. */
export function refuseOverdrawn(options: SplitOptions, own: Split['own'] = []): void {
  if (!isOverdrawn(options, own)) return
  const percent = (fraction: number): string => `${String(Math.round(fraction * 1000) / 10)} %`
  throw new WorkbenchError(
    'bad-input',
    `Val (${percent(options.valFraction)}) and test (${percent(options.testFraction)}) together take ${percent(drawnFraction(options, own))} of each class.`,
    `Give them at most ${percent(mostHeldOut)} together: the rest is what is trained on.`,
  )
}

/** What a percentage is a percentage of, in the same words on every screen. Pure. */
import type { Split, SplitOptions } from '../contract/entities/dataset'
import type { Accuracy, Measures } from '../contract/entities/run'
import { evaluatedCount } from '../domain/rules/measure-words'
import { formatPercent } from './format'

/** Behind an accuracy: 'of 136 test images right', and 'of 130 of 136 test images right' where six were not evaluated. */
export function ofImagesRight(
  accuracy: Pick<Accuracy, 'total'>,
  part: string,
  measures: Measures | null,
): string {
  const images = (measures?.partCount ?? accuracy.total) === 1 ? 'image' : 'images'
  return `of ${evaluatedCount(accuracy, measures)} ${part} ${images} right`
}

/** '20.4–35.2 %' */
export function intervalText({ low, high }: Pick<Accuracy, 'low' | 'high'>): string {
  return `${(low * 100).toFixed(1)}–${formatPercent(high)}`
}

/** '27.21 % of 136 test images right, 95 % interval 20.4–35.2 %' */
export function accuracySentence(accuracy: Accuracy, part: string, measures: Measures | null): string {
  const share = formatPercent(accuracy.value, 2)
  return `${share} ${ofImagesRight(accuracy, part, measures)}, 95 % interval ${intervalText(accuracy)}`
}

/** Where the parts of a split come from, and how those were drawn that the folders did not give; '' where none was. */
export function splitWords({ origin, own, options }: Pick<Split, 'origin' | 'own' | 'options'>): {
  readonly said: string
  readonly drawn: string
} {
  if (origin === 'folders') return { said: 'The parts are set by the folder.', drawn: '' }
  const said =
    origin === 'seeded'
      ? 'Drawn at random, by seed.'
      : own.length === 0
        ? 'The folder has only a train part; the others are drawn from it.'
        : `The ${own.join()} part is set by the folder, and so is train, from which the rest is drawn.`
  return { said, drawn: `${splitShares(options, own)}, seed ${options.seed}` }
}

/** '10 % of each class val, 20 % test'; a part that is the folder's own is no share of anything. */
function splitShares({ valFraction, testFraction }: SplitOptions, own: Split['own']): string {
  const shares = [
    { part: 'val', fraction: valFraction } as const,
    { part: 'test', fraction: testFraction } as const,
  ].filter(({ part }) => !own.includes(part))
  return shares
    .map(
      ({ part, fraction }, index) =>
        `${formatPercent(fraction, 0)} ${index === 0 ? 'of each class ' : ''}${part}`,
    )
    .join(', ')
}

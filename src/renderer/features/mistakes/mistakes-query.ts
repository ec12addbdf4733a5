/** Which images the screen shows, as its address says it: `#/mistakes/7?label=1&predicted=2&which=wrong`. Pure. */
import type { Prediction, PredictionFilter, PredictionOrder } from '../../../contract/entities/run'
import { foldCase } from '../../../domain/query/fold-case'
import { inGroup, type RankGroup } from './confusion-facts'

export interface MistakesQuery {
  readonly which: PredictionFilter['which']
  readonly label: number | null
  readonly predicted: number | null
  readonly group: RankGroup
  readonly order: PredictionOrder
  /** Probability of the prediction in [from, to), the last bin with its end; null: any. */
  readonly range: { readonly from: number; readonly to: number } | null
  /** Part of the name of either class or of the path, in capital letters or not; '': any. */
  readonly text: string
}

export const mostText = 500

export const allMistakes: MistakesQuery = {
  which: 'wrong',
  label: null,
  predicted: null,
  group: 'all',
  order: 'loss',
  range: null,
  text: '',
}

/** What cannot be read counts as absent; so does a class that the run has not. */
export function parseMistakesQuery(
  query: Readonly<Record<string, string>>,
  classCount = Number.POSITIVE_INFINITY,
): MistakesQuery {
  const { which, group, order } = query
  const from = share(query['from'])
  const to = share(query['to'])
  return {
    which: which === 'right' || which === 'all' ? which : 'wrong',
    label: index(query['label'], classCount),
    predicted: index(query['predicted'], classCount),
    group: group === 'label-in-top-5' || group === 'label-not-in-top-5' ? group : 'all',
    order: order === 'confidence' || order === 'path' ? order : 'loss',
    range: from === null || to === null || from > to ? null : { from, to },
    text: (query['text'] ?? '').slice(0, mostText),
  }
}

/** The other way; defaults are left out of the address. */
export function mistakesQueryOf(query: MistakesQuery): Record<string, string | number | undefined> {
  return {
    label: query.label ?? undefined,
    predicted: query.predicted ?? undefined,
    which: query.which === 'wrong' ? undefined : query.which,
    group: query.group === 'all' ? undefined : query.group,
    order: query.order === 'loss' ? undefined : query.order,
    from: query.range?.from.toFixed(4),
    to: query.range?.to.toFixed(4),
    text: query.text === '' ? undefined : query.text,
  }
}

/** What the core filters by. */
export function coreFilter(query: MistakesQuery): PredictionFilter {
  return {
    which: query.which,
    ...(query.label === null ? {} : { labelIndex: query.label }),
    ...(query.predicted === null ? {} : { predictedIndex: query.predicted }),
  }
}

export function probabilityOf(prediction: Pick<Prediction, 'top'>): number {
  return prediction.top[0]?.probability ?? 0
}

/** What is filtered here: the rank group, the probability, and the text. */
export function shownPredictions(
  list: readonly Prediction[],
  query: MistakesQuery,
  classNames: readonly string[],
): Prediction[] {
  const { range } = query
  const text = foldCase(query.text)
  const names = classNames.map((name) => foldCase(name).includes(text))
  return list.filter((prediction) => {
    if (!inGroup(prediction, query.group)) return false
    const named = names[prediction.labelIndex] === true || names[prediction.predictedIndex] === true
    if (text !== '' && !named && !foldCase(prediction.path).includes(text)) return false
    if (range === null) return true
    const probability = probabilityOf(prediction)
    // The bounds went through an address with four digits.
    return probability >= range.from - 1e-4 && (probability < range.to - 1e-4 || range.to > 0.9999)
  })
}

function index(text: string | undefined, count: number): number | null {
  return text !== undefined && /^\d{1,7}$/.test(text) && Number(text) < count ? Number(text) : null
}

function share(text: string | undefined): number | null {
  const value = text === undefined || text === '' ? Number.NaN : Number(text)
  return value >= 0 && value <= 1 ? fourDigits(value) : null
}

/** As many as an address and a text have. */
export function fourDigits(value: number): number {
  return Math.round(value * 1e4) / 1e4
}

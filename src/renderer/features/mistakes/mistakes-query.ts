/** What the clicks of the screen put into its query: `label:Iris predicted:Daisy confidence>=0.9`. Pure. */
import type { Prediction } from '../../../contract/entities/run'
import {
  setOneOf,
  setSort,
  setWord,
  toggleValue,
  valuesOf,
  withoutField,
  type Change,
} from '../../../domain/query/edit'
import { correctness, withCorrectness, type Correctness } from '../../../domain/query/correctness'
import { parseQuery } from '../../../domain/query/parse'
import { printQuery, printWord } from '../../../domain/query/print'

export const orders = ['-loss', '-confidence', 'margin', 'path'] as const
export type Order = (typeof orders)[number]

/** null: another order than the screen offers. */
export function orderOf(query: string): Order | null {
  const { sort } = parseQuery(query).query
  const written = sort.map(({ field, descending }) => `${descending ? '-' : ''}${field}`).join()
  return written === '' ? '-loss' : (orders.find((order) => order === written) ?? null)
}

export function withOrder(query: string, order: Order): string {
  if (order === '-loss') return setSort(query, null)
  return setSort(query, { field: order.replace('-', ''), descending: order.startsWith('-') })
}

/** Lists that are worth a look, each a query of its own. */
export const lists = [
  'all',
  'prediction',
  'label',
  'both',
  'neither',
  'unsure',
  'top5',
  'beyond10',
  'losses',
  'confident',
  'close',
  'doubted',
  'always',
] as const
export type List = (typeof lists)[number]

const listWords: Readonly<Record<List, string>> = {
  all: '',
  // By what raters say, and by nothing else.
  prediction: 'verdict:prediction',
  label: 'verdict:label',
  both: 'verdict:both',
  neither: 'verdict:neither',
  unsure: 'verdict:unsure',
  top5: 'rank:top5',
  beyond10: 'rank:beyond10',
  losses: 'is:any worst<=50',
  confident: 'confidence>=0.9 sort:-confidence',
  close: 'is:any margin<0.1 sort:margin',
  doubted: 'is:any is:doubted sort:doubt',
  always: 'often:always',
}

/** The list within what else the query says: of classes, paths, sizes. */
export function withList(query: string, list: List): string {
  const fields = ['rank', 'worst', 'confidence', 'scaled', 'margin', 'often', 'verdict']
  const others = fields.reduce((text, field) => withoutField(text, 'predictions', field), query)
  const bare = setOneOf(setSort(others, null), 'predictions', 'is', [...correctness, 'doubted'], null)
  return printQuery(parseQuery(`${bare} ${listWords[list]}`).query)
}

/** The lists by verdict: without any rating they are nothing to look at. */
const verdictLists: ReadonlySet<List> = new Set(['prediction', 'label', 'both', 'neither', 'unsure'])

/** With one run, "Wrong in every run" is all that is wrong. */
export function shownLists(hasVerdicts: boolean, hasOtherRuns: boolean, now: List | null): List[] {
  return lists.filter(
    (list) =>
      list === now || ((hasVerdicts || !verdictLists.has(list)) && (hasOtherRuns || list !== 'always')),
  )
}

/** null: none of them. */
export function listOf(query: string): List | null {
  const text = printQuery(parseQuery(query).query)
  return lists.find((list) => withList(query, list) === text) ?? null
}

/** The bin that the query is of, by its bounds as they are written. */
export function withRange(query: string, from: number, to: number): string {
  const word = rangeWord(from, to)
  return setWord(query, 'predictions', 'confidence', hasRange(query, from, to) ? '' : word)
}

export function hasRange(query: string, from: number, to: number): boolean {
  return valuesOf(query, 'predictions', 'confidence').asked.includes(
    rangeWord(from, to).replace('confidence:', ''),
  )
}

function rangeWord(from: number, to: number): string {
  return `confidence:${Number(from.toFixed(4))}..${Number(to.toFixed(4))}`
}

/** All images of a label, of a prediction, or of both, in the order of `query`; what else it says is left out, so that it finds as many as were counted. */
export function pairQuery(
  query: string,
  {
    label,
    predicted,
    which = 'wrong',
  }: { label?: string | undefined; predicted?: string | undefined; which?: Correctness },
  change: Change = 'narrow',
): string {
  const words = [
    ...(label === undefined ? [] : [printWord('label', label)]),
    ...(predicted === undefined ? [] : [printWord('predicted', predicted)]),
  ]
  if (change === 'leave-out')
    return `${query} ${words.length > 1 ? `-(${words.join(' ')})` : `-${words.join('')}`}`.trim()
  if (change === 'add' && label !== undefined && predicted === undefined)
    return toggleValue(query, 'predictions', 'label', label, 'add')
  const order = orderOf(query)
  return withOrder(withCorrectness(words.join(' '), which), order ?? '-loss')
}

/** Whether the query is of this label and this prediction; undefined: of any. */
export function isPair(query: string, label: string | undefined, predicted: string | undefined): boolean {
  const only = (field: string, value: string | undefined): boolean => {
    const { asked } = valuesOf(query, 'predictions', field)
    return value === undefined ? asked.length === 0 : asked.length === 1 && asked[0] === value
  }
  return only('label', label) && only('predicted', predicted)
}

/** The class that the query asks for alone, by its index; null: none, or several. */
export function onlyClass(
  query: string,
  field: 'label' | 'predicted',
  classNames: readonly string[],
): number | null {
  const { asked } = valuesOf(query, 'predictions', field)
  const index = asked.length === 1 ? classNames.indexOf(asked[0] ?? '') : -1
  return index < 0 ? null : index
}

export function probabilityOf(prediction: Pick<Prediction, 'top'>): number {
  return prediction.top[0]?.probability ?? 0
}

/** What a query says of right and wrong predictions. */
import { setOneOf, setSort, valuesOf } from './edit'

export const correctness = ['wrong', 'right', 'any'] as const
export type Correctness = (typeof correctness)[number]

/** A query that does not say it asks for the wrong ones. */
export function correctnessOf(query: string): Correctness {
  const { asked } = valuesOf(query, 'predictions', 'is')
  return correctness.find((one) => one !== 'wrong' && asked.includes(one)) ?? 'wrong'
}

export function withCorrectness(query: string, which: Correctness): string {
  return setOneOf(query, 'predictions', 'is', correctness, which === 'wrong' ? null : which)
}

/** The images of a slice, right and wrong, in no order. */
export function sliceQuery(query: string): string {
  return withCorrectness(setSort(query, null), 'any')
}

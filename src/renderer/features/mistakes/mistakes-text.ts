/** The query of the mistakes as a text: `is:right label:Iris prediction:Daisy rank:top5 probability:0.5..1 petal`. Pure. */
import { classField } from '../../query/class-field'
import { chosen, refusal, type QueryField } from '../../query/query-fields'
import { fourDigits, mostText, type MistakesQuery } from './mistakes-query'

/** Without the order, which filters nothing. */
export function mistakesFields(classNames: readonly string[]): readonly QueryField<MistakesQuery>[] {
  return [
    {
      name: 'is',
      write: ({ which }) => (which === 'wrong' ? null : which === 'all' ? 'any' : which),
      read: (value) => {
        const which = chosen({ wrong: 'wrong', right: 'right', any: 'all' } as const, value)
        return which === null ? refusal('is', 'wrong, right or any', value) : { which }
      },
    },
    classField(
      'label',
      classNames,
      ({ label }) => label,
      (label) => ({ label }),
    ),
    classField(
      'prediction',
      classNames,
      ({ predicted }) => predicted,
      (predicted) => ({ predicted }),
    ),
    {
      name: 'rank',
      write: ({ group }) => (group === 'all' ? null : group === 'label-in-top-5' ? 'top5' : 'beyond5'),
      read: (value) => {
        const group = chosen({ top5: 'label-in-top-5', beyond5: 'label-not-in-top-5' } as const, value)
        return group === null ? refusal('rank', 'top5 or beyond5, the rank of the label', value) : { group }
      },
    },
    {
      name: 'probability',
      write: ({ range }) => (range === null ? null : `${range.from}..${range.to}`),
      read: (value) => {
        const [, from, to] = /^(\d*\.?\d+)\.\.(\d*\.?\d+)$/.exec(value) ?? []
        const range = { from: fourDigits(Number(from)), to: fourDigits(Number(to)) }
        const fits = range.from >= 0 && range.from <= range.to && range.to <= 1
        return fits ? { range } : refusal('probability', 'a range from 0 to 1, such as 0.5..0.9', value)
      },
    },
    {
      name: null,
      write: ({ text }) => (text === '' ? null : text),
      read: (value) =>
        value.length > mostText
          ? `The text of a class or path can have at most ${mostText} characters.`
          : { text: value },
    },
  ]
}

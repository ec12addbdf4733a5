/** Fields whose value is the name of a class. Pure. */
import { foldCase } from '../../domain/query/fold-case'
import { listed, type QueryField } from './query-fields'
import { writeWord } from './query-words'

/** `names` by class index; `get` and `set` find the index in a state, null: any class. */
export function classField<State>(
  name: string,
  names: readonly string[],
  get: (state: State) => number | null,
  set: (index: number) => Partial<State>,
): QueryField<State> {
  return {
    name,
    write(state) {
      const index = get(state)
      return index === null ? null : (names[index] ?? null)
    },
    read(value) {
      const index = classIndex(names, value)
      return index === null ? unknown(name, value, names) : set(index)
    },
  }
}

/** The class of that name; where none is called just so, the only one that differs in capital letters alone. */
function classIndex(names: readonly string[], value: string): number | null {
  const exact = names.indexOf(value)
  if (exact >= 0) return exact
  const folded = foldCase(value)
  const alike = names.flatMap((name, index) => (foldCase(name) === folded ? [index] : []))
  return alike.length === 1 ? (alike[0] ?? null) : null
}

function unknown(field: string, value: string, names: readonly string[]): string {
  if (value === '')
    return `${field}: needs the name of a class, such as ${writeWord(field, names[0] ?? 'Iris')}.`
  const part = foldCase(value)
  const near = names
    .filter((name) => foldCase(name).includes(part) || part.includes(foldCase(name)))
    .slice(0, 3)
  const question =
    near.length === 0
      ? ''
      : ` Did you mean ${listed(
          near.map((name) => writeWord(field, name)),
          'or',
        )}?`
  return `There is no class ${value}.${question}`
}

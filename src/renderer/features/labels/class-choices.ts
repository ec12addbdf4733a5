/** The classes that an image can be given, as they are typed. Pure. */
import { foldCase } from '../../../domain/query/fold-case'

export interface ClassChoice {
  readonly name: string
  /** Why it stands where it does; ''. */
  readonly note: string
}

/** At most this many are drawn; typing narrows them. */
const most = 200

/** Those that the text begins come first, then those that hold it; among equals what the model takes the image for. A name that no class has makes a new one. */
export function classChoices(
  classNames: readonly string[],
  current: string,
  likely: readonly string[],
  text: string,
): ClassChoice[] {
  const wanted = foldCase(text.trim())
  const ordered = [...likely.filter((name) => classNames.includes(name)), ...classNames]
  const others = [...new Set(ordered)].filter((name) => name !== current)
  const starting = others.filter((name) => foldCase(name).startsWith(wanted))
  const holding = others.filter((name) => !starting.includes(name) && foldCase(name).includes(wanted))
  const choices = [...starting, ...holding].slice(0, most).map((name) => ({
    name,
    note: likely[0] === name ? 'prediction' : '',
  }))
  const isNew = wanted !== '' && !classNames.some((name) => foldCase(name) === wanted)
  return isNew ? [...choices, { name: text.trim(), note: 'new class' }] : choices
}

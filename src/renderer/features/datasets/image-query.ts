/** Which images of a dataset are shown: as a text (`split:test class:"Colts Foot" is:turned petal`) and as an address. Pure. */
import { splitParts, type ImageFilter } from '../../../contract/entities/dataset'
import { classField } from '../../query/class-field'
import { chosen, listed, refusal, type QueryField } from '../../query/query-fields'

const mostText = 500

export function imageFields(classNames: readonly string[]): readonly QueryField<ImageFilter>[] {
  return [
    {
      name: 'split',
      write: ({ part }) => part ?? null,
      read: (value) => {
        const part = splitParts.find((candidate) => candidate === value.toLowerCase())
        return part === undefined ? refusal('split', listed(splitParts, 'or'), value) : { part }
      },
    },
    classField(
      'class',
      classNames,
      ({ classIndex }) => classIndex ?? null,
      (classIndex) => ({ classIndex }),
    ),
    {
      name: 'is',
      write: ({ rotated }) => (rotated === undefined ? null : rotated ? 'turned' : 'upright'),
      read: (value) => {
        const rotated = chosen({ turned: true, upright: false }, value)
        return rotated === null
          ? refusal('is', 'turned (rotated by the orientation in the file) or upright', value)
          : { rotated }
      },
    },
    {
      name: 'same',
      write: ({ sameIn }) => sameIn ?? null,
      read: (value) => {
        const sameIn = chosen({ classes: 'classes', parts: 'parts' } as const, value)
        return sameIn === null
          ? refusal('same', 'classes or parts (where images of the same bytes have two of them)', value)
          : { sameIn }
      },
    },
    {
      name: null,
      write: ({ text }) => (text === undefined || text === '' ? null : text),
      read: (value) => {
        if (value.length > mostText) return `Path text can have at most ${mostText} characters.`
        return value === '' ? {} : { text: value }
      },
    },
  ]
}

/** What cannot be read counts as absent. */
export function imageFilterOf(query: Readonly<Record<string, string>>, classCount: number): ImageFilter {
  const classIndex = /^\d{1,7}$/.test(query['class'] ?? '') ? Number(query['class']) : NaN
  const part = splitParts.find((candidate) => candidate === query['part'])
  const text = (query['text'] ?? '').slice(0, mostText)
  const { rotated, same } = query
  return {
    ...(classIndex < classCount ? { classIndex } : {}),
    ...(part ? { part } : {}),
    ...(text !== '' ? { text } : {}),
    ...(same === 'classes' || same === 'parts' ? { sameIn: same } : {}),
    ...(rotated !== undefined ? { rotated: rotated !== 'false' } : {}),
  }
}

/** The other way: every key, so that it replaces whatever the address said before. */
export function imageAddressOf(filter: ImageFilter): Record<string, string | undefined> {
  const { classIndex, part, text, rotated, sameIn } = filter
  return {
    class: classIndex === undefined ? undefined : String(classIndex),
    part,
    text,
    rotated: rotated === undefined ? undefined : String(rotated),
    same: sameIn,
  }
}

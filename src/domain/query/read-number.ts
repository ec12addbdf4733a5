/** Numbers and dates of a query: what `loss>2`, `confidence:0.95`, `bytes:1MB..` and `created:2026-11-20` ask of a column. */
import type { NumberTest } from './bound'
import type { Field, FieldType } from './field'
import type { Sign, Value } from './tree'

/** One number as written is an interval: 0.95 is what rounds to it, a day is all of it. */
interface Interval {
  /** null of a word for a range. */
  readonly value: number | null
  readonly low: number
  readonly high: number
  readonly isHighOpen: boolean
}

/** The test, or what is wrong with the value. */
export function readNumber(
  name: string,
  { name: column, type, example }: Field,
  sign: Sign,
  value: Value,
): NumberTest | string {
  if (value.kind === 'range' && sign !== ':')
    return `${name}${sign} takes one ${kindOf(type)}; a range follows a colon: ${name}:${value.low}..${value.high}.`
  const takes = type.kind === 'date' ? 'a day, such as 2026-11-20' : numberWords(type, example)
  const test = (low: number, high: number, isLowOpen = false, isHighOpen = false): NumberTest => ({
    kind: 'number',
    column,
    low,
    high,
    isLowOpen,
    isHighOpen,
  })
  const isDay = type.kind === 'date'
  if (value.kind === 'range') {
    const first = value.low === '' ? null : interval(type, value.low)
    const last = value.high === '' ? null : interval(type, value.high)
    if (first === null && value.low !== '') return refusal(name, takes, value.low)
    if (last === null && value.high !== '') return refusal(name, takes, value.high)
    // A range of numbers ends at the numbers themselves, one of days with the last day.
    const low = first?.value ?? -Infinity
    const high = (isDay ? last?.high : last?.value) ?? Infinity
    if (low > high)
      return `${name}: goes from ${value.low} down to ${value.high}; write the smaller one first.`
    return test(low, high, false, isDay)
  }
  const text = value.pieces.join('*')
  const one = interval(type, text)
  if (one === null) return refusal(name, takes, text)
  if (sign === ':') return test(one.low, one.high, false, one.isHighOpen)
  if (one.value === null) return `${name}${sign} takes a number; write ${name}:${text}.`
  const after = isDay ? one.high : one.value
  if (sign === '<') return test(-Infinity, one.value, false, true)
  if (sign === '<=') return test(-Infinity, after, false, isDay)
  return sign === '>' ? test(after, Infinity, !isDay) : test(one.value, Infinity)
}

/** Why a value is refused: 'split: takes train, val or test, not tset.' */
export function refusal(name: string, takes: string, value: string): string {
  return `${name}: takes ${takes}, not ${value === '' ? 'nothing' : value}.`
}

/** `loss:2` is what rounds to 2.00: a number of one digit would be half of everything. */
const leastPlaces = 2

function interval(type: FieldType, text: string): Interval | null {
  if (type.kind === 'date') return day(text)
  if (type.kind !== 'number') return null
  const word = Object.entries(type.words).find(([name]) => name === text.toLowerCase())?.[1]
  if (word !== undefined) return { value: null, low: word[0], high: word[1], isHighOpen: false }
  const [, digits = '', unit = ''] = /^(-?(?:\d+(?:\.\d+)?|\.\d+))([a-z%]*)$/i.exec(text) ?? []
  if (digits === '') return null
  const factor =
    unit === ''
      ? 1
      : Object.entries(type.units).find(([name]) => name.toLowerCase() === unit.toLowerCase())?.[1]
  if (factor === undefined) return null
  const value = Number(digits) * factor
  if (type.isWhole && factor === 1) return { value, low: value, high: value, isHighOpen: false }
  const places = Math.max(digits.split('.')[1]?.length ?? 0, factor === 1 ? leastPlaces : 0)
  const half = 0.5 * 10 ** -places * factor
  return { value, low: value - half, high: value + half, isHighOpen: true }
}

/** In the time of the machine. */
function day(text: string): Interval | null {
  const [, year = '', month = '', date = ''] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? []
  const start = new Date(Number(year), Number(month) - 1, Number(date))
  if (year === '' || start.getMonth() !== Number(month) - 1 || start.getDate() !== Number(date)) return null
  const end = new Date(Number(year), Number(month) - 1, Number(date) + 1)
  return { value: start.getTime(), low: start.getTime(), high: end.getTime(), isHighOpen: true }
}

function kindOf(type: FieldType): string {
  return type.kind === 'date' ? 'day' : 'number'
}

function numberWords(type: FieldType, example: string): string {
  const words = type.kind === 'number' ? [...Object.keys(type.words)] : []
  const units = type.kind === 'number' ? Object.keys(type.units) : []
  const unit = units.length === 0 ? '' : ` (with ${units.join(', ')} or without)`
  const alternatives = words.length === 0 ? '' : `, ${words.join(' or ')}`
  return `a number${unit} or a range${alternatives}, such as ${example}`
}

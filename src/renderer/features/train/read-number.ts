/** A number that a person typed, or what is wrong with it in a sentence. Pure. */

export interface NumberRange {
  readonly min: number
  readonly max: number
  readonly whole: boolean
  /** 'px', or '' where it is a plain number. It may be typed behind the number, too. */
  readonly unit: string
}

export type TypedNumber = { readonly value: number } | { readonly problem: string }

const plain = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
const grouped = /^[+-]?\d{1,3}(?:[,\u2009\u202f ]\d{3})+$/

/** In a number with decimals: thousands, or three decimals? */
const ambiguous = /^[+-]?[1-9]\d{0,2},\d{3}$/

/** '0.01', '0,01', '1e-4', '10,000' where the number is whole, '384 px' where it is of pixels. */
export function readNumber(text: string, range: NumberRange): TypedNumber {
  const typed = text.trim()
  if (!range.whole && ambiguous.test(typed))
    return { problem: `“${typed}” is ambiguous. Write it without a comma. ${sentence(range)}` }
  const value = numberIn(withoutUnit(typed, range.unit).replaceAll('−', '-'), range.whole)
  if (value === null) return { problem: `“${typed}” is not a number. ${sentence(range)}` }
  if (range.whole && !Number.isInteger(value))
    return { problem: `${typed} is not a whole number. ${sentence(range)}` }
  if (value < range.min) return { problem: `${typed} is too small. ${sentence(range)}` }
  if (value > range.max) return { problem: `${typed} is too large. ${sentence(range)}` }
  return { value }
}

/** 'a whole number from 16 to 4,096 px' */
export function allowedWords({ min, max, whole, unit }: NumberRange): string {
  const to = `${figure(max)}${unit === '' ? '' : ` ${unit}`}`
  return `${whole ? 'a whole number' : 'a number'} from ${figure(min)} to ${to}`
}

/** null where it is none. A comma parts the thousands of a whole number, and else the decimals. */
function numberIn(text: string, whole: boolean): number | null {
  const unified = whole && grouped.test(text) ? text.replace(/[^\d+-]/g, '') : text.replace(',', '.')
  const value = plain.test(unified) ? Number(unified) : NaN
  return Number.isFinite(value) ? value : null
}

function withoutUnit(text: string, unit: string): string {
  return unit !== '' && text.toLowerCase().endsWith(unit) ? text.slice(0, -unit.length).trimEnd() : text
}

function sentence(range: NumberRange): string {
  return `Allowed: ${allowedWords(range)}.`
}

function figure(value: number): string {
  if (value !== 0 && Math.abs(value) < 0.001) return value.toExponential(0).replace('-', '−')
  return value.toLocaleString('en-US', { maximumFractionDigits: 3 })
}

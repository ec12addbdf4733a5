/** Numbers on axes and in read-outs. */

/** Loss and other plain values: as many digits as say something. */
export function plainNumber(value: number): string {
  if (!Number.isFinite(value)) return 'not finite'
  const size = Math.abs(value)
  if (size === 0) return '0'
  if (size < 1e-4 || size >= 1e5) return exponent(value, 3)
  return String(Number(value.toPrecision(3)))
}

/** Loss in a table or a fact: three digits, so that figures below each other compare. */
export function threeDigits(value: number): string {
  if (!Number.isFinite(value)) return 'not finite'
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e5)) return exponent(value, 3)
  return size >= 100 ? String(Math.round(value)) : size === 0 ? '0' : value.toPrecision(3)
}

/** 3e−4, with a real minus sign. */
export function exponent(value: number, digits = 2): string {
  if (value === 0) return '0'
  const [lead = '', power = ''] = value.toExponential(digits - 1).split('e')
  const short = lead.includes('.') ? lead.replace(/\.?0+$/, '') : lead
  return `${short}e${power.replace('+', '').replace('-', '−')}`
}

/** A share in [0, 1] as per cent. */
export function percent(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)} %`
}

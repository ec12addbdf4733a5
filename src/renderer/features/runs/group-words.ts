/** Figures of what was repeated, in words. Pure. */
import type { Spread } from '../../../contract/entities/run-list'
import { threeDigits } from '../../charts/format-axis'
import { formatDurationShort } from '../../format'

/** '92.04 ± 0.31 % right (5)'; '' of none. */
export function accuracySpread(spread: Spread | null): string {
  return spread === null ? '' : `${around(spread, (value) => (value * 100).toFixed(2))} % right${of(spread)}`
}

export function lossSpread(spread: Spread | null): string {
  return spread === null ? '' : `loss ${around(spread, threeDigits)}`
}

export function timeSpread(spread: Spread | null): string {
  return spread === null ? '' : formatDurationShort(spread.mean)
}

function around({ mean, sd }: Spread, words: (value: number) => string): string {
  return sd === null ? words(mean) : `${words(mean)} ± ${words(sd)}`
}

function of({ count }: Spread): string {
  return count > 1 ? ` (n = ${String(count)})` : ''
}

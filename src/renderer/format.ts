/** How figures are written, the same on every screen. Pure. */

// Those that the command line and the reports write too.
import { formatCount } from '../domain/figures'
export { formatCount, formatParameters, formatPx, formatRate, plural } from '../domain/figures'

/** '0 B', '36 KB', '94.2 MB', '17.6 GB': powers of 1000, as disks and images are sold. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'] as const
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  const digits = unit >= 2 && value < 100 ? 1 : 0
  return `${value.toFixed(digits)} ${units[unit] ?? 'TB'}`
}

/** 'less than a second', '7.4 s', '42 s', '10 min 25 s', '2 h 4 min', '3 d 5 h', '1,184 d' */
export function formatDuration(durationMs: number): string {
  if (durationMs < 950) return 'less than a second'
  if (durationMs < 9950) return `${(durationMs / 1000).toFixed(1)} s`
  const seconds = Math.round(durationMs / 1000)
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return join(Math.floor(seconds / 60), 'min', seconds % 60, 's')
  const minutes = Math.round(seconds / 60)
  if (minutes < 1440) return join(Math.floor(minutes / 60), 'h', minutes % 60, 'min')
  const hours = Math.round(minutes / 60)
  if (hours >= 2400) return `${formatCount(Math.round(hours / 24))} d`
  return join(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

/** As formatDuration, for narrow columns: '< 1 s' instead of words. */
export function formatDurationShort(durationMs: number): string {
  return durationMs < 950 ? '< 1 s' : formatDuration(durationMs)
}

/** 0.8123 → '81.2 %' */
export function formatPercent(fraction: number, digits = 1): string {
  return `${(fraction * 100).toFixed(digits)} %`
}

/** 0.003 → '0.003', 1.875e-4 → '1.9e−4', 3e-6 → '3e−6': a true minus sign, two digits where there is an exponent. */
export function formatLearningRate(rate: number): string {
  if (rate === 0) return '0'
  if (rate >= 0.001) return String(Number(rate.toPrecision(3)))
  return rate.toExponential(1).replace('.0e', 'e').replace('-', '−')
}

/** 'today 14:02', '3 Nov 14:02', '3 Nov 2025': local time. */
export function formatWhen(atMs: number, nowMs: number = Date.now()): string {
  const at = new Date(atMs)
  const now = new Date(nowMs)
  const clock = `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`
  if (at.toDateString() === now.toDateString()) return `today ${clock}`
  const day = `${at.getDate()} ${at.toLocaleString('en-US', { month: 'short' })}`
  return at.getFullYear() === now.getFullYear() ? `${day} ${clock}` : `${day} ${at.getFullYear()}`
}

function join(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`
}

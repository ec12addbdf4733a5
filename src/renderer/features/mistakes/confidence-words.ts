/** What the calibration says in words and queries. Pure. */
import type { CoveragePoint, Reliability } from '../../../contract/entities/calibration'
import { formatPercent } from '../../format'

type Bin = Reliability['bins'][number]

/** As exact as the column is: float32. */
function written(bound: number): string {
  return String(Number(bound.toFixed(7)))
}

/** The images of a bin, right and wrong. `field`: of which probabilities it is. */
export function binQuery({ from, to }: Bin, field: 'confidence' | 'scaled' = 'confidence'): string {
  const above = from === 0 ? [] : [`${field}>${written(from)}`]
  const below = to === 1 ? [] : [`${field}<=${written(to)}`]
  return ['is:any', ...above, ...below].join(' ')
}

export function answeredQuery({ threshold }: CoveragePoint, which: 'any' | 'wrong'): string {
  return [...(which === 'any' ? ['is:any'] : []), `confidence>=${threshold}`].join(' ')
}

export function refusedQuery({ threshold }: CoveragePoint): string {
  return `is:any confidence<${threshold} sort:confidence`
}

/** 'answer 82 %, 97 % right' */
export function coverageWords({ answered, correct }: CoveragePoint, total: number): string {
  if (answered === 0 || total === 0) return 'answer none'
  return `answer ${formatPercent(answered / total, 0)}, ${formatPercent(correct / answered, correct === answered ? 0 : 1)} right`
}

/** The point that answers the share which is nearest. */
export function pointAt(points: readonly CoveragePoint[], coverage: number, total: number): number {
  let best = 0
  points.forEach(({ answered }, at) => {
    const distance = (one: number): number => Math.abs(one / total - coverage)
    if (distance(answered) < distance(points[best]?.answered ?? 0)) best = at
  })
  return best
}

/** '1,234' where it fits below a bar, else '1.2k'. */
export function shortCount(count: number): string {
  if (count < 10_000) return String(count)
  return count < 1e6 ? `${Math.round(count / 1000)}k` : `${(count / 1e6).toFixed(1)}M`
}

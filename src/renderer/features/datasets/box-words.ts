/** What an image's boxes are of, in words. Pure. */
import type { ImageBox } from '../../../contract/entities/dataset'
import { formatCount, plural } from '../../format'

/** '3 boxes: 2 daffodil, 1 tulip'. */
export function boxWords(boxes: readonly ImageBox[]): string {
  const counts = new Map<string, number>()
  for (const { className } of boxes) counts.set(className, (counts.get(className) ?? 0) + 1)
  const classes = [...counts].map(([name, count]) => `${formatCount(count)} ${name}`).join(', ')
  return `${plural(boxes.length, 'box', 'boxes')}: ${classes}`
}

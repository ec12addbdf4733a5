/** The order of classes that several runs were evaluated on. Pure. */
import type { ManyRuns } from '../../../contract/entities/many-runs'

export type ClassOrder = 'name' | 'images' | 'spread'
type Classes = ManyRuns['classes']

/** `spread`: those first in which the runs are farthest apart. */
export function sortClasses(classes: Classes, order: ClassOrder): Classes {
  const apart = ({ right }: Classes[number]): number => Math.max(...right) - Math.min(...right)
  return [...classes].sort((a, b) => {
    const by = order === 'images' ? b.total - a.total : order === 'spread' ? apart(b) - apart(a) : 0
    return by !== 0 ? by : a.name.localeCompare(b.name, 'en', { numeric: true })
  })
}

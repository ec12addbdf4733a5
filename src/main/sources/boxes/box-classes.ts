/** One class for each image with boxes: that of its largest box. */
import type { ProblemList } from '../problem-list'

interface Largest {
  className: string
  area: number
  /** Whether there are boxes of other classes, too. */
  isMixed: boolean
}

export class BoxClasses {
  private readonly largest = new Map<string, Largest>()

  /** Of boxes of the same area the first counts. `area` is not negative. */
  add(image: string, className: string, area: number): void {
    const found = this.largest.get(image)
    if (found === undefined) {
      this.largest.set(image, { className, area, isMixed: false })
      return
    }
    found.isMixed ||= found.className !== className
    if (area > found.area) Object.assign(found, { className, area })
  }

  /** null where it has no box. */
  classOf(image: string): string | null {
    return this.largest.get(image)?.className ?? null
  }

  /** `images`: those that are used. `path`: of what they are named in. */
  noteMixed(images: Iterable<string>, path: string, problems: ProblemList): void {
    let count = 0
    for (const image of images) if (this.largest.get(image)?.isMixed === true) count++
    if (count === 0) return
    const which = count === 1 ? 'One image has' : `${String(count)} images have`
    const message = `${which} boxes of several classes. Each image takes the class of its largest box.`
    problems.add('note', 'layout', path, message)
  }
}

/** Not finite, or less than nothing: no box. */
export function areaOf(width: number, height: number): number {
  const area = width * height
  return Number.isFinite(area) && width > 0 && height > 0 ? area : 0
}

/** What is said of an image that is left out. */
export const withoutBox = 'It has no box, and so no class.'

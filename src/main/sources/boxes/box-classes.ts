/** The boxes of images as they are read, and one class for each image: that of its largest box. */
import type { ImageBox } from '../../../contract/entities/dataset'
import type { ProblemList } from '../problem-list'
import { BoxColumns } from './box-columns'

interface Largest {
  className: string
  area: number
  /** Whether there are boxes of other classes, too. */
  isMixed: boolean
  /** Of its last box in the columns; −1: its boxes say nothing of where they are. */
  lastBox: number
}

/** Where a box is: in pixels, or whatever its source counts in. */
export interface Place {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export class BoxClasses {
  private readonly largest = new Map<string, Largest>()
  private readonly columns = new BoxColumns()

  /** Of boxes of the same area the first counts. `place`: null where nothing but the area is said. */
  add(image: string, className: string, place: Place | null, area = 0, isCrowd = false): void {
    const size = place === null ? areaOf(area, 1) : areaOf(place.width, place.height)
    const found = this.largest.get(image)
    const lastBox =
      place === null
        ? (found?.lastBox ?? -1)
        : this.columns.add(found?.lastBox ?? -1, className, place, isCrowd)
    if (found === undefined) {
      this.largest.set(image, { className, area: size, isMixed: false, lastBox })
      return
    }
    found.lastBox = lastBox
    found.isMixed ||= found.className !== className
    if (size > found.area) Object.assign(found, { className, area: size })
  }

  /** null where it has no box. */
  classOf(image: string): string | null {
    return this.largest.get(image)?.className ?? null
  }

  /** Those with a place, in their order. */
  boxesOf(image: string): ImageBox[] {
    return this.columns.chain(this.largest.get(image)?.lastBox ?? -1)
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
function areaOf(width: number, height: number): number {
  const area = width * height
  return Number.isFinite(area) && width > 0 && height > 0 ? area : 0
}

/** What is said of an image that is left out. */
export const withoutBox = 'It has no box, and so no class.'

/** An image's boxes, held to the image: what is no box is left out, what leads out of the image is cut, and both are said. */
import { hash } from 'node:crypto'
import type { ImageBox } from '../../contract/entities/dataset'
import type { ProblemList } from '../sources/problem-list'
import type { Listing, ShownImage } from '../sources/source'
import type { ImageBoxes } from './scan-result'

/** Tools round in their own ways, and some count pixels from 1: by so much a box may leave the image. */
const slackPx = 1

/** Of the listing's image at `index`; undefined where it has none that can be used. */
export function soundBoxes(
  listing: Listing,
  index: number,
  image: ShownImage,
  problems: ProblemList,
): ImageBoxes | undefined {
  const found = listing.boxesOf?.(index, image)
  if (found === undefined || found.boxes.length === 0) return undefined
  const { boxes, ...faults } = within(found.boxes, image)
  for (const [count, one, more] of [
    [faults.noneCount, 'has no area or is not finite. It was', 'have no area or are not finite. They were'],
    [faults.outsideCount, 'is outside the image. It was', 'are outside the image. They were'],
  ] as const) {
    if (count > 0) say(`${many(count, one, more)} left out.`)
  }
  if (faults.cutCount > 0)
    say(`${many(faults.cutCount, 'leaves the image. It was', 'leave the image. They were')} cut at its edge.`)

  function many(count: number, one: string, more: string): string {
    return count === 1 ? `a box ${one}` : `${String(count)} boxes ${more}`
  }
  function say(text: string): void {
    problems.add('note', 'bad-entry', listing.keys[index] ?? '', `${found?.where ?? ''}: ${text}`)
  }

  if (boxes.length === 0) return undefined
  const read = (): ImageBox[] => within(listing.boxesOf?.(index, image).boxes ?? [], image).boxes
  return { hash: hash('sha256', JSON.stringify(boxes.map(Object.values)), 'hex').slice(0, 32), read }
}

interface Within {
  readonly boxes: ImageBox[]
  readonly noneCount: number
  readonly outsideCount: number
  readonly cutCount: number
}

function within(all: readonly ImageBox[], { widthPx, heightPx }: ShownImage): Within {
  const boxes: ImageBox[] = []
  let [noneCount, outsideCount, cutCount] = [0, 0, 0]
  for (const box of all) {
    const [right, bottom] = [box.xPx + box.widthPx, box.yPx + box.heightPx]
    const area = box.widthPx * box.heightPx
    if (!Number.isFinite(right + bottom + area) || !(box.widthPx > 0 && box.heightPx > 0 && area > 0)) {
      noneCount++
    } else if (box.xPx >= widthPx || box.yPx >= heightPx || right <= 0 || bottom <= 0) {
      outsideCount++
    } else if (Math.max(-box.xPx, -box.yPx, right - widthPx, bottom - heightPx) > slackPx) {
      cutCount++
      const [xPx, yPx] = [Math.max(0, box.xPx), Math.max(0, box.yPx)]
      const size = { widthPx: Math.min(right, widthPx) - xPx, heightPx: Math.min(bottom, heightPx) - yPx }
      boxes.push({ ...box, xPx, yPx, ...size })
    } else {
      boxes.push(box)
    }
  }
  return { boxes, noneCount, outsideCount, cutCount }
}

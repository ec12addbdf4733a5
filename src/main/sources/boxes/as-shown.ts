/** Boxes of an image that EXIF turns: in pixels of the image as shown, whichever pixels their tool counted in. */
import type { ImageBox } from '../../../contract/entities/dataset'
import type { ShownImage } from '../source'

/** As a file of annotations gives them, where it does. */
export interface GivenSides {
  readonly widthPx: number
  readonly heightPx: number
}

/** Tools round in their own ways. */
const slackPx = 1

/**
 * Most tools show an image turned, and their boxes and sides are of what they show; some read the pixels as they are stored. The sides tell, where a turn
 * exchanges them. Where nothing tells (a square, a half turn, a mirror, no sides), boxes are of the image as shown. So are those that lie in the image as
 * shown and not in the stored one, whatever the sides say.
 */
export function asShown(boxes: ImageBox[], given: GivenSides | null, image: ShownImage): ImageBox[] {
  const { widthPx, heightPx, orientation } = image
  const isStored = given !== null && given.widthPx === heightPx && given.heightPx === widthPx
  if (orientation < 5 || widthPx === heightPx || !isStored) return boxes
  const isWithin = (width: number, height: number): boolean =>
    boxes.every(
      (box) => box.xPx + box.widthPx <= width + slackPx && box.yPx + box.heightPx <= height + slackPx,
    )
  if (isWithin(widthPx, heightPx) && !isWithin(heightPx, widthPx)) return boxes
  return boxes.map((box) => ({
    ...box,
    xPx: orientation === 6 || orientation === 7 ? widthPx - box.yPx - box.heightPx : box.yPx,
    yPx: orientation === 7 || orientation === 8 ? heightPx - box.xPx - box.widthPx : box.xPx,
    widthPx: box.heightPx,
    heightPx: box.widthPx,
  }))
}

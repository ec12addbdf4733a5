/** Where an image lies on its stage, and how large. Pure. All lengths in CSS px; `scale` is CSS px for each of the image's own. */
export interface Size {
  readonly widthPx: number
  readonly heightPx: number
}

export interface Point {
  readonly xPx: number
  readonly yPx: number
}

export interface ZoomView {
  readonly scale: number
  /** The image's left upper corner, from the stage's. */
  readonly leftPx: number
  readonly topPx: number
}

/** 64 screen px for one of the image's: more shows nothing new. */
const mostScale = 64
/** Or a quarter of what fits. */
const leastOfFit = 0.25

/** The scale at which the whole image just fits. */
export function fitScale(image: Size, stage: Size): number {
  return Math.min(mostScale, stage.widthPx / image.widthPx, stage.heightPx / image.heightPx)
}

export function fitted(image: Size, stage: Size): ZoomView {
  return placed({ scale: fitScale(image, stage), leftPx: 0, topPx: 0 }, image, stage)
}

/** To `scale`, within what makes sense; what lies under `point` (from the stage's corner) stays under it. */
export function zoomed(view: ZoomView, scale: number, point: Point, image: Size, stage: Size): ZoomView {
  const fit = fitScale(image, stage)
  const next = Math.min(mostScale, Math.max(Math.min(1, fit) * leastOfFit, scale))
  const grown = next / view.scale
  return placed(
    {
      scale: next,
      leftPx: point.xPx - (point.xPx - view.leftPx) * grown,
      topPx: point.yPx - (point.yPx - view.topPx) * grown,
    },
    image,
    stage,
  )
}

export function panned(view: ZoomView, byPx: Point, image: Size, stage: Size): ZoomView {
  return placed({ ...view, leftPx: view.leftPx + byPx.xPx, topPx: view.topPx + byPx.yPx }, image, stage)
}

/** Whether a part of the image lies outside the stage: then it is moved, not exchanged for the next. */
export function isLarger({ scale }: ZoomView, image: Size, stage: Size): boolean {
  // Half a pixel: what fits by calculation must count as fitting.
  return image.widthPx * scale > stage.widthPx + 0.5 || image.heightPx * scale > stage.heightPx + 0.5
}

/** Percent of the image's own pixels on a screen that has `pixelRatio` of its own for each CSS px. */
export function percentOf({ scale }: ZoomView, pixelRatio: number): number {
  return scale * pixelRatio * 100
}

/** In the middle where it is smaller than the stage; without a gap at any edge where it is larger. */
function placed(view: ZoomView, image: Size, stage: Size): ZoomView {
  const along = (offsetPx: number, lengthPx: number, roomPx: number): number =>
    lengthPx <= roomPx ? (roomPx - lengthPx) / 2 : Math.min(0, Math.max(roomPx - lengthPx, offsetPx))
  return {
    scale: view.scale,
    leftPx: along(view.leftPx, image.widthPx * view.scale, stage.widthPx),
    topPx: along(view.topPx, image.heightPx * view.scale, stage.heightPx),
  }
}

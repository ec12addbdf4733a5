/** Where a picture lies on its stage, and how large. Pure. All lengths in CSS px; `scale` is CSS px for each of the picture's own. */
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
  /** The picture's left upper corner, from the stage's. */
  readonly leftPx: number
  readonly topPx: number
}

/** 64 screen px for one of the picture's: more shows nothing new. */
const mostScale = 64
/** Or a quarter of what fits. */
const leastOfFit = 0.25

/** The scale at which the whole picture just fits. */
export function fitScale(picture: Size, stage: Size): number {
  return Math.min(mostScale, stage.widthPx / picture.widthPx, stage.heightPx / picture.heightPx)
}

export function fitted(picture: Size, stage: Size): ZoomView {
  return placed({ scale: fitScale(picture, stage), leftPx: 0, topPx: 0 }, picture, stage)
}

/** To `scale`, within what makes sense; what lies under `point` (from the stage's corner) stays under it. */
export function zoomed(view: ZoomView, scale: number, point: Point, picture: Size, stage: Size): ZoomView {
  const fit = fitScale(picture, stage)
  const next = Math.min(mostScale, Math.max(Math.min(1, fit) * leastOfFit, scale))
  const grown = next / view.scale
  return placed(
    {
      scale: next,
      leftPx: point.xPx - (point.xPx - view.leftPx) * grown,
      topPx: point.yPx - (point.yPx - view.topPx) * grown,
    },
    picture,
    stage,
  )
}

export function panned(view: ZoomView, byPx: Point, picture: Size, stage: Size): ZoomView {
  return placed({ ...view, leftPx: view.leftPx + byPx.xPx, topPx: view.topPx + byPx.yPx }, picture, stage)
}

/** Whether a part of the picture lies outside the stage: then it is moved, not exchanged for the next. */
export function isLarger({ scale }: ZoomView, picture: Size, stage: Size): boolean {
  // Half a pixel: what fits by calculation must count as fitting.
  return picture.widthPx * scale > stage.widthPx + 0.5 || picture.heightPx * scale > stage.heightPx + 0.5
}

/** Percent of the picture's own pixels on a screen that has `pixelRatio` of its own for each CSS px. */
export function percentOf({ scale }: ZoomView, pixelRatio: number): number {
  return scale * pixelRatio * 100
}

/** In the middle where it is smaller than the stage; without a gap at any edge where it is larger. */
function placed(view: ZoomView, picture: Size, stage: Size): ZoomView {
  const along = (offsetPx: number, lengthPx: number, roomPx: number): number =>
    lengthPx <= roomPx ? (roomPx - lengthPx) / 2 : Math.min(0, Math.max(roomPx - lengthPx, offsetPx))
  return {
    scale: view.scale,
    leftPx: along(view.leftPx, picture.widthPx * view.scale, stage.widthPx),
    topPx: along(view.topPx, picture.heightPx * view.scale, stage.heightPx),
  }
}

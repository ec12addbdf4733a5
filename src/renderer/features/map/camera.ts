/** How a plane is seen: what lies in the middle, and how large. Pure. */

export interface Camera {
  /** In the middle of the view. */
  readonly x: number
  readonly y: number
  /** Pixels of a unit of the plane. */
  readonly scale: number
}

export interface Box {
  readonly widthPx: number
  readonly heightPx: number
}

const padPx = 24

/** All points in view. */
export function fitted(points: Float32Array, { widthPx, heightPx }: Box): Camera {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (let at = 0; at < points.length; at += 2) {
    left = Math.min(left, points[at] ?? 0)
    right = Math.max(right, points[at] ?? 0)
    top = Math.min(top, points[at + 1] ?? 0)
    bottom = Math.max(bottom, points[at + 1] ?? 0)
  }
  if (left === Infinity) return { x: 0, y: 0, scale: 1 }
  const scale = Math.min(
    Math.max(1, widthPx - 2 * padPx) / Math.max(right - left, 1e-6),
    Math.max(1, heightPx - 2 * padPx) / Math.max(bottom - top, 1e-6),
  )
  return { x: (left + right) / 2, y: (top + bottom) / 2, scale }
}

export function toView(camera: Camera, box: Box, x: number, y: number): [number, number] {
  return [box.widthPx / 2 + (x - camera.x) * camera.scale, box.heightPx / 2 + (y - camera.y) * camera.scale]
}

export function toPlane(camera: Camera, box: Box, xPx: number, yPx: number): [number, number] {
  return [
    camera.x + (xPx - box.widthPx / 2) / camera.scale,
    camera.y + (yPx - box.heightPx / 2) / camera.scale,
  ]
}

export function panned(camera: Camera, dxPx: number, dyPx: number): Camera {
  return { ...camera, x: camera.x - dxPx / camera.scale, y: camera.y - dyPx / camera.scale }
}

/** What lies under the pointer stays there. */
export function zoomed(camera: Camera, box: Box, factor: number, xPx: number, yPx: number): Camera {
  const [x, y] = toPlane(camera, box, xPx, yPx)
  const scale = Math.min(1e6, Math.max(1e-3, camera.scale * factor))
  const share = camera.scale / scale
  return { x: x + (camera.x - x) * share, y: y + (camera.y - y) * share, scale }
}

/** Whether a point lies within a line that is closed. */
export function isInside(outline: readonly (readonly [number, number])[], x: number, y: number): boolean {
  let inside = false
  outline.forEach(([x1, y1], at) => {
    const [x0, y0] = outline[(at + outline.length - 1) % outline.length] ?? [x1, y1]
    if (y1 > y !== y0 > y && x < ((x0 - x1) * (y - y1)) / (y0 - y1) + x1) inside = !inside
  })
  return inside
}

/** The point nearest to a place of the view, at most so far away; −1: none. */
export function pointAt(
  points: Float32Array,
  camera: Camera,
  box: Box,
  [xPx, yPx]: readonly [number, number],
  mostPx = 8,
): number {
  const [x, y] = toPlane(camera, box, xPx, yPx)
  let best = -1
  let least = (mostPx / camera.scale) ** 2
  for (let at = 0; at < points.length; at += 2) {
    const distance = ((points[at] ?? 0) - x) ** 2 + ((points[at + 1] ?? 0) - y) ** 2
    if (distance <= least) {
      least = distance
      best = at / 2
    }
  }
  return best
}

/** Those at most so far from the middle of the view. */
export function pointsAmid(points: Float32Array, camera: Camera, radiusPx: number): number[] {
  const most = (radiusPx / camera.scale) ** 2
  const found: number[] = []
  for (let at = 0; at < points.length; at += 2)
    if (((points[at] ?? 0) - camera.x) ** 2 + ((points[at + 1] ?? 0) - camera.y) ** 2 <= most)
      found.push(at / 2)
  return found
}

/** The addresses of images, the same in both shells. Imports nothing: the window uses it too. */

/** An image that can be shown: one of a dataset, here or in an opened bundle, or what stands in a row of a prediction. Never a path. */
export type ImageKey =
  { readonly imageId: number; readonly bundleId?: number } | { readonly taskId: number; readonly row: number }

/** At most so many px on the longer side; or the image in its own pixels. */
export type ImageSize = number | 'full'

export interface ImageRequest {
  readonly key: ImageKey
  readonly maxPx: ImageSize
}

/** Where the addresses of images are; also for the server of `npm run dev`, which passes them on. */
export const imageRoutes = /^\/(image|predicted|bundle)\//

const largestPx = 4096

/**
 * `/image/ID?px=N`, `/bundle/BUNDLE/image/ID?px=N` or `/predicted/TASK/ROW?px=N`; null where the address is none of them or its numbers are out of range.
 * px in 16…4096, or 'full'; without it 512.
 */
export function parseImageAddress(pathname: string, search: string): ImageRequest | null {
  const key = keyOf(pathname)
  if (key === null) return null
  if (search === '') return { key, maxPx: 512 }
  if (search === '?px=full') return { key, maxPx: 'full' }
  const px = /^\?px=([1-9]\d{0,3})$/.exec(search)?.[1]
  if (px === undefined || Number(px) < 16 || Number(px) > largestPx) return null
  return { key, maxPx: Number(px) }
}

function keyOf(pathname: string): ImageKey | null {
  const imageId = /^\/image\/([1-9]\d{0,14})$/.exec(pathname)?.[1]
  if (imageId !== undefined) return { imageId: Number(imageId) }
  const [, bundleId, inside] = /^\/bundle\/([1-9]\d{0,14})\/image\/([1-9]\d{0,14})$/.exec(pathname) ?? []
  if (inside !== undefined) return { imageId: Number(inside), bundleId: Number(bundleId) }
  const [, taskId, row] = /^\/predicted\/([1-9]\d{0,14})\/(0|[1-9]\d{0,14})$/.exec(pathname) ?? []
  return taskId === undefined || row === undefined ? null : { taskId: Number(taskId), row: Number(row) }
}

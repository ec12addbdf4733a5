/** The addresses of pictures, the same in both shells. Imports nothing: the window uses it too. */

/** A picture that can be shown: an image of a dataset, or what stands in a row of a prediction. Never a path. */
export type PictureKey = { readonly imageId: number } | { readonly taskId: number; readonly row: number }

/** At most so many px on the longer side; or the picture in its own pixels. */
export type PictureSize = number | 'full'

export interface PictureRequest {
  readonly key: PictureKey
  readonly maxPx: PictureSize
}

const largestPx = 4096

/**
 * `/picture/ID?px=N` or `/predicted/TASK/ROW?px=N`; null where the address is neither or its numbers are out of range. px in 16…4096, or
 * 'full'; without it 512.
 */
export function parsePictureAddress(pathname: string, search: string): PictureRequest | null {
  const key = keyOf(pathname)
  if (key === null) return null
  if (search === '') return { key, maxPx: 512 }
  if (search === '?px=full') return { key, maxPx: 'full' }
  const px = /^\?px=([1-9]\d{0,3})$/.exec(search)?.[1]
  if (px === undefined || Number(px) < 16 || Number(px) > largestPx) return null
  return { key, maxPx: Number(px) }
}

function keyOf(pathname: string): PictureKey | null {
  const imageId = /^\/picture\/([1-9]\d{0,14})$/.exec(pathname)?.[1]
  if (imageId !== undefined) return { imageId: Number(imageId) }
  const [, taskId, row] = /^\/predicted\/([1-9]\d{0,14})\/(0|[1-9]\d{0,14})$/.exec(pathname) ?? []
  return taskId === undefined || row === undefined ? null : { taskId: Number(taskId), row: Number(row) }
}

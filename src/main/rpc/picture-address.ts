/** `/picture/ID?px=N`, the same address in both shells. Imports nothing: the window uses it too. */

export interface PictureRequest {
  readonly imageId: number
  readonly maxPx: number
}

const largestPx = 4096

/** null where the address is no picture's or its numbers are out of range. px in 16…4096; without it 512. */
export function parsePictureAddress(pathname: string, search: string): PictureRequest | null {
  const id = /^\/picture\/([1-9]\d{0,14})$/.exec(pathname)?.[1]
  if (id === undefined) return null
  if (search === '') return { imageId: Number(id), maxPx: 512 }
  const px = /^\?px=([1-9]\d{0,3})$/.exec(search)?.[1]
  if (px === undefined || Number(px) < 16 || Number(px) > largestPx) return null
  return { imageId: Number(id), maxPx: Number(px) }
}

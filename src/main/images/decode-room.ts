/** Whole images that are being decoded lie in memory, 3 bytes a pixel: how many pixels may lie there at once. */
import { availableParallelism } from 'node:os'

/** Enough for photos of 8 megapixels on every thread that decodes. A larger image than all of it is decoded alone. */
const roomPixels = 8e6 * (availableParallelism() + 2)

let freePixels = roomPixels
const waiting: { readonly pixels: number; readonly begin: () => void }[] = []

/** Runs `work`, which holds so many pixels, once there is room for them, in the order of the calls. */
export async function inRoomFor<T>(pixelCount: number, work: () => Promise<T>): Promise<T> {
  const pixels = Math.min(pixelCount, roomPixels)
  if (waiting.length === 0 && pixels <= freePixels) freePixels -= pixels
  else await new Promise<void>((begin) => waiting.push({ pixels, begin }))
  try {
    return await work()
  } finally {
    freePixels += pixels
    letIn()
  }
}

function letIn(): void {
  for (let next = waiting[0]; next !== undefined && next.pixels <= freePixels; next = waiting[0]) {
    waiting.shift()
    freePixels -= next.pixels
    next.begin()
  }
}

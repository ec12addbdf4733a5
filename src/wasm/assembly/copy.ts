/** A frame of zeros around images, and its removal. */
import { parameter } from './job'

const fromAt: i32 = 0
const toAt: i32 = 1
/** Bytes of an image, of a row, and where in the image the first copied byte lies. */
const fromImageAt: i32 = 2
const fromRowAt: i32 = 3
const fromFirstAt: i32 = 4
const toImageAt: i32 = 5
const toRowAt: i32 = 6
const toFirstAt: i32 = 7
/** How many rows are copied, and how many bytes of each; whether zeros come first. */
const rowsAt: i32 = 8
const bytesAt: i32 = 9
const clearAt: i32 = 10

/** Rows of one image into those of another. */
export function copyRows(image: i32): void {
  const toImage = <usize>parameter(toImageAt)
  const target = <usize>parameter(toAt) + <usize>image * toImage
  if (parameter(clearAt) !== 0) memory.fill(target, 0, toImage)
  let from =
    <usize>parameter(fromAt) + <usize>image * <usize>parameter(fromImageAt) + <usize>parameter(fromFirstAt)
  let to = target + <usize>parameter(toFirstAt)
  for (let row = 0; row < parameter(rowsAt); row++) {
    memory.copy(to, from, <usize>parameter(bytesAt))
    from += <usize>parameter(fromRowAt)
    to += <usize>parameter(toRowAt)
  }
}

/** The gradient of a maximum over windows, NHWC. */
import { parameter } from './job'

const xAt: i32 = 0
const dyAt: i32 = 1
const dxAt: i32 = 2
const heightAt: i32 = 3
const widthAt: i32 = 4
const channelsAt: i32 = 5
const kernelHeightAt: i32 = 6
const kernelWidthAt: i32 = 7
const strideHeightAt: i32 = 8
const strideWidthAt: i32 = 9
const topAt: i32 = 10
const leftAt: i32 = 11
const outHeightAt: i32 = 12
const outWidthAt: i32 = 13

/** dx of one image: dy goes to the first of a window's largest values, whatever their sign. */
export function poolBack(image: i32): void {
  const height = parameter(heightAt)
  const width = parameter(widthAt)
  const outHeight = parameter(outHeightAt)
  const outWidth = parameter(outWidthAt)
  const bytes = (<usize>parameter(channelsAt)) << 2
  const vectorBytes = bytes & ~15
  const inBytes = <usize>(height * width) * bytes
  const x = <usize>parameter(xAt) + <usize>image * inBytes
  const dx = <usize>parameter(dxAt) + <usize>image * inBytes
  let dy = <usize>parameter(dyAt) + <usize>(image * outHeight * outWidth) * bytes
  memory.fill(dx, 0, inBytes)
  for (let outY = 0; outY < outHeight; outY++) {
    const windowY = outY * parameter(strideHeightAt) - parameter(topAt)
    const firstY = max(0, windowY)
    const endY = min(height, windowY + parameter(kernelHeightAt))
    for (let outX = 0; outX < outWidth; outX++) {
      const windowX = outX * parameter(strideWidthAt) - parameter(leftAt)
      const firstX = max(0, windowX)
      const endX = min(width, windowX + parameter(kernelWidthAt))
      for (let c: usize = 0; c < vectorBytes; c += 16) {
        let largest = f32x4.splat(-Infinity)
        let place = i32x4.splat(-1)
        for (let y = firstY; y < endY; y++) {
          for (let column = firstX; column < endX; column++) {
            const index = y * width + column
            const value = v128.load(x + <usize>index * bytes + c)
            const larger = f32x4.gt(value, largest)
            largest = v128.bitselect(value, largest, larger)
            place = v128.bitselect(i32x4.splat(index), place, larger)
          }
        }
        const gradient = v128.load(dy + c)
        for (let y = firstY; y < endY; y++) {
          for (let column = firstX; column < endX; column++) {
            const index = y * width + column
            const to = dx + <usize>index * bytes + c
            const here = v128.and(gradient, i32x4.eq(place, i32x4.splat(index)))
            v128.store(to, f32x4.add(v128.load(to), here))
          }
        }
      }
      for (let c = vectorBytes; c < bytes; c += 4) {
        let largest: f32 = -Infinity
        let place: usize = 0
        for (let y = firstY; y < endY; y++) {
          for (let column = firstX; column < endX; column++) {
            const at = <usize>(y * width + column) * bytes + c
            const value = load<f32>(x + at)
            if (value > largest) {
              largest = value
              place = at
            }
          }
        }
        if (largest > -Infinity) store<f32>(dx + place, load<f32>(dx + place) + load<f32>(dy + c))
      }
      dy += bytes
    }
  }
}

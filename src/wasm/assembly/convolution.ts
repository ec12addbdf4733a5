/**
 * Convolution and its two gradients as products, blocked so that what a product reads again lies in the caches. Images are NHWC, kernels
 * HWIO. Rows of a product are places of the output, [n·h'·w']; its depth is the kernel's window, [k·k·i]. A window is copied into a row
 * where it does not already lie there (1×1 without stride).
 *
 * Vectors of four read up to 28 bytes beyond a tensor's end; what they find is thrown away. The heap's own bookkeeping lies there.
 */
import { multiplyTile, multiplyTransposedTile, tileColumns, tileRows } from './gemm'
import { parameter, scratch } from './job'

// Parameters of all jobs here.
const xAt: i32 = 0
const yAt: i32 = 1
const kernelAt: i32 = 2
const panelsAt: i32 = 3
const batchAt: i32 = 4
const heightAt: i32 = 5
const widthAt: i32 = 6
const channelsAt: i32 = 7
const kernelHeightAt: i32 = 8
const kernelWidthAt: i32 = 9
const strideHeightAt: i32 = 10
const strideWidthAt: i32 = 11
const topAt: i32 = 12
const leftAt: i32 = 13
const outHeightAt: i32 = 14
const outWidthAt: i32 = 15
const outChannelsAt: i32 = 16
/** Forward: rows of a task; input gradient: images of a task; kernel gradient: depth of a task. */
const taskSizeAt: i32 = 17
/** Kernel gradient only: output channels of a task. */
const taskColumnsAt: i32 = 18

/**
 * Depth that is summed up in one go: a panel of it, 2 KiB, stays in the first cache, and sums of sums round less than one long one (R50x1's
 * logits are 1.4e-5 from the reference with 64, 2.3e-5 with 256).
 */
const depthBlock: i32 = 64
/** The same of the kernel's gradient, whose depth is the places of the output. */
const placeBlock: i32 = 256
/** Rows that share a panel. */
const rowBlock: i32 = 64
/** The scratch begins with a tile for edges and a row of windows. */
const spareBytes: usize = 256
const rowBytes: usize = 4096
const columnBytes: usize = 512 * 1024

let height: i32 = 0
let width: i32 = 0
let channels: i32 = 0
let kernelHeight: i32 = 0
let kernelWidth: i32 = 0
let strideHeight: i32 = 0
let strideWidth: i32 = 0
let top: i32 = 0
let left: i32 = 0
let outHeight: i32 = 0
let outWidth: i32 = 0

function readGeometry(): void {
  height = parameter(heightAt)
  width = parameter(widthAt)
  channels = parameter(channelsAt)
  kernelHeight = parameter(kernelHeightAt)
  kernelWidth = parameter(kernelWidthAt)
  strideHeight = parameter(strideHeightAt)
  strideWidth = parameter(strideWidthAt)
  top = parameter(topAt)
  left = parameter(leftAt)
  outHeight = parameter(outHeightAt)
  outWidth = parameter(outWidthAt)
}

function windowSize(): i32 {
  return kernelHeight * kernelWidth * channels
}

/** Whether the image is already the table of its windows. */
function isPointwise(): bool {
  return kernelHeight * kernelWidth * strideHeight * strideWidth === 1 && top + left === 0
}

/** Kernel [depth, o] → panels [o/8][depth][8]; a task is a panel. */
export function packKernel(panel: i32): void {
  readGeometry()
  const depth = windowSize()
  const distance = (<usize>parameter(outChannelsAt)) << 2
  let from = <usize>parameter(kernelAt) + ((<usize>panel) << 5)
  let to = <usize>parameter(panelsAt) + ((<usize>(panel * depth)) << 5)
  for (let k = 0; k < depth; k++) {
    v128.store(to, v128.load(from))
    v128.store(to, v128.load(from, 16), 16)
    from += distance
    to += 32
  }
}

/** Kernel [depth, o] turned over → panels [depth/8][o][8]; a task is a panel. */
export function packTurnedKernel(panel: i32): void {
  readGeometry()
  const outChannels = parameter(outChannelsAt)
  const last = windowSize() - 1
  const kernel = <usize>parameter(kernelAt)
  const panelAt = <usize>parameter(panelsAt) + ((<usize>(panel * outChannels)) << 5)
  for (let column = 0; column < tileColumns; column++) {
    const row = min(panel * tileColumns + column, last)
    const from = kernel + ((<usize>(row * outChannels)) << 2)
    const to = panelAt + ((<usize>column) << 2)
    for (let k = 0; k < outChannels; k++) {
      store<f32>(to + ((<usize>k) << 5), load<f32>(from + ((<usize>k) << 2)))
    }
  }
}

/** y [n·h'·w', o] of x and the packed kernel; a task is a block of rows. */
export function convolve(task: i32): void {
  readGeometry()
  const x = <usize>parameter(xAt)
  const y = <usize>parameter(yAt)
  const panels = <usize>parameter(panelsAt)
  const outChannels = parameter(outChannelsAt)
  const allRows = parameter(batchAt) * outHeight * outWidth
  const taskRows = parameter(taskSizeAt)
  const depth = windowSize()
  const pointwise = isPointwise()
  const windows = scratch() + spareBytes
  const first = task * taskRows
  const end = min(first + taskRows, allRows)
  for (let row = first; row < end; row += rowBlock) {
    const rows = min(rowBlock, end - row)
    for (let k = 0; k < depth; k += depthBlock) {
      const part = min(depthBlock, depth - k)
      let a = x + ((<usize>(row * channels + k)) << 2)
      let aDistance = (<usize>channels) << 2
      if (!pointwise) {
        a = windows
        aDistance = (((<usize>part) << 2) + 15) & ~15
        for (let r = 0; r < rows; r++) copyWindow(x, row + r, k, part, windows + <usize>r * aDistance)
      }
      multiplyBlock(
        a,
        aDistance,
        panels + ((<usize>k) << 5),
        depth,
        part,
        y + ((<usize>(row * outChannels)) << 2),
        (<usize>outChannels) << 2,
        rows,
        outChannels,
        k > 0,
      )
    }
  }
}

/** x's gradient of y's (which stands in y's place) and the turned kernel; a task is a group of images. */
export function convolveBack(task: i32): void {
  readGeometry()
  const x = <usize>parameter(xAt)
  const dy = <usize>parameter(yAt)
  const panels = <usize>parameter(panelsAt)
  const outChannels = parameter(outChannelsAt)
  const images = parameter(taskSizeAt)
  const places = outHeight * outWidth
  const firstImage = task * images
  const endImage = min(firstImage + images, parameter(batchAt))
  const columns = windowSize()
  const pointwise = isPointwise()
  const imageBytes = (<usize>(height * width * channels)) << 2
  const table = scratch() + spareBytes
  const distance = (<usize>columns) << 2
  let block = rowBlock
  if (!pointwise) {
    memory.fill(x + <usize>firstImage * imageBytes, 0, <usize>(endImage - firstImage) * imageBytes)
    block = min(rowBlock, max(tileRows, (<i32>(columnBytes / distance)) & ~3))
  }
  const end = endImage * places
  for (let row = firstImage * places; row < end; row += block) {
    const rows = min(block, end - row)
    const to = pointwise ? x + <usize>row * distance : table
    for (let k = 0; k < outChannels; k += depthBlock) {
      const part = min(depthBlock, outChannels - k)
      multiplyBlock(
        dy + ((<usize>(row * outChannels + k)) << 2),
        (<usize>outChannels) << 2,
        panels + ((<usize>k) << 5),
        outChannels,
        part,
        to,
        distance,
        rows,
        columns,
        k > 0,
      )
    }
    if (!pointwise) {
      for (let r = 0; r < rows; r++) addWindow(table + <usize>r * distance, row + r, x)
    }
  }
}

/** The kernel's gradient [depth, o] = windowsᵀ·dy; a task is a block of its rows and columns. */
export function convolveKernelBack(task: i32): void {
  readGeometry()
  const x = <usize>parameter(xAt)
  const dy = <usize>parameter(yAt)
  const gradient = <usize>parameter(kernelAt)
  const outChannels = parameter(outChannelsAt)
  const allRows = parameter(batchAt) * outHeight * outWidth
  const depth = windowSize()
  const depthOfTask = parameter(taskSizeAt)
  const columnsOfTask = parameter(taskColumnsAt)
  const columnTasks = (outChannels + columnsOfTask - 1) / columnsOfTask
  const k0 = (task / columnTasks) * depthOfTask
  const kEnd = min(k0 + depthOfTask, depth)
  const column0 = (task % columnTasks) * columnsOfTask
  const columnEnd = min(column0 + columnsOfTask, outChannels)
  const pointwise = isPointwise()
  const spare = scratch()
  const window = spare + spareBytes
  const panel = window + rowBytes
  const tiles = panel + <usize>(placeBlock * tileColumns * 4)
  const tileBytes: usize = placeBlock * tileRows * 4
  const distance = (<usize>outChannels) << 2
  const vectors = (kEnd - k0 + 3) >> 2
  for (let row = 0; row < allRows; row += placeBlock) {
    const rows = min(placeBlock, allRows - row)
    for (let r = 0; r < rows; r++) {
      let from = x + ((<usize>((row + r) * channels + k0)) << 2)
      if (!pointwise) {
        copyWindow(x, row + r, k0, kEnd - k0, window)
        from = window
      }
      let to = tiles + ((<usize>r) << 4)
      for (let i = 0; i < vectors; i++) {
        v128.store(to, v128.load(from))
        from += 16
        to += tileBytes
      }
    }
    for (let column = column0; column < columnEnd; column += tileColumns) {
      const columns = min(tileColumns, columnEnd - column)
      let from = dy + ((<usize>(row * outChannels + column)) << 2)
      let to = panel
      for (let r = 0; r < rows; r++) {
        v128.store(to, v128.load(from))
        v128.store(to, v128.load(from, 16), 16)
        from += distance
        to += 32
      }
      for (let i = 0; i < vectors; i++) {
        const k = k0 + (i << 2)
        multiplyTransposedTile(
          tiles + <usize>i * tileBytes,
          panel,
          rows,
          gradient + <usize>k * distance + ((<usize>column) << 2),
          distance,
          min(tileRows, kEnd - k),
          columns,
          row > 0,
          spare,
        )
      }
    }
  }
}

/** c [rows × columns] (+)= a·panels, of which a `part` of their depth is used. */
function multiplyBlock(
  a: usize,
  aDistance: usize,
  panels: usize,
  depth: i32,
  part: i32,
  c: usize,
  cDistance: usize,
  rows: i32,
  columns: i32,
  accumulate: bool,
): void {
  const spare = scratch()
  for (let column = 0; column < columns; column += tileColumns) {
    const b = panels + ((<usize>((column >> 3) * depth)) << 5)
    for (let r = 0; r < rows; r += tileRows) {
      multiplyTile(
        a + <usize>r * aDistance,
        aDistance,
        b,
        part,
        c + <usize>r * cDistance + ((<usize>column) << 2),
        cDistance,
        min(tileRows, rows - r),
        min(tileColumns, columns - column),
        accumulate,
        spare,
      )
    }
  }
}

/** Values [k, k + count) of the window of an output place; zeros outside the image. Writes up to three values more. */
function copyWindow(x: usize, row: i32, k: i32, count: i32, to: usize): void {
  const places = outHeight * outWidth
  const image = row / places
  const place = row - image * places
  const y0 = (place / outWidth) * strideHeight - top
  const x0 = (place % outWidth) * strideWidth - left
  const inside = x0 >= 0 && x0 + kernelWidth <= width
  const line = kernelWidth * channels
  const end = k + count
  while (k < end) {
    const tapRow = k / line
    const within = k - tapRow * line
    const inY = y0 + tapRow
    let inX = x0
    let run = line - within
    let offset = within
    if (!inside) {
      const tap = within / channels
      offset = within - tap * channels
      inX += tap
      run = channels - offset
    }
    run = min(run, end - k)
    if (inY >= 0 && inY < height && inX >= 0 && inX < width) {
      copy(x + ((<usize>(((image * height + inY) * width + inX) * channels + offset)) << 2), to, run)
    } else {
      memory.fill(to, 0, (<usize>run) << 2)
    }
    to += (<usize>run) << 2
    k += run
  }
}

function copy(from: usize, to: usize, count: i32): void {
  const end = to + ((<usize>count) << 2)
  while (to < end) {
    v128.store(to, v128.load(from))
    from += 16
    to += 16
  }
}

/** Adds a whole window's values to where they came from. */
function addWindow(from: usize, row: i32, x: usize): void {
  const places = outHeight * outWidth
  const image = row / places
  const place = row - image * places
  const y0 = (place / outWidth) * strideHeight - top
  const x0 = (place % outWidth) * strideWidth - left
  const firstX = max(0, -x0)
  const endX = min(kernelWidth, width - x0)
  const count = max(0, endX - firstX) * channels
  for (let tapRow = 0; tapRow < kernelHeight; tapRow++) {
    const inY = y0 + tapRow
    if (inY < 0 || inY >= height) continue
    add(
      from + ((<usize>((tapRow * kernelWidth + firstX) * channels)) << 2),
      x + ((<usize>(((image * height + inY) * width + x0 + firstX) * channels)) << 2),
      count,
    )
  }
}

function add(from: usize, to: usize, count: i32): void {
  const end = to + ((<usize>count) << 2)
  const vectorEnd = to + ((<usize>(count & ~3)) << 2)
  while (to < vectorEnd) {
    v128.store(to, f32x4.add(v128.load(to), v128.load(from)))
    from += 16
    to += 16
  }
  while (to < end) {
    store<f32>(to, load<f32>(to) + load<f32>(from))
    from += 4
    to += 4
  }
}

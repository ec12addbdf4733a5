/** Draws the matrix: ink on ghost, numbers where they fit. A thousand classes are one pass over the cells that are in view. */
import type { MatrixCells } from './matrix-cells'
import type { MatrixPlace } from './matrix-place'

export interface MatrixColours {
  readonly ground: string
  readonly more: string
  /** Of differences that are below zero. */
  readonly fewer: string
  /** Of numbers on light cells, and on dark ones. */
  readonly text: string
  readonly textOnDark: string
  readonly right: string
}

export interface MatrixDrawing {
  readonly cells: MatrixCells
  readonly place: MatrixPlace
  readonly sidePx: number
  readonly colours: MatrixColours
  textOf(value: number): string
}

const numberPx = 11
/** From this side on cells have a gap between them. */
const gapFromPx = 6

/** In CSS px: the context is scaled for the screen. */
export function drawMatrix(context: CanvasRenderingContext2D, drawing: MatrixDrawing): void {
  const { cells, place, sidePx, colours, textOf } = drawing
  const { cellPx, leftPx, topPx } = place
  const gap = cellPx >= gapFromPx ? 1 : 0
  // A cell is seen however many there are.
  const drawnPx = Math.max(1, cellPx - gap)
  context.clearRect(0, 0, sidePx, sidePx)
  ground(context, drawing, gap)
  if (cellPx < pixelsBelowPx) {
    drawPixels(context, drawing)
    return
  }
  const isInView = (at: number): boolean => at + cellPx > 0 && at < sidePx
  const shown: { x: number; y: number; weight: number; value: number }[] = []
  for (let cell = 0; cell < cells.places.length; cell++) {
    const [row, column] = rowAndColumn(cells, cell)
    const [x, y] = [leftPx + column * cellPx, topPx + row * cellPx]
    if (isInView(x) && isInView(y))
      shown.push({ x, y, weight: cells.weights[cell] ?? 0, value: cells.values[cell] ?? 0 })
  }
  for (const { x, y, weight } of shown) {
    context.globalAlpha = alphaOf(weight)
    context.fillStyle = weight === 0 ? colours.right : weight > 0 ? colours.more : colours.fewer
    context.fillRect(x, y, drawnPx, drawnPx)
  }
  context.globalAlpha = 1
  if (cellPx < numberPx + 4) return
  context.font = `${numberPx}px ${getComputedStyle(context.canvas).fontFamily}`
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  for (const { x, y, weight, value } of shown) {
    const text = textOf(value)
    if (context.measureText(text).width > cellPx - 3) continue
    context.fillStyle = Math.abs(weight) > 0.5 ? colours.textOnDark : colours.text
    context.fillText(text, x + drawnPx / 2, y + drawnPx / 2 + 0.5)
  }
}

function rowAndColumn({ order, places }: MatrixCells, cell: number): [row: number, column: number] {
  const place = places[cell] ?? 0
  const row = Math.floor(place / order.length)
  return [row, place - row * order.length]
}

/** 0 is the ground of right answers. */
function alphaOf(weight: number): number {
  return weight === 0 ? 1 : 0.18 + 0.82 * Math.abs(weight)
}

/** Cells so small that there are tens of thousands of them: pixel by pixel, the darkest of those that share one. */
const pixelsBelowPx = 3

function drawPixels(
  context: CanvasRenderingContext2D,
  { cells, place: { cellPx, leftPx, topPx }, sidePx, colours }: MatrixDrawing,
): void {
  const side = context.canvas.width
  const scale = side / sidePx
  const image = new ImageData(side, side)
  const words = new Uint32Array(image.data.buffer)
  const darkness = new Float32Array(side * side)
  const [right, more, fewer] = [colours.right, colours.more, colours.fewer].map(pixelOf)
  for (let cell = 0; cell < cells.places.length; cell++) {
    const [row, column] = rowAndColumn(cells, cell)
    const weight = cells.weights[cell] ?? 0
    const [x, y] = [(leftPx + column * cellPx) * scale, (topPx + row * cellPx) * scale]
    const [left, top] = [Math.floor(x), Math.floor(y)]
    const [end, bottom] = [
      Math.min(side, Math.max(left + 1, Math.floor(x + cellPx * scale))),
      Math.min(side, Math.max(top + 1, Math.floor(y + cellPx * scale))),
    ]
    const alpha = alphaOf(weight)
    // A mistake is seen beside a right answer on the same pixel.
    const dark = weight === 0 ? 0.01 : Math.abs(weight) + 0.02
    const colour = weight === 0 ? right : weight > 0 ? more : fewer
    const word = ((colour ?? 0) & 0xffffff) | (Math.round(alpha * 255) << 24)
    for (let line = Math.max(0, top); line < bottom; line++)
      for (let at = line * side + Math.max(0, left); at < line * side + end; at++)
        if (dark > (darkness[at] ?? 0)) {
          darkness[at] = dark
          words[at] = word
        }
  }
  const layer = new OffscreenCanvas(side, side)
  layer.getContext('2d')?.putImageData(image, 0, 0)
  context.drawImage(layer, 0, 0, sidePx, sidePx)
}

/** As the bytes of a pixel lie, whatever the notation of the colour. */
function pixelOf(colour: string): number {
  const context = new OffscreenCanvas(1, 1).getContext('2d')
  if (context === null) return 0
  context.fillStyle = colour
  context.fillRect(0, 0, 1, 1)
  return new Uint32Array(context.getImageData(0, 0, 1, 1).data.buffer)[0] ?? 0
}

function ground(
  context: CanvasRenderingContext2D,
  { cells, place: { cellPx, leftPx, topPx }, sidePx, colours }: MatrixDrawing,
  gap: number,
): void {
  const size = cells.order.length
  context.fillStyle = colours.ground
  if (gap === 0) {
    context.fillRect(leftPx, topPx, size * cellPx, size * cellPx)
    return
  }
  const first = (at: number): number => Math.max(0, Math.floor(-at / cellPx))
  const end = (at: number): number => Math.min(size, Math.ceil((sidePx - at) / cellPx))
  for (let row = first(topPx); row < end(topPx); row++)
    for (let column = first(leftPx); column < end(leftPx); column++)
      context.fillRect(leftPx + column * cellPx, topPx + row * cellPx, cellPx - gap, cellPx - gap)
}

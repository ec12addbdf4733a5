/** Draws the matrix: ink on ghost, numbers where they fit. A thousand classes are one pass over the cells that are in view. */
import type { MatrixPlace, ValuedCell } from './matrix-values'

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
  readonly cells: readonly ValuedCell[]
  readonly size: number
  readonly place: MatrixPlace
  readonly sidePx: number
  readonly colours: MatrixColours
  textOf(cell: ValuedCell): string
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
  const isInView = (at: number): boolean => at + cellPx > 0 && at < sidePx
  const shown = cells.filter(
    ({ row, column }) => isInView(leftPx + column * cellPx) && isInView(topPx + row * cellPx),
  )
  // The darkest last: on a pixel with several cells it is the one that counts.
  if (cellPx < 1) shown.sort((a, b) => Math.abs(a.weight) - Math.abs(b.weight))
  for (const { row, column, weight } of shown) {
    context.globalAlpha = weight === 0 ? 1 : 0.18 + 0.82 * Math.abs(weight)
    context.fillStyle = weight === 0 ? colours.right : weight > 0 ? colours.more : colours.fewer
    context.fillRect(leftPx + column * cellPx, topPx + row * cellPx, drawnPx, drawnPx)
  }
  context.globalAlpha = 1
  if (cellPx < numberPx + 4) return
  context.font = `${numberPx}px ${getComputedStyle(context.canvas).fontFamily}`
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  for (const cell of shown) {
    const text = textOf(cell)
    if (context.measureText(text).width > cellPx - 3) continue
    context.fillStyle = Math.abs(cell.weight) > 0.5 ? colours.textOnDark : colours.text
    context.fillText(
      text,
      leftPx + cell.column * cellPx + drawnPx / 2,
      topPx + cell.row * cellPx + drawnPx / 2 + 0.5,
    )
  }
}

function ground(
  context: CanvasRenderingContext2D,
  { size, place: { cellPx, leftPx, topPx }, sidePx, colours }: MatrixDrawing,
  gap: number,
): void {
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

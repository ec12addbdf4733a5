import type { ImageResizer } from '../../../images/resizer'
import type { GraphEngine } from './graph-engine'

/** Our addon's decoding and resize. Instruction sets round differently, so each is a resizer of its own. */
export function nativeResizer({
  addon,
  instructionSet,
}: Pick<GraphEngine, 'addon' | 'instructionSet'>): ImageResizer {
  const frame = new Float64Array(6)
  return {
    name: `resized natively 3 ${instructionSet}`,
    async resize({ pixels, widthPx: fromWidthPx, heightPx: fromHeightPx }, widthPx, heightPx) {
      const resized = await addon.resize(pixels, fromWidthPx, fromHeightPx, widthPx, heightPx)
      return { pixels: resized, widthPx, heightPx }
    },
    async resizeJpeg(file, frame, widthPx, heightPx) {
      const pixels = await addon.resizeJpeg(file, frame.widthPx, frame.heightPx, widthPx, heightPx)
      return { pixels, widthPx, heightPx }
    },
    resizePart({ pixels, widthPx, heightPx }, cropPx, part, target) {
      frame.set([widthPx, heightPx, part.x, part.y, part.widthPx, part.heightPx])
      addon.resizePart(pixels, frame, cropPx, part.flip, target)
    },
  }
}

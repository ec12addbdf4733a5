import type { PictureResizer } from '../data/resizer'
import type { GraphEngine } from './graph-engine'

/** Our addon's resize. Instruction sets round differently, so each is a resizer of its own. */
export function nativeResizer({
  addon,
  instructionSet,
}: Pick<GraphEngine, 'addon' | 'instructionSet'>): PictureResizer {
  return {
    name: `resized natively 1 ${instructionSet}`,
    async resize({ pixels, widthPx: fromWidthPx, heightPx: fromHeightPx }, widthPx, heightPx) {
      const resized = await addon.resize(pixels, fromWidthPx, fromHeightPx, widthPx, heightPx)
      return { pixels: resized, widthPx, heightPx }
    },
  }
}

import type { SplitPart } from '../../contract/entities/dataset'
import type { PixelFacts } from './pixel-facts'

/** An image as the findings see it. */
export interface CheckedImage {
  readonly id: number
  /** Lower-case hex. */
  readonly contentHash: string
  readonly classIndex: number
  readonly part: SplitPart
  /** As shown. */
  readonly widthPx: number
  readonly heightPx: number
  /** null where it was not measured. */
  readonly pixels: Pick<PixelFacts, 'brightness' | 'contrast' | 'sharpness' | 'colourfulness'> | null
}

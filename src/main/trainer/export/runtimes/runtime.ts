/** A written export, opened by the program that its users will open it with. */
import type { ImageBatch } from '../golden-images'

export interface Outputs {
  /** [n,k] */
  readonly logits: Float32Array
  /** [n,k] */
  readonly probabilities: Float32Array
  /** [n,px,px,3] in [−1, 1]: what the network saw; null where the images were brought to size outside. */
  readonly resized: Float32Array | null
}

export interface Runtime {
  readonly name: string
  readonly version: string
  readonly device: string
  run(images: ImageBatch): Promise<Outputs>
  close(): Promise<void>
}

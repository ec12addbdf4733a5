import type { ModelSpec } from '../../contract/entities/model'
import type { LossName } from '../../contract/entities/run'

/** What is exported. */
export interface ModelFacts {
  readonly name: string
  /** What it is, e.g. BiT-Tiny fine-tuned on flowers. */
  readonly title: string
  /** R50x1 … or units:1-1-1-1,width:0.5 */
  readonly architecture: string
  readonly spec: ModelSpec
  readonly classCount: number
  /** As many as classes; null where they are not known. */
  readonly classNames: readonly string[] | null
  /** Side of the images that the network sees. */
  readonly cropPx: number
  /** softmax: one class per image. sigmoid: each class is judged separately. */
  readonly loss: LossName
  /** A sentence. */
  readonly trainedOn: string
  /** Of the model in use: divides the logits, and what is less probable than the threshold is unsure. Absent: there is none. */
  readonly temperature?: number
  readonly threshold?: number
}

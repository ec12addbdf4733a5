import type { Answer } from '../../contract/entities/rating'

/** What raters together say of an image. */
export const verdictWords: Readonly<Record<Answer, string>> = {
  prediction: 'the prediction is right',
  label: 'the label is right',
  both: 'both are right',
  neither: 'neither is right',
  unsure: 'unsure',
}

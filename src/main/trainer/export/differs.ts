/** Why an export was not kept. */
import type { Certificate } from '../../../contract/entities/export'
import { WorkbenchError } from '../../../contract/errors'

/** 'export-differs', with the figures that are too far apart. */
export function differs({
  format,
  runtime,
  logits,
  probabilities,
  tolerance,
  resize,
  bitExact,
}: Certificate): WorkbenchError {
  const number = (value: number): string => value.toPrecision(2)
  const parts = [
    `logits differ by up to ${number(logits.absolute)} and probabilities by up to ${number(probabilities.absolute)} (allowed: ${number(tolerance.absolute)})`,
    ...(resize !== null && resize.greatestLevels > resize.toleranceLevels
      ? [
          `resized images by up to ${number(resize.greatestLevels)} grey levels (allowed: ${number(resize.toleranceLevels)})`,
        ]
      : []),
    ...(bitExact === false ? ['the weights read back differ from the model’s'] : []),
  ]
  return new WorkbenchError(
    'export-differs',
    `The ${format} files do not give the model’s results. In ${runtime.name} ${runtime.version}, ${parts.join(', ')}. They were not saved.`,
    'Try again. If this repeats, use another format and report the problem.',
  )
}

/** What lies beside the model in every export: labels.txt and preprocessing.json. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExportFormat } from '../../../contract/entities/export'
import type { ModelFacts } from '../../../domain/model/model-facts'

export const labelsName = 'labels.txt'
export const preprocessingName = 'preprocessing.json'
export const weightFileNames = { safetensors: 'model.safetensors', npz: 'model.npz' } as const

/** onnx, savedmodel and tfjs hold graphs, with the preprocessing inside. */
export function isGraph(format: ExportFormat): boolean {
  return format === 'onnx' || format === 'savedmodel' || format === 'tfjs'
}

/** labels.txt (a class a line, in the order of the outputs) only where the names are known. */
export async function writeBeside(folder: string, format: ExportFormat, facts: ModelFacts): Promise<void> {
  const { classNames } = facts
  if (classNames !== null) {
    const lines = classNames.map((name) => `${name.replace(/[\r\n]+/g, ' ')}\n`)
    await writeFile(join(folder, labelsName), lines.join(''))
  }
  await writeFile(
    join(folder, preprocessingName),
    `${JSON.stringify(preprocessing(format, facts), null, 2)}\n`,
  )
}

function preprocessing(
  format: ExportFormat,
  { name, architecture, classNames, classCount, cropPx, loss }: ModelFacts,
) {
  return {
    model: name,
    architecture,
    insideTheModel: isGraph(format),
    steps: [
      'Rotate the image upright (EXIF), convert it to 8-bit sRGB with its own colour profile, and put it on white where it is transparent. Images without a profile are sRGB; CMYK without one is converted as in the examples.',
      `Resize to ${String(cropPx)} x ${String(cropPx)} pixels without keeping the aspect ratio: bilinear, half-pixel centres, antialiased when shrinking.`,
      'Divide by 127.5 and subtract 1.',
    ],
    resize: {
      widthPx: cropPx,
      heightPx: cropPx,
      keepAspectRatio: false,
      interpolation: 'bilinear',
      halfPixelCentres: true,
      antialias: true,
    },
    scale: 1 / 127.5,
    offset: -1,
    channels: 'RGB',
    probabilities: loss === 'softmax' ? 'softmax of the logits' : 'sigmoid of each logit',
    classCount,
    classNames,
  }
}

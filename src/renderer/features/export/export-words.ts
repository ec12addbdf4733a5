/** The formats in a sentence each, the folder an export goes to, and a certificate in figures. Pure. */
import type { Certificate, ExportFormat } from '../../../contract/entities/export'
import { formatParameters, formatPx } from '../../../domain/figures'
import { sizeWords } from '../../../domain/model/model-names'

export const formatWords: readonly {
  readonly id: ExportFormat
  readonly about: string
}[] = [
  {
    id: 'onnx',
    about: 'One file for most engines. Images of any size in, probabilities out.',
  },
  {
    id: 'savedmodel',
    about: 'For TensorFlow and its Serving. Images of any size in, probabilities out.',
  },
  {
    id: 'tfjs',
    about: 'A graph model for browsers and Node. Images of any size in, probabilities out.',
  },
  {
    id: 'safetensors',
    about: 'The weights under timm’s names; the preprocessing beside them as JSON.',
  },
  {
    id: 'npz',
    about: 'The weights under their published names; the preprocessing beside them as JSON.',
  },
]

/** A name of its own in `parent`, after the model and what it becomes: 'onnx', 'features.npz'. */
export function newPath(parent: string, name: string, end: string): string {
  const slash = parent.includes('\\') ? '\\' : '/'
  const slug = name.replace(/[^\w.-]+/g, '-').replace(/^[.-]+|-+$/g, '') || 'model'
  return `${parent.replace(/[/\\]+$/, '')}${slash}${slug}-${end}`
}

/** 3.2e-6 → '3.2e−6', 0 → '0': as on a chart's axis, with two digits. */
export function smallFigure(value: number): string {
  if (value === 0) return '0'
  if (value >= 0.001) return String(Number(value.toPrecision(2)))
  return value.toExponential(1).replace('.0e', 'e').replace('-', '−')
}

/** The certificate's lines: what was compared, and how far apart the two sides were. */
export function certificateLines(certificate: Certificate): { what: string; value: string }[] {
  const { model, logits, probabilities, tolerance, images, resize, decoder, bitExact, engine, runtime } =
    certificate
  return [
    {
      what: 'Model',
      value: `${model.title}: ${sizeWords(model.architecture)}, ${formatParameters(model.parameterCount)} parameters, ${formatPx(model.cropPx)}`,
    },
    { what: 'Ours', value: `${engine.name} ${engine.version}, ${engine.device}` },
    { what: 'Theirs', value: `${runtime.name} ${runtime.version}, ${runtime.device}` },
    {
      what: 'Logits, greatest difference',
      value: `${smallFigure(logits.relative)} relative, ${smallFigure(logits.absolute)} absolute`,
    },
    {
      what: 'Tolerance',
      value: `${smallFigure(tolerance.absolute)} absolute; rounding the images once changes a logit by ${smallFigure(tolerance.rounding)}`,
    },
    { what: 'Probabilities, greatest difference', value: smallFigure(probabilities.absolute) },
    {
      what: 'First class',
      value: `the same on ${images.filter(({ argMaxAgrees }) => argMaxAgrees).length} of ${images.length} images`,
    },
    ...(resize === null
      ? []
      : [
          {
            what: 'Resizing inside, greatest difference',
            value: `${smallFigure(resize.greatestLevels)} of 255 levels (tolerance ${smallFigure(resize.toleranceLevels)})`,
          },
        ]),
    {
      what: 'Photos as the workbench decodes them, difference in probabilities',
      value: `${smallFigure(decoder.probabilities.median)} in the median, ${smallFigure(decoder.probabilities.worst)} at worst, on ${decoder.photos.length} images drawn like photos; ${decoder.meanLevels.median.toFixed(2)} of 255 levels on average in the median, ${decoder.meanLevels.worst.toFixed(2)} at worst`,
    },
    ...(bitExact === null
      ? []
      : [{ what: 'Numbers read back', value: bitExact ? 'the same, bit for bit' : 'not all the same' }]),
  ]
}

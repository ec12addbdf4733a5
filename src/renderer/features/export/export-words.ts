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
    about: 'One file for most runtimes. Takes images of any size, returns probabilities.',
  },
  {
    id: 'savedmodel',
    about: 'For TensorFlow and TensorFlow Serving. Takes images of any size, returns probabilities.',
  },
  {
    id: 'tfjs',
    about: 'A graph model for browsers and Node. Takes images of any size, returns probabilities.',
  },
  {
    id: 'safetensors',
    about: 'The weights under timm’s names, with the preprocessing as JSON.',
  },
  {
    id: 'npz',
    about: 'The weights under their published names, with the preprocessing as JSON.',
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
    { what: 'Workbench', value: `${engine.name} ${engine.version}, ${engine.device}` },
    { what: 'Export runtime', value: `${runtime.name} ${runtime.version}, ${runtime.device}` },
    {
      what: 'Logits, largest difference',
      value: `${smallFigure(logits.relative)} relative, ${smallFigure(logits.absolute)} absolute`,
    },
    {
      what: 'Tolerance',
      value: `${smallFigure(tolerance.absolute)} absolute; rounding the images once changes a logit by up to ${smallFigure(tolerance.rounding)}`,
    },
    { what: 'Probabilities, largest difference', value: smallFigure(probabilities.absolute) },
    {
      what: 'Top class',
      value: `the same on ${images.filter(({ argMaxAgrees }) => argMaxAgrees).length} of ${images.length} images`,
    },
    ...(resize === null
      ? []
      : [
          {
            what: 'Built-in resize, largest difference',
            value: `${smallFigure(resize.greatestLevels)} of 255 levels (tolerance ${smallFigure(resize.toleranceLevels)})`,
          },
        ]),
    {
      what: 'Probabilities with the workbench’s image decoder, difference',
      value: `${smallFigure(decoder.probabilities.median)} median, ${smallFigure(decoder.probabilities.worst)} worst, on ${decoder.photos.length} photo-like images; mean pixel difference ${decoder.meanLevels.median.toFixed(2)} of 255 levels median, ${decoder.meanLevels.worst.toFixed(2)} worst`,
    },
    ...(bitExact === null
      ? []
      : [{ what: 'Weights read back', value: bitExact ? 'identical, bit for bit' : 'not all identical' }]),
  ]
}

import type { ExportFormat } from '../../../contract/entities/export'
import { sizeWords } from '../../../domain/model/model-names'
import { isGraph, labelsName, preprocessingName } from './beside'
import { cmykProfileName } from './cmyk-profile'
import { examplesOf } from './examples'
import { tfjsBrowser } from './graph-examples'
import type { ModelFacts } from '../../../domain/model/model-facts'
import { featureChannels } from '../../../domain/model/units'

/** README.md of an export's folder. */
export function readme(format: ExportFormat, facts: ModelFacts): string {
  const examples = examplesOf(format, facts)
  const usesCmykProfile = examples.some(({ code }) => code.includes(cmykProfileName))
  const sections = [
    `# ${facts.name}`,
    `${titles[format]} of an image classifier, exported by BiT Workbench. ${sizeWords(facts.architecture)}, ${String(facts.classCount)} classes. ${facts.trainedOn}`.trim(),
    isGraph(format) ? graphText(format, facts) : weightsText(format, facts),
    namesText(format, facts),
    ...inUseText(facts),
    '`certificate.json` gives the differences between the results of these files, in their own runtime, and those of the model. They were measured at export on generated images; files that differ too much are not saved.',
    ...(usesCmykProfile
      ? [
          `\`${cmykProfileName}\` is the colour profile that the Python program uses for CMYK photos that have none (by Graeme Gill, in the public domain).`,
        ]
      : []),
    ...examples.map(
      ({ language, packages, code }) =>
        `## ${language === 'js' ? 'JavaScript (Node)' : 'Python'}\n\n\`${packages}\`, then run this in the folder with a photo's path:\n\n\`\`\`${language}\n${code}\n\`\`\``,
    ),
    ...(format === 'tfjs'
      ? [
          `## In a page\n\n\`\`\`html-js\n${tfjsBrowser}\n\`\`\`\n\nTensorFlow.js has no Python interface: export as savedmodel, onnx or safetensors for Python.`,
        ]
      : []),
  ]
  return `${sections.join('\n\n')}\n`
}

function inUseText({ temperature, threshold, loss }: ModelFacts): string[] {
  return [
    ...(temperature === undefined
      ? []
      : [
          `Its temperature is ${temperature.toFixed(4)}, fitted on images that it did not train on: divide the logits by it before the ${loss} for probabilities that hold. The predicted class stays the same.`,
        ]),
    ...(threshold === undefined
      ? []
      : [`Take predictions less probable than ${String(threshold)} as unsure.`]),
  ]
}

const titles: Readonly<Record<ExportFormat, string>> = {
  onnx: 'ONNX model (opset 17)',
  savedmodel: 'TensorFlow SavedModel',
  tfjs: 'TensorFlow.js graph model',
  safetensors: "Weights as safetensors with timm's names",
  npz: 'Weights as NumPy arrays with the names of the published BiT models',
}

function graphText(format: ExportFormat, { spec, classCount, cropPx, loss }: ModelFacts): string {
  const type = format === 'tfjs' ? 'int32 (TensorFlow.js has no uint8)' : 'uint8'
  const sum = loss === 'softmax' ? 'summing to 1 over the classes' : 'each class on its own'
  return `## Input and outputs

| name | type and shape | what |
|---|---|---|
| \`images\` (input) | ${type} [N, height, width, 3] | RGB, 0 to 255, upright, any size; the same for all images of a batch |
| \`probabilities\` | float32 [N, ${String(classCount)}] | ${sum} |
| \`logits\` | float32 [N, ${String(classCount)}] | before ${loss} |
| \`features\` | float32 [N, ${String(featureChannels(spec))}] | the input to the classifier, for search or clustering |
| \`resized\` | float32 [N, ${String(cropPx)}, ${String(cropPx)}, 3] | what the network sees, in [-1, 1]; for checking |

Preprocessing is built in: images are resized to ${String(cropPx)} x ${String(cropPx)} pixels (bilinear, antialiased, the aspect ratio is not kept) and scaled. Do not resize or normalize them yourself.`
}

function weightsText(format: ExportFormat, { spec, cropPx, loss }: ModelFacts): string {
  const layout =
    format === 'npz' ? 'Kernels are [height, width, in, out]' : 'Kernels are [out, in, height, width]'
  const standardized = spec.convolution === 'plain' ? '' : ', not standardized: the model standardizes them'
  return `${layout}${standardized}. Preprocessing is not in the file; \`${preprocessingName}\` describes it and the examples do it: upright RGB, resized to ${String(cropPx)} x ${String(cropPx)} pixels (bilinear, antialiased, the aspect ratio is not kept), divided by 127.5, minus 1. Probabilities are the ${loss} of the logits.`
}

/** Where a format has the names inside as well. */
const namesInside: Partial<Record<ExportFormat, string>> = {
  onnx: ' In the file they are the metadata property `bitw.classNames`, as JSON.',
  savedmodel:
    ' In the model they are the output `names` of the signature `class_names`, which takes no input.',
  tfjs: ' In model.json they are `userDefinedMetadata["bitw.classNames"]`, as JSON.',
  safetensors: ' In the file they are the metadata key `bitw.classNames`, as JSON.',
}

function namesText(format: ExportFormat, { classNames }: ModelFacts): string {
  return classNames === null
    ? 'The class names are not known; the classes are numbered from 0 in the order of the outputs.'
    : `\`${labelsName}\` has the class names, one per line, in the order of the outputs; \`${preprocessingName}\` has them too.${namesInside[format] ?? ''}`
}

/** Programs that use an export, for its README. Each takes a photo's path, runs in the export's folder, and is run by the tests as it stands. */
import type { ExportFormat } from '../../contract/entities/export'
import { labelsName } from './beside'
import { weightFileNames } from './formats'
import type { ModelFacts } from './model-facts'

export interface Example {
  readonly language: 'python' | 'js'
  /** What to install. */
  readonly packages: string
  readonly code: string
}

export function examplesOf(format: ExportFormat, facts: ModelFacts): Example[] {
  switch (format) {
    case 'onnx':
      return [
        { language: 'python', packages: 'pip install onnxruntime pillow', code: onnxPython(facts) },
        { language: 'js', packages: 'npm install onnxruntime-node sharp', code: onnxJs(facts) },
      ]
    case 'savedmodel':
      return [
        { language: 'python', packages: 'pip install tensorflow', code: savedModelPython(facts) },
        {
          language: 'js',
          packages: 'npm install @tensorflow/tfjs-node-gpu sharp',
          code: savedModelJs(facts),
        },
      ]
    case 'tfjs':
      return [
        {
          language: 'js',
          packages: 'npm install @tensorflow/tfjs @tensorflow/tfjs-backend-wasm sharp',
          code: tfjsJs(facts),
        },
      ]
    case 'safetensors':
    case 'npz':
      return [
        {
          language: 'python',
          packages: 'pip install timm safetensors pillow',
          code: timmPython(format, facts),
        },
        {
          language: 'js',
          packages: 'nothing to install',
          code: format === 'npz' ? npzJs : safetensorsJs,
        },
      ]
  }
}

const decodeJs = `const { data, info } = await sharp(process.argv[2]) // the photo
  .autoOrient()
  .flatten({ background: '#ffffff' })
  .toColourspace('srgb')
  .raw()
  .toBuffer({ resolveWithObject: true })`

/** \`probabilities\` is there. */
function top5Js({ classNames }: ModelFacts): string {
  const names =
    classNames === null
      ? 'const nameOf = (index) => `class ${index}`'
      : `const labels = readFileSync('${labelsName}', 'utf8').split('\\n')\nconst nameOf = (index) => labels[index]`
  return `${names}
const order = [...probabilities.keys()].sort((a, b) => probabilities[b] - probabilities[a])
for (const index of order.slice(0, 5)) console.log(probabilities[index].toFixed(5), nameOf(index))`
}

/** \`probabilities\` is there, a NumPy array [classes]. */
function top5Python({ classNames }: ModelFacts): string {
  const names =
    classNames === null
      ? 'labels = [f"class {index}" for index in range(len(probabilities))]'
      : `with open("${labelsName}", encoding="utf-8") as file:
    labels = file.read().split("\\n")`
  return `${names}
for index in probabilities.argsort()[::-1][:5]:
    print(f"{probabilities[index]:.5f} {labels[index]}")`
}

/** Transparent parts over white, as the workbench has it. */
const openPython = `photo = ImageOps.exif_transpose(Image.open(sys.argv[1])).convert("RGBA")
photo = Image.alpha_composite(Image.new("RGBA", photo.size, "white"), photo).convert("RGB")`

function onnxPython(facts: ModelFacts): string {
  return `import sys

import numpy as np
import onnxruntime
from PIL import Image, ImageOps

session = onnxruntime.InferenceSession("model.onnx", providers=["CPUExecutionProvider"])
${openPython}
pictures = np.asarray(photo)[np.newaxis]  # uint8 [1, height, width, 3]
probabilities = session.run(["probabilities"], {"pictures": pictures})[0][0]
${top5Python(facts)}`
}

function onnxJs(facts: ModelFacts): string {
  return `${readsLabels(facts)}import ort from 'onnxruntime-node'
import sharp from 'sharp'

const session = await ort.InferenceSession.create('model.onnx')
${decodeJs}
const pictures = new ort.Tensor('uint8', data, [1, info.height, info.width, 3])
const outputs = await session.run({ pictures }, ['probabilities'])
const probabilities = outputs.probabilities.data
${top5Js(facts)}`
}

function savedModelPython(facts: ModelFacts): string {
  return `import sys

import tensorflow as tf

model = tf.saved_model.load(".").signatures["serving_default"]
photo = tf.io.decode_image(tf.io.read_file(sys.argv[1]), channels=3, expand_animations=False)
pictures = photo[tf.newaxis]  # uint8 [1, height, width, 3]
probabilities = model(pictures=pictures)["probabilities"].numpy()[0]
${top5Python(facts)}`
}

function savedModelJs(facts: ModelFacts): string {
  return `${readsLabels(facts)}import tf from '@tensorflow/tfjs-node-gpu' // or @tensorflow/tfjs-node
import sharp from 'sharp'

const model = await tf.node.loadSavedModel('.', ['serve'], 'serving_default')
${decodeJs}
const pictures = tf.tensor4d(Int32Array.from(data), [1, info.height, info.width, 3], 'int32')
const probabilities = model.predict({ pictures }).probabilities.dataSync()
${top5Js(facts)}`
}

function tfjsJs(facts: ModelFacts): string {
  return `import { readFileSync } from 'node:fs'
import tf from '@tensorflow/tfjs'
import '@tensorflow/tfjs-backend-wasm'
import sharp from 'sharp'

await tf.setBackend('wasm')
const { weightsManifest, ...rest } = JSON.parse(readFileSync('model.json', 'utf8'))
const [{ paths, weights }] = weightsManifest
const weightData = new Uint8Array(Buffer.concat(paths.map((path) => readFileSync(path)))).buffer
const model = await tf.loadGraphModel(tf.io.fromMemory({ ...rest, weightSpecs: weights, weightData }))
${decodeJs}
const pictures = tf.tensor4d(Int32Array.from(data), [1, info.height, info.width, 3], 'int32')
const probabilities = model.execute({ pictures }, 'probabilities').dataSync()
${top5Js(facts)}`
}

/** For pages; the tests run the one for Node. */
export const tfjsBrowser = `import * as tf from '@tensorflow/tfjs'

const model = await tf.loadGraphModel('model.json')
const pictures = tf.browser.fromPixels(document.querySelector('img')).expandDims(0) // int32 [1, height, width, 3]
const probabilities = await model.execute({ pictures }, 'probabilities').data()`

function timmPython(format: 'safetensors' | 'npz', facts: ModelFacts): string {
  const { spec, classCount, cropPx, loss } = facts
  const file = weightFileNames[format]
  const loading =
    format === 'safetensors'
      ? `model.load_state_dict(load_file("${file}"))`
      : `model.load_pretrained("${file}", prefix="resnet/")`
  const share = loss === 'softmax' ? 'logits.softmax(0)' : 'logits.sigmoid()'
  return `import sys
from functools import partial

import numpy as np
import torch
from PIL import Image, ImageOps
${format === 'safetensors' ? 'from safetensors.torch import load_file\n' : ''}from timm.layers import StdConv2d
from timm.models.resnetv2 import ResNetV2

model = ResNetV2(
    layers=[${spec.units.join(', ')}],
    width_factor=${String(spec.width)},
    num_classes=${String(classCount)},
    stem_type="fixed",
    conv_layer=partial(StdConv2d, eps=1e-10),
)
${loading}
model.eval()

${openPython}
photo = photo.resize((${String(cropPx)}, ${String(cropPx)}), Image.Resampling.BILINEAR)
pictures = torch.from_numpy(np.asarray(photo) / np.float32(127.5) - 1).permute(2, 0, 1)[None]
with torch.no_grad():
    logits = model(pictures)[0]
probabilities = ${share}.numpy()
${top5Python(facts)}`
}

const safetensorsJs = `import { readFileSync } from 'node:fs'

const file = readFileSync('${weightFileNames.safetensors}')
const headerBytes = Number(file.readBigUInt64LE(0))
const { __metadata__: metadata, ...tensors } = JSON.parse(file.toString('utf8', 8, 8 + headerBytes))
let parameters = 0
for (const [name, { shape, data_offsets: [start, end] }] of Object.entries(tensors)) {
  const values = new Float32Array(Uint8Array.from(file.subarray(8 + headerBytes + start, 8 + headerBytes + end)).buffer)
  parameters += values.length
  console.log(name, shape)
}
console.log(metadata['bitw.name'], parameters, 'parameters')`

const npzJs = `import { readFileSync } from 'node:fs'

// A zip of NumPy arrays that are stored as they are, one after the other.
const file = readFileSync('${weightFileNames.npz}')
let parameters = 0
for (let at = 0; file.readUInt32LE(at) === 0x04034b50; ) {
  const start = at + 30 + file.readUInt16LE(at + 26) + file.readUInt16LE(at + 28)
  const end = start + file.readUInt32LE(at + 18)
  const name = file.toString('utf8', at + 30, at + 30 + file.readUInt16LE(at + 26))
  const dataStart = start + 10 + file.readUInt16LE(start + 8)
  const values = new Float32Array(Uint8Array.from(file.subarray(dataStart, end)).buffer)
  parameters += values.length
  console.log(name, /'shape': \\(([^)]*)\\)/.exec(file.toString('latin1', start, dataStart))[1])
  at = end
}
console.log(parameters, 'parameters')`

function readsLabels({ classNames }: ModelFacts): string {
  return classNames === null ? '' : "import { readFileSync } from 'node:fs'\n"
}

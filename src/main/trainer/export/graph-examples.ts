/** Programs that compute with an exported graph. */
import {
  decodeJs,
  importsPython,
  openPython,
  readsLabels,
  top5Js,
  top5Python,
  type Example,
} from './example-parts'
import type { ModelFacts } from '../../../domain/model/model-facts'

export function graphExamples(format: 'onnx' | 'savedmodel' | 'tfjs', facts: ModelFacts): Example[] {
  switch (format) {
    case 'onnx':
      return [
        { language: 'python', packages: 'pip install onnxruntime pillow', code: onnxPython(facts) },
        { language: 'js', packages: 'npm install onnxruntime-node sharp', code: onnxJs(facts) },
      ]
    case 'savedmodel':
      return [
        { language: 'python', packages: 'pip install tensorflow pillow', code: savedModelPython(facts) },
        {
          language: 'js',
          packages: 'npm install @tensorflow/tfjs-node-gpu sharp',
          code: savedModelJs(facts),
        },
      ]
    case 'tfjs': {
      const packages = 'npm install @tensorflow/tfjs @tensorflow/tfjs-backend-wasm sharp'
      return [{ language: 'js', packages, code: tfjsJs(facts) }]
    }
  }
}

function onnxPython(facts: ModelFacts): string {
  return `import io
import sys

import numpy as np
import onnxruntime
${importsPython}

session = onnxruntime.InferenceSession("model.onnx", providers=["CPUExecutionProvider"])
${openPython}
images = np.asarray(photo)[np.newaxis]  # uint8 [1, height, width, 3]
probabilities = session.run(["probabilities"], {"images": images})[0][0]
${top5Python(facts)}`
}

function onnxJs(facts: ModelFacts): string {
  return `${readsLabels(facts)}import ort from 'onnxruntime-node'
import sharp from 'sharp'

const session = await ort.InferenceSession.create('model.onnx')
${decodeJs}
const images = new ort.Tensor('uint8', data, [1, info.height, info.width, 3])
const outputs = await session.run({ images }, ['probabilities'])
const probabilities = outputs.probabilities.data
${top5Js(facts)}`
}

function savedModelPython(facts: ModelFacts): string {
  return `import io
import sys

import numpy as np
import tensorflow as tf
${importsPython}

model = tf.saved_model.load(".").signatures["serving_default"]
${openPython}
images = tf.constant(np.asarray(photo)[np.newaxis])  # uint8 [1, height, width, 3]
probabilities = model(images=images)["probabilities"].numpy()[0]
${top5Python(facts)}`
}

function savedModelJs(facts: ModelFacts): string {
  return `${readsLabels(facts)}import tf from '@tensorflow/tfjs-node-gpu' // or @tensorflow/tfjs-node
import sharp from 'sharp'

const model = await tf.node.loadSavedModel('.', ['serve'], 'serving_default')
${decodeJs}
const images = tf.tensor4d(Int32Array.from(data), [1, info.height, info.width, 3], 'int32')
const probabilities = model.predict({ images }).probabilities.dataSync()
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
const images = tf.tensor4d(Int32Array.from(data), [1, info.height, info.width, 3], 'int32')
const probabilities = model.execute({ images }, 'probabilities').dataSync()
${top5Js(facts)}`
}

/** For pages; the tests run the one for Node. */
export const tfjsBrowser = `import * as tf from '@tensorflow/tfjs'

const model = await tf.loadGraphModel('model.json')
const images = tf.browser.fromPixels(document.querySelector('img')).expandDims(0) // int32 [1, height, width, 3]
const probabilities = await model.execute({ images }, 'probabilities').data()`

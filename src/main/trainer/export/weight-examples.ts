/** Programs that read exported weights. */
import { weightFileNames } from './beside'
import { importsPython, openPython, top5Python, type Example } from './example-parts'
import type { ModelFacts } from '../../../domain/model/model-facts'

export function weightExamples(format: 'safetensors' | 'npz', facts: ModelFacts): Example[] {
  const python: Example =
    format === 'npz' && !isBit(facts)
      ? { language: 'python', packages: 'pip install numpy', code: numpyPython }
      : {
          language: 'python',
          packages: 'pip install timm safetensors pillow',
          code: timmPython(format, facts),
        }
  const code = format === 'npz' ? npzJs : safetensorsJs
  return [python, { language: 'js', packages: 'nothing to install', code }]
}

function timmPython(format: 'safetensors' | 'npz', facts: ModelFacts): string {
  const { spec, classCount, cropPx, loss } = facts
  const file = weightFileNames[format]
  const loading =
    format === 'safetensors'
      ? `model.load_state_dict(load_file("${file}"))`
      : `model.load_pretrained("${file}", prefix="resnet/")`
  const layers = [
    spec.norm === 'batch' ? 'BatchNormAct2d' : 'GroupNormAct',
    spec.convolution === 'plain' ? 'create_conv2d' : 'StdConv2d',
  ]
  const norm = spec.norm === 'batch' ? 'BatchNormAct2d' : 'partial(GroupNormAct, num_groups=32)'
  const convolution = spec.convolution === 'plain' ? 'create_conv2d' : 'partial(StdConv2d, eps=1e-10)'
  const share = loss === 'softmax' ? 'logits.softmax(0)' : 'logits.sigmoid()'
  return `import io
import sys
from functools import partial

import numpy as np
import torch
${importsPython}
${format === 'safetensors' ? 'from safetensors.torch import load_file\n' : ''}from timm.layers import ${layers.join(', ')}
from timm.models.resnetv2 import ResNetV2

model = ResNetV2(
    layers=[${spec.units.join(', ')}],
    width_factor=${String(spec.width)},
    num_classes=${String(classCount)},
    stem_type="fixed",
    norm_layer=${norm},
    conv_layer=${convolution},
)
${loading}
model.eval()

${openPython}
photo = photo.resize((${String(cropPx)}, ${String(cropPx)}), Image.Resampling.BILINEAR)
images = torch.from_numpy(np.asarray(photo) / np.float32(127.5) - 1).permute(2, 0, 1)[None]
with torch.no_grad():
    logits = model(images)[0]
probabilities = ${share}.numpy()
${top5Python(facts)}`
}

/** timm reads an npz of BiT's own layers only. */
function isBit({ spec }: ModelFacts): boolean {
  return spec.norm !== 'batch' && spec.convolution !== 'plain'
}

const numpyPython = `import numpy as np

weights = np.load("${weightFileNames.npz}")
for name in weights.files:
    print(name, weights[name].shape)
print(sum(weights[name].size for name in weights.files), "parameters")`

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

/** timm's resnetv2_*_bit parameter names and the published ones, both ways. */
import type { ModelSpec } from '../../contract/entities/model'
import { headBiasName, headKernelName, kernelName, normNames } from '../../domain/model/spec'

/** timm's names do not say which layers a model is made of; BiT's are GroupNorm and standardized convolutions. */
export type LayerKinds = Pick<ModelSpec, 'norm' | 'convolution'>

/** null where timm's model has no such parameter. */
export function publishedFromTimm(key: string, kinds: LayerKinds = {}): string | null {
  if (key === 'stem.conv.weight') return kernelName(kinds, 'resnet/root_block')
  if (key === 'head.fc.weight') return headKernelName
  if (key === 'head.fc.bias') return headBiasName
  const last = /^norm\.(\w+)$/.exec(key)?.[1]
  if (last !== undefined) return normName(kinds, 'resnet', last)
  const parts =
    /^stages\.([0-3])\.blocks\.(\d{1,2})\.(?:(downsample\.conv|conv[123])\.weight|norm([123])\.(\w+))$/.exec(
      key,
    )
  if (parts === null) return null
  const [, stage, block, conv, norm, kind = ''] = parts
  const unit = `resnet/block${String(Number(stage) + 1)}/unit${String(Number(block) + 1).padStart(2, '0')}`
  if (norm !== undefined) return normName(kinds, `${unit}/${letterOf(norm)}`, kind)
  return kernelName(
    kinds,
    conv === 'downsample.conv' ? `${unit}/a/proj` : `${unit}/${letterOf((conv ?? '').slice(-1))}`,
  )
}

function normName(kinds: LayerKinds, part: string, kind: string): string | null {
  const { gamma, beta, statistics } = normNames(kinds, part)
  const names: Readonly<Record<string, string | undefined>> = {
    weight: gamma,
    bias: beta,
    running_mean: statistics?.mean,
    running_var: statistics?.variance,
  }
  return names[kind] ?? null
}

const timmKinds: Readonly<Record<string, string>> = {
  gamma: 'weight',
  beta: 'bias',
  moving_mean: 'running_mean',
  moving_variance: 'running_var',
}

/** Throws for a name that is not of this model family. */
export function timmFromPublished(name: string): string {
  const [, part = '', kernelOrBias, norm] =
    /^(.+)\/(?:(?:standardized_)?conv2d\/(kernel|bias)|(?:group|batch)_norm\/(\w+))$/.exec(name) ?? []
  const timm = timmPart(part, norm !== undefined)
  const kind =
    norm !== undefined
      ? timmKinds[norm]
      : kernelOrBias === 'kernel'
        ? 'weight'
        : name === headBiasName
          ? 'bias'
          : undefined
  if (timm === null || kind === undefined) throw new Error(`${name} has no name in timm.`)
  return `${timm}.${kind}`
}

/** The module of a convolution or a norm in this part of the model. */
function timmPart(part: string, isNorm: boolean): string | null {
  if (part === 'resnet/root_block') return isNorm ? null : 'stem.conv'
  if (part === 'resnet/head') return isNorm ? null : 'head.fc'
  if (part === 'resnet') return isNorm ? 'norm' : null
  const [, block, unit, letter = '', proj] =
    /^resnet\/block([1-4])\/unit(\d{2})\/([abc])(\/proj)?$/.exec(part) ?? []
  if (block === undefined) return null
  const prefix = `stages.${String(Number(block) - 1)}.blocks.${String(Number(unit) - 1)}`
  if (proj !== undefined) return isNorm || letter !== 'a' ? null : `${prefix}.downsample.conv`
  return `${prefix}.${isNorm ? 'norm' : 'conv'}${String('abc'.indexOf(letter) + 1)}`
}

function letterOf(number: string): string {
  return 'abc'.charAt(Number(number) - 1)
}

/** Kernels change their axes between the two layouts: OIHW is timm's, HWIO the published one. */
export function hwioFromOihw(
  data: Float32Array,
  [o = 0, i = 0, h = 0, w = 0]: readonly number[],
): Float32Array {
  const result = new Float32Array(data.length)
  let source = 0
  for (let output = 0; output < o; output += 1) {
    for (let input = 0; input < i; input += 1) {
      for (let place = 0; place < h * w; place += 1)
        result[(place * i + input) * o + output] = data[source++] ?? 0
    }
  }
  return result
}

export function oihwFromHwio(
  data: Float32Array,
  [h = 0, w = 0, i = 0, o = 0]: readonly number[],
): Float32Array {
  const result = new Float32Array(data.length)
  let target = 0
  for (let output = 0; output < o; output += 1) {
    for (let input = 0; input < i; input += 1) {
      for (let place = 0; place < h * w; place += 1)
        result[target++] = data[(place * i + input) * o + output] ?? 0
    }
  }
  return result
}

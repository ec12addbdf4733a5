/** timm's resnetv2_*_bit parameter names and the published ones, both ways. */

/** null where timm's model has no such parameter. */
export function publishedFromTimm(key: string): string | null {
  if (key === 'stem.conv.weight') return 'resnet/root_block/standardized_conv2d/kernel'
  if (key === 'norm.weight') return 'resnet/group_norm/gamma'
  if (key === 'norm.bias') return 'resnet/group_norm/beta'
  if (key === 'head.fc.weight') return 'resnet/head/conv2d/kernel'
  if (key === 'head.fc.bias') return 'resnet/head/conv2d/bias'
  const parts =
    /^stages\.([0-3])\.blocks\.(\d{1,2})\.(?:(downsample\.conv|conv[123])\.weight|norm([123])\.(weight|bias))$/.exec(
      key,
    )
  if (parts === null) return null
  const [, stage, block, conv, norm, kind] = parts
  const unit = `resnet/block${String(Number(stage) + 1)}/unit${String(Number(block) + 1).padStart(2, '0')}`
  if (norm !== undefined)
    return `${unit}/${letterOf(norm)}/group_norm/${kind === 'weight' ? 'gamma' : 'beta'}`
  if (conv === 'downsample.conv') return `${unit}/a/proj/standardized_conv2d/kernel`
  return `${unit}/${letterOf((conv ?? '').slice(-1))}/standardized_conv2d/kernel`
}

/** Throws for a name that is not of this model family. */
export function timmFromPublished(name: string): string {
  if (name === 'resnet/root_block/standardized_conv2d/kernel') return 'stem.conv.weight'
  const unit =
    /^resnet\/block([1-4])\/unit(\d{2})\/(a\/proj|[abc])\/(standardized_conv2d\/kernel|group_norm\/(gamma|beta))$/.exec(
      name,
    )
  if (unit !== null) {
    const [, block, number, part = '', , norm] = unit
    const prefix = `stages.${String(Number(block) - 1)}.blocks.${String(Number(number) - 1)}`
    const place = String('abc'.indexOf(part.charAt(0)) + 1)
    if (norm !== undefined) return `${prefix}.norm${place}.${norm === 'gamma' ? 'weight' : 'bias'}`
    return part === 'a/proj' ? `${prefix}.downsample.conv.weight` : `${prefix}.conv${place}.weight`
  }
  const last = /^resnet\/(?:group_norm\/(gamma|beta)|head\/conv2d\/(kernel|bias))$/.exec(name)
  if (last === null) throw new Error(`${name} has no name in timm.`)
  if (last[1] !== undefined) return `norm.${last[1] === 'gamma' ? 'weight' : 'bias'}`
  return `head.fc.${last[2] === 'kernel' ? 'weight' : 'bias'}`
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

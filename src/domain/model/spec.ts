/** Model sizes: names, parameters, cost. Pure: the core uses it without TensorFlow. */
import type { ModelSpec } from '../../contract/entities/model'
import { modelSpecSchema } from '../../contract/entities/model'
import { WorkbenchError } from '../../contract/errors'
import { featureChannels, rootChannels, rootSizes, unitsOf, unitSize } from './units'

export interface NamedModel {
  readonly name: string
  readonly spec: ModelSpec
}

export interface ParameterShape {
  /** As published, e.g. resnet/block1/unit01/a/group_norm/gamma; BatchNorm's and plain convolutions' in the same manner. */
  readonly name: string
  readonly shape: readonly number[]
}

/** Units a stage of the published depths (ResNet paper, table 1; BiT, section 3.1), and of the two that timm calls resnet14 and resnet26. */
const depths = {
  14: [1, 1, 1, 1],
  26: [2, 2, 2, 2],
  50: [3, 4, 6, 3],
  101: [3, 4, 23, 3],
  152: [3, 8, 36, 3],
} as const
type Depth = keyof typeof depths

export const smallestModel: NamedModel = {
  name: 'units:1-1-1-1,width:0.5',
  spec: { units: [1, 1, 1, 1], width: 0.5 },
}

/** Small ones first, which train on a processor in minutes; then the six sizes of the paper. */
export const namedModels: readonly NamedModel[] = [
  smallestModel,
  { name: 'units:2-2-2-2,width:0.5', spec: { units: [2, 2, 2, 2], width: 0.5 } },
  { name: 'units:1-1-1-1,width:1', spec: { units: [1, 1, 1, 1], width: 1 } },
  named(50, 1),
  named(101, 1),
  named(50, 3),
  named(152, 2),
  named(101, 3),
  named(152, 4),
]

/**
 * "R50x1" (any letter case, any of the five depths and any width) or "units:1-1-1-1,width:0.5"; behind it, in either order, "+bn" for BatchNorm
 * and "+plain" for convolutions that are not standardized. Throws 'bad-input'.
 */
export function parseModel(text: string): NamedModel {
  const [size = '', ...kinds] = text.split('+').map((part) => part.trim())
  const published = /^(?:bit-[sm]-)?r(14|26|50|101|152)x(\d+(?:\.\d+)?)$/i.exec(size)
  const free = /^units:(\d+)-(\d+)-(\d+)-(\d+),\s*width:(\d+(?:\.\d+)?)$/i.exec(size)
  const candidate =
    published !== null
      ? { units: [...depths[Number(published[1]) as Depth]], width: Number(published[2]) }
      : free !== null
        ? { units: free.slice(1, 5).map(Number), width: Number(free[5]) }
        : null
  const layers = layersOf(kinds)
  const checked = modelSpecSchema.safeParse(
    candidate === null || layers === null ? null : { ...candidate, ...layers },
  )
  if (!checked.success) {
    throw new WorkbenchError(
      'bad-input',
      `"${text}" is not a valid model size.`,
      'Give a size such as R14x0.5, R50x1 or R152x2, or units:2-3-4-2,width:0.5: four numbers of units from 1 to 64, and a width from 0.5 to 8 in steps of 0.5. Append +bn (BatchNorm) or +plain (convolutions that are not standardized), or both.',
    )
  }
  return { name: modelName(checked.data), spec: checked.data }
}

/** null where one is unknown or said twice. */
function layersOf(kinds: readonly string[]): Pick<ModelSpec, 'norm' | 'convolution'> | null {
  const said = new Set(kinds.map((kind) => kind.toLowerCase()))
  const known = [...said].every((kind) => kind === 'bn' || kind === 'plain')
  if (!known || said.size < kinds.length) return null
  return {
    ...(said.has('bn') ? { norm: 'batch' } : {}),
    ...(said.has('plain') ? { convolution: 'plain' } : {}),
  }
}

/** The published name where there is one, else units:…,width:…; then +bn, +plain. */
export function modelName(spec: ModelSpec): string {
  return `${sizeName(spec)}${spec.norm === 'batch' ? '+bn' : ''}${spec.convolution === 'plain' ? '+plain' : ''}`
}

function sizeName(spec: ModelSpec): string {
  for (const depth of [50, 101, 152] as const) {
    if (depths[depth].every((units, stage) => units === spec.units[stage])) {
      return `R${String(depth)}x${String(spec.width)}`
    }
  }
  return `units:${spec.units.join('-')},width:${String(spec.width)}`
}

/** Every parameter and every statistic, kernels HWIO, in the order of the forward pass; the head last. */
export function parameterShapes(spec: ModelSpec, classCount: number): ParameterShape[] {
  const shapes: ParameterShape[] = []
  const kernel = (part: string, px: number, input: number, output: number): void => {
    shapes.push({ name: kernelName(spec, part), shape: [px, px, input, output] })
  }
  const norm = (part: string, channels: number): void => {
    const { gamma, beta, statistics } = normNames(spec, part)
    for (const name of [gamma, beta, ...Object.values(statistics ?? {})])
      shapes.push({ name, shape: [channels] })
  }
  kernel('resnet/root_block', 7, 3, rootChannels(spec))
  for (const unit of unitsOf(spec)) {
    norm(`${unit.name}/a`, unit.inChannels)
    if (unit.projected) kernel(`${unit.name}/a/proj`, 1, unit.inChannels, unit.outChannels)
    kernel(`${unit.name}/a`, 1, unit.inChannels, unit.midChannels)
    norm(`${unit.name}/b`, unit.midChannels)
    kernel(`${unit.name}/b`, 3, unit.midChannels, unit.midChannels)
    norm(`${unit.name}/c`, unit.midChannels)
    kernel(`${unit.name}/c`, 1, unit.midChannels, unit.outChannels)
  }
  norm('resnet', featureChannels(spec))
  shapes.push({ name: headKernelName, shape: [1, 1, featureChannels(spec), classCount] })
  shapes.push({ name: headBiasName, shape: [classCount] })
  return shapes
}

export const headKernelName = 'resnet/head/conv2d/kernel'
export const headBiasName = 'resnet/head/conv2d/bias'

/** Of the convolution in this part of the model, e.g. resnet/block1/unit01/a. */
export function kernelName({ convolution }: Pick<ModelSpec, 'convolution'>, part: string): string {
  return `${part}/${convolution === 'plain' ? 'conv2d' : 'standardized_conv2d'}/kernel`
}

export interface NormNames {
  readonly gamma: string
  readonly beta: string
  /** The moving averages that BatchNorm evaluates with; null for GroupNorm. */
  readonly statistics: { readonly mean: string; readonly variance: string } | null
}

/** Of the norm in this part of the model. */
export function normNames({ norm }: Pick<ModelSpec, 'norm'>, part: string): NormNames {
  const name = `${part}/${norm === 'batch' ? 'batch_norm' : 'group_norm'}`
  const statistics = { mean: `${name}/moving_mean`, variance: `${name}/moving_variance` }
  return {
    gamma: `${name}/gamma`,
    beta: `${name}/beta`,
    statistics: norm === 'batch' ? statistics : null,
  }
}

/**
 * Whether images that are computed together change each other's result while training: then a micro-batch is more than a matter of speed and
 * memory.
 */
export function mixesImages({ norm }: ModelSpec): boolean {
  return norm === 'batch'
}

/** Whether this is a moving average that BatchNorm keeps: no gradient moves it, and it is not counted as a parameter. */
export function isStatistic(name: string): boolean {
  return /\/batch_norm\/moving_(?:mean|variance)$/.test(name)
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}

export function parameterCount(spec: ModelSpec, classCount: number): number {
  return parameterShapes(spec, classCount).reduce(
    (sum, { name, shape }) => sum + (isStatistic(name) ? 0 : elementCount(shape)),
    0,
  )
}

/** Convolution multiply-accumulates of one forward pass of one px × px image, in 1e9, up to and including `stageCount` stages; the head is left out. */
export function convGmac(spec: ModelSpec, px: number, stageCount: number = spec.units.length): number {
  const { convPx, poolPx } = rootSizes(px)
  const unitCount = spec.units.slice(0, stageCount).reduce((sum, count) => sum + count, 0)
  const units = unitsOf(spec).slice(0, unitCount)
  let macs = 7 * 7 * 3 * rootChannels(spec) * convPx ** 2
  let inPx = poolPx
  for (const { inChannels, midChannels, outChannels, stride, projected } of units) {
    const outPx = unitSize(inPx, stride)
    macs += inChannels * midChannels * inPx ** 2
    macs += (9 * midChannels ** 2 + midChannels * outChannels) * outPx ** 2
    if (projected) macs += inChannels * outChannels * outPx ** 2
    inPx = outPx
  }
  return macs / 1e9
}

function named(depth: Depth, width: number): NamedModel {
  const [first, second, third, fourth] = depths[depth]
  return {
    name: `R${String(depth)}x${String(width)}`,
    spec: { units: [first, second, third, fourth], width },
  }
}

/** What a weights file is, from its headers: no number of any tensor is read. */
import { modelSpecSchema, type ModelSpec } from '../../contract/entities/model'
import { headBiasName, headKernelName, kernelName, parameterShapes } from '../../domain/model/spec'
import { badWeights } from './bad-weights'
import { withFile, type FileReader } from './file-reader'
import { firstMisfit, isHead, shapeText } from './fit'
import { readNpzShapes } from './npz'
import { isNpz } from './read'
import { readSafetensorsShapes } from './safetensors'

type Shapes = ReadonlyMap<string, readonly number[]>

export interface WeightFacts {
  readonly format: 'npz' | 'safetensors'
  /** Published names; kernels HWIO. */
  readonly tensors: Shapes
  /** safetensors' `__metadata__`; empty for an npz. See model-metadata.ts. */
  readonly metadata: Readonly<Record<string, string>>
  readonly spec: ModelSpec
  /** Of the head; null where the file has none. */
  readonly classCount: number | null
  /** Of the file. */
  readonly byteCount: number
}

/**
 * Tells the model from the shapes and checks that every tensor of it is there, with its shape, and no other; a head of any size, or none.
 * Throws 'bad-weights' naming the first that is not right, 'path-not-found', 'path-not-readable'.
 */
export async function inspectWeights(path: string): Promise<WeightFacts> {
  return withFile(path, async (reader) => {
    const header = await readShapes(reader)
    const { tensors } = header
    const spec = specOf(path, tensors)
    const classCount = classCountOf(path, tensors)
    const expected = parameterShapes(spec, classCount ?? 1).filter(
      ({ name }) => classCount !== null || !isHead(name),
    )
    const misfit = firstMisfit(tensors, expected)
    if (misfit !== null) throw badWeights(path, misfit)
    return { ...header, spec, classCount, byteCount: reader.byteCount }
  })
}

async function readShapes(reader: FileReader): Promise<Pick<WeightFacts, 'format' | 'tensors' | 'metadata'>> {
  if (await isNpz(reader)) return { format: 'npz', tensors: await readNpzShapes(reader), metadata: {} }
  const { shapes, metadata } = await readSafetensorsShapes(reader)
  return { format: 'safetensors', tensors: shapes, metadata }
}

/** The width from the root's channels, the units of each stage and the kinds of layers from the names. */
function specOf(path: string, tensors: Shapes): ModelSpec {
  const plainName = kernelName({ convolution: 'plain' }, 'resnet/root_block')
  const isPlain = tensors.has(plainName)
  const rootName = isPlain ? plainName : kernelName({}, 'resnet/root_block')
  const root = tensors.get(rootName)
  if (root === undefined) throw badWeights(path, `the tensor ${rootName} is missing`)
  const unitNumbers = [1, 2, 3, 4].map(() => new Set<string>())
  for (const name of tensors.keys()) {
    const [, stage, unit] = /^resnet\/block([1-4])\/unit(\d+)\//.exec(name) ?? []
    if (stage !== undefined && unit !== undefined) unitNumbers[Number(stage) - 1]?.add(unit)
  }
  const units = unitNumbers.map((numbers) => numbers.size)
  const empty = units.indexOf(0)
  if (empty !== -1) throw badWeights(path, `it has no tensor of resnet/block${String(empty + 1)}`)
  const hasBatchNorm = [...tensors.keys()].some((name) => name.includes('/batch_norm/'))
  const checked = modelSpecSchema.safeParse({
    units,
    width: (root[3] ?? 0) / 64,
    ...(hasBatchNorm && { norm: 'batch' }),
    ...(isPlain && { convolution: 'plain' }),
  })
  if (checked.success) return checked.data
  const what = checked.error.issues.some((issue) => issue.path[0] === 'width')
    ? `the tensor ${rootName} has the shape ${shapeText(root)}, which no BiT model has`
    : `it has ${units.join(', ')} units in its four blocks; the limit is 64`
  throw badWeights(path, what)
}

function classCountOf(path: string, tensors: Shapes): number | null {
  const bias = tensors.get(headBiasName)
  const kernel = tensors.get(headKernelName)
  if (bias === undefined && kernel === undefined) return null
  const classCount = (bias ?? kernel)?.at(-1)
  if (classCount === undefined || classCount < 1) {
    throw badWeights(path, `the tensor ${bias === undefined ? headKernelName : headBiasName} has no classes`)
  }
  return classCount
}

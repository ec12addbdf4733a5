/** Whether tensors are those of a model. */
import { headBiasName, headKernelName, type ParameterShape } from '../../domain/model/spec'

/** The first thing that is wrong, e.g. "the tensor resnet/…/kernel is missing"; null where every tensor is there, with its shape, and no other. */
export function firstMisfit(
  given: ReadonlyMap<string, readonly number[]>,
  expected: readonly ParameterShape[],
): string | null {
  const names = new Set<string>()
  for (const { name, shape } of expected) {
    names.add(name)
    const found = given.get(name)
    if (found === undefined) return `the tensor ${name} is missing`
    if (!sameShape(found, shape)) {
      return `the tensor ${name} has the shape ${shapeText(found)} instead of ${shapeText(shape)}`
    }
  }
  for (const name of given.keys()) {
    if (!names.has(name)) return `it contains the tensor ${name}, which the model does not have`
  }
  return null
}

export function isHead(name: string): boolean {
  return name === headKernelName || name === headBiasName
}

export function sameShape(given: readonly number[] | undefined, expected: readonly number[]): boolean {
  return given?.length === expected.length && expected.every((size, axis) => given[axis] === size)
}

export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`
}

/** Classes of a model as classes of a dataset. Pure. */
import type { LossName } from '../../contract/entities/run'

/** The class of the dataset; null: none, the model's answer for it is left out. */
export type ClassMapping = readonly (readonly [modelClass: string, datasetClass: string | null])[]

/** By name: capitals, and signs between words, make no difference. */
export function mappingByName(
  modelClasses: readonly string[],
  datasetClasses: readonly string[],
): ClassMapping {
  const named = new Map(datasetClasses.map((name) => [folded(name), name]))
  return modelClasses.map((name) => [
    name,
    datasetClasses.includes(name) ? name : (named.get(folded(name)) ?? null),
  ])
}

function folded(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')
}

/** For each class of the dataset, the model's classes that are it; none: the model does not have it. */
export function sourcesOf(
  mapping: ClassMapping,
  modelClasses: readonly string[],
  datasetClasses: readonly string[],
): number[][] {
  const placeOf = new Map(datasetClasses.map((name, place) => [name, place]))
  const indexOf = new Map(modelClasses.map((name, index) => [name, index]))
  const sources: number[][] = datasetClasses.map(() => [])
  for (const [from, to] of mapping) {
    const [index, place] = [indexOf.get(from), to === null ? undefined : placeOf.get(to)]
    if (index !== undefined && place !== undefined) sources[place]?.push(index)
  }
  return sources
}

/**
 * Logits of the dataset's classes: the model chooses among those that it has. Under softmax the probabilities of classes that are one are added; under
 * sigmoid the greatest counts.
 */
export function mappedLogits(
  logits: Float32Array,
  sources: readonly (readonly number[])[],
  loss: LossName,
): Float32Array {
  return Float32Array.from(sources, (indices) => {
    let most = -Infinity
    for (const index of indices) most = Math.max(most, logits[index] ?? -Infinity)
    if (indices.length < 2 || loss === 'sigmoid') return most
    let sum = 0
    for (const index of indices) sum += Math.exp((logits[index] ?? -Infinity) - most)
    return most + Math.log(sum)
  })
}

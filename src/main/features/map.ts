/** Maps of datasets: images that look alike lie together. Laid out once, kept by content, so that another version needs no other. */
import { permutation, purpose } from '../../domain/random'
import type { ServiceContext } from '../app/context'
import type { DomainHandlers } from '../app/handlers'
import { WorkbenchError } from '../../contract/errors'
import { currentSplit, splitImageCount } from '../store/column-pages'
import { contentPage, placedPage } from '../store/datasets/content-pages'
import { getDataset } from '../store/datasets/datasets'
import type { FeatureStore } from '../store/features'
import { createPace } from '../tasks/pace'
import type { TaskWork } from '../tasks/tasks'
import type { FeatureService } from './features'
import { layOut } from './map-thread'
import type { TrainingWatch } from './training-watch'

/** More are a sample, drawn by seed: a layout takes minutes. */
const mostPoints = 10_000
const pageRows = 2000

export interface MapParts {
  readonly store: FeatureStore
  readonly features: Pick<FeatureService, 'modelOf' | 'compute'>
  readonly training: TrainingWatch
  /** The built src/main/mapper.ts. */
  readonly mapperPath: string
}

export function mapHandlers(
  context: ServiceContext,
  { store, features, training, mapperPath }: MapParts,
): DomainHandlers<'map'> {
  const { db, tasks, emit } = context
  const running = new Map<number, number>()

  async function work(datasetId: number, task: TaskWork): Promise<void> {
    const model = await features.compute(datasetId, task)
    const pace = createPace(training.isTraining, task.signal)
    const hashes = new Set<string>()
    const { splitId } = currentSplit(db, datasetId)
    for (let afterId = 0; ;) {
      const page = contentPage(db, splitId, afterId, pageRows)
      const last = page.at(-1)
      if (last === undefined) break
      for (const { contentHash } of page) hashes.add(contentHash)
      afterId = last.id
      await pace.between()
    }
    const all = [...hashes]
    const drawn =
      all.length <= mostPoints
        ? all
        : Array.from(
            permutation(all.length, 0, purpose.sample).subarray(0, mostPoints),
            (at) => all[at] ?? '',
          )
    const known: string[] = []
    const values = new Float32Array(drawn.length * model.width)
    for (const hash of drawn) {
      const found = store.get(model.key, hash)
      await pace.between()
      if (found === null) continue
      values.set(unitRoots(found), known.length * model.width)
      known.push(hash)
    }
    if (known.length < 3) throw tooFew(getDataset(db, datasetId).name)
    const data = {
      values: values.slice(0, known.length * model.width),
      count: known.length,
      width: model.width,
    }
    const points = await layOut(mapperPath, data, task, training)
    store.putMap(mapKey(datasetId, model.key), known, points)
  }

  return {
    'map.get': async ({ datasetId }) => {
      const { key } = await features.modelOf(datasetId)
      const map = store.getMap(mapKey(datasetId, key))
      if (map === null) return null
      const placeOf = new Map(map.contentHashes.map((hash, place) => [hash, place]))
      const split = currentSplit(db, datasetId)
      const found: { id: number; place: number; classIndex: number; part: number }[] = []
      const pace = createPace(() => false, new AbortController().signal)
      for (let afterId = 0; ;) {
        const page = placedPage(db, split.splitId, afterId, pageRows)
        const last = page.at(-1)
        if (last === undefined) break
        for (const { id, contentHash, classIndex, part } of page) {
          const place = placeOf.get(contentHash)
          if (place !== undefined) found.push({ id, place, classIndex, part })
        }
        afterId = last.id
        await pace.between()
      }
      return {
        imageCount: splitImageCount(db, split.splitId),
        ids: packedWords(found.map(({ id }) => id)),
        classes: packedWords(found.map(({ classIndex }) => classIndex)),
        parts: packedWords(found.map(({ part }) => part)),
        points: packed(
          Float32Array.from(
            found.flatMap(({ place }) => [map.points[place * 2] ?? 0, map.points[place * 2 + 1] ?? 0]),
          ),
        ),
      }
    },
    'map.compute': async ({ datasetId }) => {
      const begun = running.get(datasetId)
      if (begun !== undefined) return { taskId: begun }
      const { name } = getDataset(db, datasetId)
      const taskId = tasks.start('map', `Map of "${name}"`, async (task) => {
        try {
          await work(datasetId, task)
          emit({ type: 'map-changed', datasetId })
          return datasetId
        } finally {
          running.delete(datasetId)
        }
      })
      running.set(datasetId, taskId)
      return { taskId }
    },
  }
}

function mapKey(datasetId: number, featureKey: string): string {
  return `${String(datasetId)} ${featureKey}`
}

/** Roots tame the few large features; of unit length, distances go as cosines. */
function unitRoots(features: Float32Array): Float32Array {
  const roots = features.map((value) => Math.sqrt(Math.max(0, value)))
  let squares = 0
  for (const value of roots) squares += value * value
  return squares === 0 ? roots : roots.map((value) => value / Math.sqrt(squares))
}

function packedWords(words: readonly number[]): string {
  return packed(Uint32Array.from(words))
}

function packed(values: Uint32Array | Float32Array): string {
  return Buffer.from(values.buffer).toString('base64')
}

function tooFew(name: string): WorkbenchError {
  return new WorkbenchError(
    'dataset-too-few-images',
    `"${name}" has too few images that can be read for a map.`,
    'A map needs three.',
  )
}

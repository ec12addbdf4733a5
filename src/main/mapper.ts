/** A thread that lays images out on a plane by their features: principal components, then UMAP (McInnes, Healy and Melville 2018), seeded. */
import { parentPort, workerData } from 'node:worker_threads'
import { UMAP } from 'umap-js'
import { principalComponents } from '../domain/map/principal'
import { randomStream } from '../domain/random'
import type { MapperData, MapperMessage } from './features/map-thread'

const componentCount = 50
const seed = 0
/** Epochs between two words on how far it is. */
const epochsAtOnce = 5

function send(message: MapperMessage): void {
  parentPort?.postMessage(message)
}

/** While a run trains, nothing is computed. */
function restIfAsked(rest: Int32Array): void {
  while (Atomics.load(rest, 0) === 1) Atomics.wait(rest, 0, 1)
}

function layOut({ values, count, width, rest }: MapperData): void {
  send({ type: 'progress', phase: 'Comparing images', done: 0, total: null })
  const components = principalComponents(values, count, width, componentCount)
  restIfAsked(rest)
  const size = components.length / count
  const rows = Array.from({ length: count }, (_, row) =>
    Array.from(components.subarray(row * size, (row + 1) * size)),
  )
  const umap = new UMAP({
    nComponents: 2,
    nNeighbors: Math.max(2, Math.min(15, count - 1)),
    minDist: 0.1,
    random: randomStream(seed),
  })
  const epochs = umap.initializeFit(rows)
  for (let epoch = 0; epoch < epochs; epoch++) {
    restIfAsked(rest)
    umap.step()
    if (epoch % epochsAtOnce === 0)
      send({ type: 'progress', phase: 'Laying out', done: epoch, total: epochs })
  }
  send({ type: 'done', points: Float32Array.from(umap.getEmbedding().flat()) })
}

// Built together with the core; the type is the check.
layOut(workerData as MapperData)

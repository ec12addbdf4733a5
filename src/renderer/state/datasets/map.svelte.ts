/** The map of a dataset: where its images lie, and the task that lays them out. */
import { toWireError, type WireError } from '../../../contract/errors'
import type { Task } from '../../../contract/events'
import { unpackFloat32, unpackUint32 } from '../../../contract/packed'
import { app } from '../app.svelte'
import { oneAtATime } from '../one-at-a-time'
import { plainMap, plainSet } from '../plain-set'
import { toasts } from '../toasts.svelte'

export interface MapPoints {
  readonly ids: Uint32Array
  readonly classes: Uint32Array
  /** 0 train, 1 val, 2 test */
  readonly parts: Uint32Array
  /** [ids, 2] */
  readonly points: Float32Array
  /** Of the dataset, with those that the map does not have. */
  readonly imageCount: number
}

interface Taken {
  readonly className: string
  readonly isRight: boolean
  /** nats */
  readonly loss: number
}
export type Predicted = ReadonlyMap<number, Taken>

/** What those who judged an image say of it; alone: one person judged it. */
export type Minds = ReadonlyMap<number, 'differ' | 'agree' | 'alone'>

export class MapView {
  found: MapPoints | null = $state.raw(null)
  error: WireError | null = $state.raw(null)
  loaded = $state(false)
  private taskId: number | null = $state(null)
  readonly task: Task | null = $derived(
    app.tasks.find(
      ({ id, kind, state, label }) =>
        kind === 'map' &&
        (id === this.taskId || label === `Map of "${this.name}"`) &&
        (state === 'running' || state === 'failed'),
    ) ?? null,
  )

  constructor(
    private readonly datasetId: number,
    private readonly name: string,
  ) {}

  /** For onMount. */
  follow(): () => void {
    void this.load()
    const stops = [
      app.onEvent((event) => {
        if (event.type === 'map-changed' && event.datasetId === this.datasetId) void this.load()
        if (event.type === 'datasets-changed') void this.load()
      }),
      app.onAgain(() => void this.load()),
    ]
    return () => stops.forEach((stop) => stop())
  }

  private readonly load = oneAtATime(() => this.read())

  private async read(): Promise<void> {
    try {
      const found = await app.call('map.get', { datasetId: this.datasetId })
      this.found =
        found === null
          ? null
          : {
              ids: unpackUint32(found.ids),
              classes: unpackUint32(found.classes),
              parts: unpackUint32(found.parts),
              points: unpackFloat32(found.points),
              imageCount: found.imageCount,
            }
      this.error = null
    } catch (thrown) {
      this.error = toWireError(thrown)
    }
    this.loaded = true
  }

  async compute(): Promise<void> {
    if (this.task?.state === 'failed') app.dismissTask(this.task.id)
    await toasts.attempt(async () => {
      this.taskId = (await app.call('map.compute', { datasetId: this.datasetId })).taskId
    })
  }

  /** By image: what a run takes it for, and whether that is right. */
  async predicted(runId: number): Promise<Predicted | null> {
    try {
      const { classNames, ...packed } = await app.call('predictions.classes', { runId })
      const [ids, classes, right] = [packed.ids, packed.predicted, packed.right].map(unpackUint32)
      const losses = unpackFloat32(packed.losses)
      const of = plainMap<number, Taken>()
      ids?.forEach((id, at) =>
        of.set(id, {
          ...{ className: classNames[classes?.[at] ?? 0] ?? '', isRight: right?.[at] === 1 },
          loss: losses[at] ?? 0,
        }),
      )
      return of
    } catch (thrown) {
      toasts.error(thrown)
      return null
    }
  }

  /** By image; of one that was judged under several predictions, where they differ counts. */
  async minds(): Promise<Minds> {
    const of = plainMap<number, 'differ' | 'agree' | 'alone'>()
    await toasts.attempt(async () => {
      for (const { imageId, votes } of await app.call('ratings.verdicts', { datasetId: this.datasetId })) {
        const given = Object.values(votes).filter((count) => count > 0)
        const mind = given.length > 1 ? 'differ' : (given[0] ?? 0) > 1 ? 'agree' : 'alone'
        const known = of.get(imageId)
        if (known !== 'differ' && (known === undefined || mind !== 'alone')) of.set(imageId, mind)
      }
    })
    return of
  }

  /** The images of a query. */
  async idsOf(query: string): Promise<ReadonlySet<number> | null> {
    try {
      const { ids } = await app.call('images.find', { datasetId: this.datasetId, query })
      return plainSet(unpackUint32(ids))
    } catch (thrown) {
      toasts.error(thrown)
      return null
    }
  }

  async tag(imageIds: readonly number[], tag: string): Promise<boolean> {
    toasts.passOver('labels')
    return toasts.attempt(async () => {
      const change = { kind: 'tag' as const, tag }
      await app.call('labels.apply', { datasetId: this.datasetId, imageIds: [...imageIds], change })
    })
  }
}

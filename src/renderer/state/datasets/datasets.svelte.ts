/** All datasets, and the one that is open: its classes, its images under the filter, the image in hand. */
import { toWireError, type WireError } from '../../../contract/errors'
import type {
  DamagedDataset,
  Dataset,
  DatasetDetail,
  Image,
  SplitOptions,
  SplitPart,
  SplitTogether,
} from '../../../contract/entities/dataset'
import { unpackFloat32, unpackUint32 } from '../../../contract/packed'
import { imageKey } from '../../image-key.svelte'
import { app } from '../app.svelte'
import { oneAtATime } from '../one-at-a-time'
import { followsLabels } from './follows-labels'
import { toasts } from '../toasts.svelte'

/** What a query found, as columns. */
export interface FoundImages {
  /** Which was asked for. */
  readonly query: string
  /** See imageChoiceSchema. */
  readonly stamp: string
  readonly ids: Uint32Array
  readonly aspects: Float32Array
  /** By class, of what it would find without its words about classes; by part likewise. */
  readonly classCounts: readonly number[]
  readonly partCounts: Readonly<Record<SplitPart, number>>
  readonly tagCounts: readonly { readonly tag: string; readonly count: number }[]
}

const noImages: FoundImages = {
  query: '',
  stamp: '',
  ids: new Uint32Array(),
  aspects: new Float32Array(),
  classCounts: [],
  partCounts: { train: 0, val: 0, test: 0 },
  tagCounts: [],
}

class Datasets {
  list: readonly Dataset[] = $state.raw([])
  /** Those whose rows cannot be read. */
  damaged: readonly DamagedDataset[] = $state.raw([])
  loaded = $state(false)
  error: WireError | null = $state.raw(null)

  /** The open dataset; null while it loads or when none is open. */
  detail: DatasetDetail | null = $state.raw(null)
  detailError: WireError | null = $state.raw(null)
  found: FoundImages = $state.raw(noImages)
  finding = $state(false)
  /** Why the query could not be answered. */
  findError: WireError | null = $state.raw(null)
  image: Image | null = $state.raw(null)
  /** The first images of each dataset, for strips. */
  samples: Readonly<Record<number, readonly number[]>> = $state.raw({})

  private openId: number | null = null
  /** Counts what is opened, and what it becomes: an answer from before is old. */
  private openTicket = 0
  private findKey = ''
  private asked: { readonly datasetId: number; readonly query: string } | null = null
  private findTicket = 0
  private imageTicket = 0
  private sampleSplits = new Map<number, number>()

  start(): void {
    app.onEvent((event) => {
      if (event.type === 'datasets-changed') this.again()
      if (
        event.type === 'features-changed' &&
        this.findError?.code === 'features-missing' &&
        this.asked !== null
      )
        void this.find(this.asked.datasetId, this.asked.query)
      if (event.type === 'labels-changed') this.findAgain(event.summary.datasetId)
    })
    app.onAgain(() => this.again())
    void this.refresh()
  }

  /** The images may be at another place now, or back. */
  private again(): void {
    imageKey.again()
    void this.refresh()
  }

  readonly refresh = oneAtATime(() => this.readAll())

  private async readAll(): Promise<void> {
    try {
      this.list = await app.call('datasets.list', {})
      this.damaged = await app.call('datasets.damaged', {})
      this.error = null
    } catch (error) {
      this.error = toWireError(error)
    }
    this.loaded = true
    const openId = this.openId
    if (openId !== null) {
      this.openId = null
      this.findKey = ''
      await this.open(openId)
    }
    for (const dataset of this.list) void this.sample(dataset)
  }

  /** Loads a dataset's classes; the same one twice costs nothing. */
  async open(id: number | null): Promise<void> {
    if (id === this.openId) return
    this.openId = id
    const ticket = ++this.openTicket
    if (this.detail?.id !== id) {
      this.detail = null
      this.found = noImages
      this.findKey = ''
      this.image = null
    }
    this.detailError = null
    if (id === null) return
    try {
      const detail = await app.call('datasets.get', { id })
      if (ticket === this.openTicket) this.detail = detail
    } catch (error) {
      if (ticket === this.openTicket) this.detailError = toWireError(error)
    }
  }

  /** Loads which images a query finds, in its order. */
  async find(datasetId: number, query: string): Promise<void> {
    const key = JSON.stringify([datasetId, this.detail?.split.id, query])
    if (key === this.findKey) return
    this.findKey = key
    this.asked = { datasetId, query }
    const ticket = ++this.findTicket
    this.finding = true
    try {
      const { ids, aspects, ...others } = await app.call('images.find', { datasetId, query })
      if (ticket !== this.findTicket) return
      this.found = { query, ids: unpackUint32(ids), aspects: unpackFloat32(aspects), ...others }
      this.findError = null
    } catch (error) {
      if (ticket !== this.findTicket) return
      this.findKey = ''
      this.findError = toWireError(error)
    }
    this.finding = false
  }

  private findAgain(datasetId: number): void {
    if (this.asked?.datasetId !== datasetId) return
    if (!followsLabels(this.asked.query)) return void this.countTags(this.asked)
    this.findKey = ''
    void this.find(datasetId, this.asked.query)
  }

  /** The list stays as it is: the same images in the same order. */
  private async countTags({ datasetId, query }: { datasetId: number; query: string }): Promise<void> {
    const ticket = this.findTicket
    try {
      const tagCounts = await app.call('images.tags', { datasetId, query })
      if (ticket === this.findTicket) this.found = { ...this.found, tagCounts }
    } catch (error) {
      if (ticket === this.findTicket) this.findError = toWireError(error)
    }
  }

  /** Loads the facts of the image in hand; null puts it back. */
  async pick(id: number | null): Promise<void> {
    const ticket = ++this.imageTicket
    if (id === null) {
      this.image = null
      return
    }
    try {
      const image = await app.call('images.get', { id })
      if (ticket === this.imageTicket) this.image = image
    } catch (error) {
      if (ticket === this.imageTicket) toasts.error(error)
    }
  }

  async setSplit(id: number, split: SplitOptions, together: SplitTogether): Promise<WireError | null> {
    try {
      const detail = await app.call('datasets.setSplit', { id, split, together })
      if (this.openId === id) {
        this.openTicket++
        this.detail = detail
      }
      await this.refresh()
      return null
    } catch (error) {
      return toWireError(error)
    }
  }

  async remove(id: number): Promise<WireError | null> {
    try {
      await app.call('datasets.delete', { id })
      await this.open(null)
      await this.refresh()
      return null
    } catch (error) {
      return toWireError(error)
    }
  }

  /** Some images from all over a dataset, once for each split of it. */
  private async sample(dataset: Dataset): Promise<void> {
    if (this.sampleSplits.get(dataset.id) === dataset.split.id) return
    this.sampleSplits.set(dataset.id, dataset.split.id)
    try {
      const ids = await app.call('images.sample', { datasetId: dataset.id, count: 12 })
      this.samples = { ...this.samples, [dataset.id]: ids }
    } catch (error) {
      this.sampleSplits.delete(dataset.id)
      toasts.error(error)
    }
  }
}

export const datasets = new Datasets()

/** Labelling: the images to come, the one in hand or a group of them, what was said last. Says at once what was chosen; the core follows. */
import type { Output } from '../../../contract/endpoints'
import { toWireError, type WireError } from '../../../contract/errors'
import type { LabellingImage, LabellingState } from '../../../contract/entities/labelling'
import type { Task } from '../../../contract/events'
import { keptJson, lastingStore } from '../../browser-store'
import { app } from '../app.svelte'
import { oneAtATime } from '../one-at-a-time'
import { plainSet } from '../plain-set'
import { toasts } from '../toasts.svelte'

export type LabellingMode = 'one' | 'bulk'

export interface LabellingGroup {
  /** What they are suggested to be; null: they look like the first. */
  readonly className: string | null
  readonly images: readonly LabellingImage[]
}

const pageSize = 24
const groupSize = 24
/** Images left from which on more are asked for. */
const fewLeft = 8

export class LabellingView {
  state: LabellingState | null = $state.raw(null)
  error: WireError | null = $state.raw(null)
  mode: LabellingMode = $state('one')
  /** One by one: the first is in hand. */
  queue: readonly LabellingImage[] = $state.raw([])
  group: LabellingGroup | null = $state.raw(null)
  /** Nothing is left, or what is left was put off. */
  isEmpty = $state(false)
  /** Names in the order of their keys, some without images yet. */
  classNames: readonly string[] = $state.raw([])
  readonly featureTask: Task | null = $derived(app.tasks.find(({ id }) => id === this.taskId) ?? null)
  private taskId: number | null = $state(null)
  /** Said here, or put off: not to come again. */
  readonly #said = plainSet<number>()
  readonly #later = plainSet<number>()
  /** Passed over, or taken out of a group: not to come in a group with a name again before all others have. */
  readonly #passed = plainSet<number>()
  #last: (readonly LabellingImage[])[] = []
  /** Taken back, the last at the end. */
  #undone: (readonly LabellingImage[])[] = []
  #asking = false
  /** Counts up with other suggestions. */
  #turn = 0

  constructor(readonly datasetId: number) {
    this.classNames = keptNames(datasetId)
  }

  /** For onMount. */
  follow(): () => void {
    const stops = [
      app.onEvent((event) => {
        if (event.type === 'labels-changed' && event.summary.datasetId === this.datasetId) void this.load()
        if (event.type === 'labelling-changed' && event.datasetId === this.datasetId) void this.renew()
        if (event.type === 'features-changed' && event.datasetId === this.datasetId) void this.renew()
      }),
      app.onAgain(() => void this.load()),
    ]
    void this.open()
    return () => stops.forEach((stop) => stop())
  }

  private async open(): Promise<void> {
    await this.load()
    await this.fill()
    if (this.state === null || this.state.missingCount === 0) return
    await toasts.attempt(async () => {
      this.taskId = (await app.call('features.compute', { datasetId: this.datasetId })).taskId
    })
  }

  private readonly load = oneAtATime(() => this.read())

  private async read(): Promise<void> {
    try {
      this.state = await app.call('labelling.state', { datasetId: this.datasetId })
      this.error = null
      const known = plainSet(this.classNames)
      this.names([
        ...this.classNames,
        ...this.state.classes.map(({ name }) => name).filter((name) => !known.has(name)),
      ])
    } catch (thrown) {
      this.error = toWireError(thrown)
    }
  }

  /** Other suggestions: what is in hand stays in hand. */
  private async renew(): Promise<void> {
    await this.load()
    this.#turn++
    this.queue = this.queue.slice(0, 1)
    await this.fill()
    // a group that someone looks through stays, but for one of an image alone: others may be like it by now
    if (this.mode === 'bulk' && (this.group?.images.length ?? 0) < 2) await this.nextGroup()
  }

  private names(names: readonly string[]): void {
    this.classNames = names
    lastingStore.setItem(storageKey(this.datasetId), JSON.stringify(names))
  }

  addClass(name: string): void {
    if (!this.classNames.includes(name)) this.names([...this.classNames, name])
  }

  async setMode(mode: LabellingMode): Promise<void> {
    this.mode = mode
    if (mode === 'bulk') await this.nextGroup()
    else await this.fill()
  }

  /** Asks for more where few are left. */
  private async fill(): Promise<void> {
    if (this.#asking || this.queue.length > fewLeft) return
    this.#asking = true
    const turn = this.#turn
    try {
      const { datasetId } = this
      const limit = Math.min(200, pageSize + this.#later.size)
      const inHand = this.queue[0]?.imageId
      const asked = { datasetId, order: 'unsure' as const, limit, ...(inHand !== undefined && { inHand }) }
      const { images } = await app.call('labelling.next', asked)
      if (turn === this.#turn) this.take(images)
    } catch (thrown) {
      toasts.error(thrown)
    } finally {
      this.#asking = false
    }
    // other suggestions came meanwhile: what was asked for is none of them
    if (turn !== this.#turn) await this.fill()
  }

  private take(images: readonly LabellingImage[]): void {
    const had = plainSet(this.queue.map(({ imageId }) => imageId))
    // what is in hand stays there, with what is suggested for it now
    this.queue = this.queue.map((one) => images.find(({ imageId }) => imageId === one.imageId) ?? one)
    const fresh = images.filter(({ imageId }) => !had.has(imageId) && !this.#said.has(imageId))
    const now = fresh.filter(({ imageId }) => !this.#later.has(imageId))
    const onlyLater = now.length === 0 && this.queue.length === 0
    if (onlyLater) {
      this.#later.clear()
      this.#passed.clear()
    }
    this.queue = [...this.queue, ...(onlyLater ? fresh : now)]
    this.isEmpty = this.queue.length === 0
  }

  /** The surest of one class; where a probe is sure of none, or there is none yet, what looks like the image in hand. */
  async nextGroup(): Promise<void> {
    await toasts.attempt(async () => {
      const hasProbe = this.state?.probe !== null && this.state !== null
      this.group = (hasProbe ? await this.sure() : null) ?? (await this.alike())
    })
  }

  /** Not the group in hand: its images come again by what they look like. */
  async otherGroup(): Promise<void> {
    const { group } = this
    this.pass(group?.images ?? [])
    const [first] = this.queue
    if (group?.className === null && first !== undefined) await this.later()
    await this.nextGroup()
  }

  /** Of a group: taken out of it. */
  pass(images: readonly LabellingImage[]): void {
    for (const { imageId } of images) this.#passed.add(imageId)
  }

  private async sure(): Promise<LabellingGroup | null> {
    const { datasetId } = this
    const skip = [...this.#passed]
    return this.fresh(await app.call('labelling.next', { datasetId, order: 'sure', limit: groupSize, skip }))
  }

  private async alike(): Promise<LabellingGroup | null> {
    await this.fill()
    const [first] = this.queue
    if (first === undefined) return null
    const { datasetId } = this
    const near = await app.call('labelling.alike', {
      datasetId,
      imageId: first.imageId,
      limit: groupSize - 1,
    })
    return this.fresh({ className: null, images: [first, ...near] })
  }

  private fresh({ className, images }: Output<'labelling.next'>): LabellingGroup | null {
    const left = images.filter(({ imageId }) => !this.#said.has(imageId))
    return left.length === 0 ? null : { className, images: left }
  }

  /** What the image in hand, or those of the group, are. */
  async assign(images: readonly LabellingImage[], className: string): Promise<void> {
    if (images.length === 0) return
    this.addClass(className)
    await this.say(images, { kind: 'label', className })
  }

  async exclude(images: readonly LabellingImage[]): Promise<void> {
    await this.say(images, { kind: 'exclude' })
  }

  private async say(
    images: readonly LabellingImage[],
    change: { kind: 'label'; className: string } | { kind: 'exclude' },
  ): Promise<void> {
    toasts.passOver('labels')
    const ids = images.map(({ imageId }) => imageId)
    for (const id of ids) this.#said.add(id)
    this.takeAway(ids)
    const { datasetId } = this
    const isDone = await toasts.attempt(async () => {
      await app.call('labels.apply', { datasetId, imageIds: ids, change })
      this.#last = [...this.#last, images]
      this.#undone = []
    })
    if (!isDone) this.giveBack(images)
    if (this.mode === 'bulk') await this.nextGroup()
    else await this.fill()
  }

  /** Comes again when nothing else is left. */
  async later(): Promise<void> {
    const [first, ...others] = this.queue
    if (first === undefined) return
    this.#later.add(first.imageId)
    this.queue = others
    await this.fill()
  }

  async undo(): Promise<void> {
    await toasts.attempt(async () => {
      const { text, imageIds } = await app.call('labels.undo', { datasetId: this.datasetId })
      if (text === null) return toasts.say('There is nothing to undo.')
      const back = this.#last.findLast((images) => isOf(images, imageIds))
      if (back !== undefined) {
        this.giveBack(back)
        this.#last = this.#last.filter((images) => images !== back)
        this.#undone = [...this.#undone, back]
      }
      // one by one, the image in hand says it
      if (this.mode === 'bulk' || back === undefined) toasts.say(`Undone: ${text}.`, null, 'labels')
    })
  }

  async redo(): Promise<void> {
    await toasts.attempt(async () => {
      const { text, imageIds } = await app.call('labels.redo', { datasetId: this.datasetId })
      if (text === null) return toasts.say('There is nothing to redo.')
      const images = this.#undone.findLast((one) => isOf(one, imageIds))
      if (images !== undefined) {
        this.#undone = this.#undone.filter((one) => one !== images)
        this.#last = [...this.#last, images]
        for (const { imageId } of images) this.#said.add(imageId)
        this.takeAway(images.map(({ imageId }) => imageId))
      }
      toasts.say(`Done again: ${text}.`, null, 'labels')
      if (this.mode === 'bulk') await this.nextGroup()
      else await this.fill()
    })
  }

  /** Makes a version of the dataset with what is labelled. */
  async takeIn(): Promise<boolean> {
    return toasts.attempt(() => app.call('labels.takeIn', { datasetId: this.datasetId }))
  }

  private takeAway(ids: readonly number[]): void {
    const gone = plainSet(ids)
    this.queue = this.queue.filter(({ imageId }) => !gone.has(imageId))
  }

  private giveBack(images: readonly LabellingImage[]): void {
    for (const { imageId } of images) this.#said.delete(imageId)
    const [first] = images
    if (first === undefined) return
    const back = plainSet(images.map(({ imageId }) => imageId))
    this.queue = [...images, ...this.queue.filter(({ imageId }) => !back.has(imageId))]
    this.isEmpty = false
  }
}

/** Whether the images that a call names are some of these. */
function isOf(images: readonly LabellingImage[], imageIds: readonly number[]): boolean {
  return images.some(({ imageId }) => imageIds.includes(imageId))
}

const storageKey = (datasetId: number): string => `labelling.classes.${String(datasetId)}`

function keptNames(datasetId: number): string[] {
  // what is not whole is none: the names come from the labels
  const kept = keptJson(lastingStore, storageKey(datasetId))
  return Array.isArray(kept) ? kept.filter((name) => typeof name === 'string') : []
}

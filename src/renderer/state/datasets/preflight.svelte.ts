/** What was found in a dataset, the check that finds it, and what is done about it. */
import { toWireError, type WireError } from '../../../contract/errors'
import type { FindingKind, FoundGroup, Preflight, Thresholds } from '../../../contract/entities/preflight'
import type { Task } from '../../../contract/events'
import { app } from '../app.svelte'
import { PagedList } from '../paged-list.svelte'
import { toasts } from '../toasts.svelte'

export class PreflightView {
  found: Preflight | null = $state.raw(null)
  error: WireError | null = $state.raw(null)
  thresholds: Thresholds | null = $state.raw(null)
  /** Counts up whenever something else was found. */
  revision = $state(0)
  /** The check that runs, or that failed last. */
  readonly task: Task | null = $derived(
    app.tasks.findLast(
      ({ kind, state, label }) =>
        kind === 'preflight' &&
        (state === 'running' || state === 'failed') &&
        label.endsWith(`"${this.name}"`),
    ) ?? null,
  )
  readonly busy = $derived(this.task?.state === 'running')
  #question = 0

  constructor(
    private readonly datasetId: number,
    private readonly name: string,
  ) {}

  /** For onMount. */
  follow(): () => void {
    void this.load()
    const stopEvents = app.onEvent((event) => {
      if (event.type === 'preflight-changed' && event.datasetId === this.datasetId) void this.load()
      if (event.type === 'labels-changed' && event.summary.datasetId === this.datasetId) void this.load()
      if (event.type === 'datasets-changed') void this.load()
    })
    const stopAgain = app.onAgain(() => void this.load())
    return () => {
      stopEvents()
      stopAgain()
    }
  }

  private async load(): Promise<void> {
    const question = ++this.#question
    try {
      const { datasetId } = this
      const [found, thresholds] = await Promise.all([
        app.call('preflight.findings', { datasetId }),
        app.call('preflight.thresholds', { datasetId }),
      ])
      if (question !== this.#question) return
      this.thresholds = thresholds
      this.take(found)
    } catch (error) {
      if (question === this.#question) this.error = toWireError(error)
    }
  }

  private take(found: Preflight): void {
    this.#question++ // what was asked before this was found is older
    this.error = null
    if (JSON.stringify(found) === JSON.stringify(this.found)) return
    this.found = found
    this.revision++
  }

  /** Of one kind, page by page. */
  groups(kind: FindingKind, which: 'open' | 'ignored'): PagedList<FoundGroup> {
    const { datasetId } = this
    return new PagedList(async (range) => {
      const { total, groups } = await app.call('preflight.images', { datasetId, kind, which, ...range })
      return { total, items: groups }
    })
  }

  /** `labels`: looks for wrong labels, too. */
  async check(labels = false): Promise<void> {
    if (this.task?.state === 'failed') app.dismissTask(this.task.id)
    await toasts.attempt(() => app.call('preflight.start', { datasetId: this.datasetId, labels }))
  }

  /** From which likeness two images are the same one. */
  async setThreshold(likeness: number): Promise<void> {
    const { datasetId } = this
    await toasts.attempt(async () => {
      const found = await app.call('preflight.setThreshold', { datasetId, likeness })
      if (this.thresholds !== null) this.thresholds = { ...this.thresholds, current: likeness }
      this.take(found)
    })
  }

  /** `items`: of one group; null: all that is open. */
  async ignore(kind: FindingKind, items: readonly number[] | null, reason: string): Promise<boolean> {
    const { datasetId } = this
    const some = items === null ? {} : { items: [...items] }
    return toasts.attempt(async () => {
      this.take(await app.call('preflight.ignore', { datasetId, kind, reason, ...some }))
      toasts.say('Ignored. It is counted no longer.', {
        label: 'Undo',
        run: () => void this.unignore(kind, items),
      })
    })
  }

  async unignore(kind: FindingKind, items: readonly number[] | null): Promise<void> {
    const { datasetId } = this
    const some = items === null ? {} : { items: [...items] }
    await toasts.attempt(async () => {
      this.take(await app.call('preflight.unignore', { datasetId, kind, ...some }))
    })
  }

  /** Makes a split in which the groups of the leak are in one part each. */
  async moveTogether(items: readonly number[] | null): Promise<void> {
    const { datasetId } = this
    const some = items === null ? {} : { items: [...items] }
    await toasts.attempt(async () => {
      const moved = await app.call('preflight.moveTogether', { datasetId, ...some })
      this.take(moved.preflight)
      const images = moved.movedCount === 1 ? '1 image' : `${String(moved.movedCount)} images`
      toasts.say(`A new split was made: ${images} moved to the part of their twins.`, {
        label: 'Undo',
        run: () => void this.undoMove(moved.previousSplitId),
      })
    })
  }

  /** Excludes what was found, or all but one of each group; `items`: of one group. */
  async exclude(kind: FindingKind, what: 'copies' | 'all', items: readonly number[] | null): Promise<void> {
    const { datasetId } = this
    const some = items === null ? {} : { items: [...items] }
    await toasts.attempt(async () => {
      const { excludedCount, preflight } = await app.call('preflight.exclude', {
        datasetId,
        kind,
        what,
        ...some,
      })
      this.take(preflight)
      const images = excludedCount === 1 ? '1 image is' : `${String(excludedCount)} images are`
      this.sayCorrected(`${images} excluded. The files stay where they are.`)
    })
  }

  async relabel(items: readonly number[], className: string): Promise<void> {
    const { datasetId } = this
    await toasts.attempt(async () => {
      const change = { kind: 'label' as const, className }
      const { changed } = await app.call('labels.apply', { datasetId, imageIds: [...items], change })
      this.sayCorrected(
        `${changed === 1 ? '1 image is' : `${String(changed)} images are`} “${className}” now.`,
      )
    })
  }

  /** Single images, whatever they were found with. */
  async excludeImages(imageIds: readonly number[]): Promise<void> {
    const { datasetId } = this
    await toasts.attempt(async () => {
      const change = { kind: 'exclude' as const }
      const { changed } = await app.call('labels.apply', { datasetId, imageIds: [...imageIds], change })
      const images = changed === 1 ? '1 image is' : `${String(changed)} images are`
      this.sayCorrected(`${images} excluded. The files stay where they are.`)
    })
  }

  async undoCorrection(): Promise<void> {
    await toasts.attempt(() => app.call('labels.undo', { datasetId: this.datasetId }))
  }

  /** Makes a version of the dataset that has the corrections. */
  async takeIn(): Promise<void> {
    await toasts.attempt(async () => {
      await app.call('labels.takeIn', { datasetId: this.datasetId })
      toasts.say('The dataset has a new version with the corrections. Runs keep the one that they used.')
    })
  }

  private sayCorrected(text: string): void {
    toasts.say(text, { label: 'Undo', run: () => void this.undoCorrection(), undoes: 'labels' })
  }

  private async undoMove(splitId: number): Promise<void> {
    const { datasetId } = this
    await toasts.attempt(async () => {
      this.take(await app.call('preflight.undoMove', { datasetId, splitId }))
    })
  }
}

/** What a list shows of the images that a query found, page by page, with what the newest run takes them for. */
import type { FoundImage } from '../../../contract/entities/dataset'
import type { Output } from '../../../contract/endpoints'
import { app } from '../app.svelte'
import { PagedList } from '../paged-list.svelte'
import { toasts } from '../toasts.svelte'

type Guesses = Output<'predictions.ofImages'>

export class ImageRows {
  readonly #rows: PagedList<FoundImage>
  /** By image. */
  private guesses: Readonly<Record<number, Guesses['predictions'][number]>> = $state.raw({})
  /** Whose they are; null: of no run. */
  run: Guesses['run'] = $state.raw(null)

  constructor(
    readonly datasetId: number,
    query: string,
  ) {
    this.#rows = new PagedList(async (range) => {
      const { total, images } = await app.call('images.query', { datasetId, query, ...range })
      const imageIds = images.map(({ id }) => id)
      const { run, predictions } = await app.call('predictions.ofImages', { datasetId, imageIds })
      const guesses = Object.fromEntries(predictions.map((guess) => [guess.imageId, guess]))
      this.guesses = { ...this.guesses, ...guesses }
      this.run = run
      return { total, items: images }
    })
  }

  at(index: number): FoundImage | undefined {
    return this.#rows.at(index)
  }

  guess(imageId: number): Guesses['predictions'][number] | null {
    return this.guesses[imageId] ?? null
  }

  async need(first: number, end: number): Promise<void> {
    await this.#rows.need(first, end)
    if (this.#rows.error !== null) toasts.error(this.#rows.error)
  }
}

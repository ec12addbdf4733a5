/** What raters say of the images of a dataset, and ways to say it. Follows their answers. */
import type { Answer, ImageVerdict } from '../../../contract/entities/rating'
import { app } from '../app.svelte'
import { oneAtATime } from '../one-at-a-time'
import { toasts } from '../toasts.svelte'

export type JudgedHere = Pick<ImageVerdict, 'imageId' | 'prediction' | 'label'>

export class Verdicts {
  readonly datasetId: number
  #known: Readonly<Record<string, ImageVerdict>> = $state.raw({})
  /** Counts up when there is something new. */
  revision = $state(0)
  readonly some = $derived(Object.keys(this.#known).length > 0)
  readonly #unsubscribe: (() => void)[] = []

  constructor(datasetId: number) {
    this.datasetId = datasetId
  }

  open(): void {
    this.#unsubscribe.push(
      app.onEvent((event) => {
        if (event.type === 'ratings-changed') void this.#ask()
      }),
      app.onAgain(() => void this.#ask()),
    )
    void this.#ask()
  }

  close(): void {
    for (const stop of this.#unsubscribe.splice(0)) stop()
  }

  /** null: nobody judged it under this prediction and this label. */
  of(imageId: number, prediction: string, label: string): ImageVerdict | null {
    const key = keyOf({ imageId, prediction, label })
    return Object.hasOwn(this.#known, key) ? (this.#known[key] ?? null) : null
  }

  /** `answer` null takes back what the person at this machine said. false: it was not kept. */
  async judge(image: JudgedHere, answer: Answer | null): Promise<boolean> {
    toasts.passOver('labels')
    return toasts.attempt(async () => {
      const { imageId, prediction, label } = image
      await app.call('ratings.judge', { imageId, prediction, label, answer })
    })
  }

  readonly #ask = oneAtATime(() => this.#read())

  async #read(): Promise<void> {
    await toasts.attempt(async () => {
      const found = await app.call('ratings.verdicts', { datasetId: this.datasetId })
      this.#known = Object.fromEntries(found.map((one) => [keyOf(one), one]))
      this.revision++
    })
  }
}

function keyOf({
  imageId,
  prediction,
  label,
}: Pick<ImageVerdict, 'imageId' | 'prediction' | 'label'>): string {
  return JSON.stringify([imageId, prediction, label])
}

/** What raters say of the images of a dataset, and ways to say it. Follows their answers. */
import type { Answer, ImageVerdict } from '../../../contract/entities/rating'
import { app } from '../app.svelte'
import { oneAtATime } from '../one-at-a-time'
import { toasts } from '../toasts.svelte'

export type JudgedHere = Pick<ImageVerdict, 'imageId' | 'prediction' | 'label'>

interface Said extends JudgedHere {
  readonly atMs: number
  readonly before: Answer | null
}

export class Verdicts {
  readonly datasetId: number
  #known: Readonly<Record<string, ImageVerdict>> = $state.raw({})
  /** Counts up when there is something new. */
  revision = $state(0)
  readonly some = $derived(Object.keys(this.#known).length > 0)
  /** What was said here, the newest last. */
  #said: readonly Said[] = []
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
    const before = this.of(image.imageId, image.prediction, image.label)?.own ?? null
    return toasts.attempt(async () => {
      const { imageId, prediction, label } = image
      const { atMs } = await app.call('ratings.judge', { imageId, prediction, label, answer })
      this.#said = [...this.#said, { imageId, prediction, label, atMs, before }]
    })
  }

  /** When the last of what was said here was said; null: nothing. */
  get lastAtMs(): number | null {
    return this.#said.at(-1)?.atMs ?? null
  }

  /** The image of which the last answer was taken back. */
  async undo(): Promise<JudgedHere | null> {
    const last = this.#said.at(-1)
    if (last === undefined) return null
    this.#said = this.#said.slice(0, -1)
    const { imageId, prediction, label, before } = last
    const isDone = await toasts.attempt(async () => {
      await app.call('ratings.judge', { imageId, prediction, label, answer: before })
    })
    if (isDone) return last
    this.#said = [...this.#said, last]
    return null
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

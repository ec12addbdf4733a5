/**
 * Thumbnails that the core has ready come for a whole screen in one answer: each `<img>` with an address of its own costs a browser some milliseconds, and
 * they come a few at a time, with a frame for each few. What is not ready goes on to `alone`, which asks for it at its own address.
 */
import {
  nearnesses,
  type ImageLoader,
  type Load,
  type LoadTicket,
  type Nearness,
  type ReadyKey,
} from './image-loader'

export interface ReadyOptions {
  readonly alone: ImageLoader
  /** The pictures, as addresses; null for what is not ready. Not asked again before it answered. */
  ask(keys: readonly ReadyKey[]): Promise<readonly (string | null)[]>
  /** ≥ 1 in one question. */
  readonly atOnce: number
  /** Calls back once, when all that comes together has come. */
  soon(run: () => void): void
}

interface Item {
  readonly load: Load
  readonly key: ReadyKey
  nearness: Nearness
  isGone: boolean
  /** Where it was not ready. */
  alone: LoadTicket | null
}

export function createReadyImages({ alone, ask, atOnce, soon }: ReadyOptions): ImageLoader {
  /** Not asked for yet, in the order in which they came. */
  const waiting = new Set<Item>()
  let isBusy = false

  function plan(): void {
    if (isBusy || waiting.size === 0) return
    isBusy = true
    soon(() => void askSome())
  }
  async function askSome(): Promise<void> {
    const items = nearnesses
      .flatMap((nearness) => [...waiting].filter((item) => item.nearness === nearness))
      .slice(0, atOnce)
    for (const item of items) waiting.delete(item)
    const pictures = items.length === 0 ? [] : await ask(items.map(({ key }) => key)).catch(() => [])
    items.forEach((item, index) => {
      if (item.isGone) return
      const picture = pictures[index] ?? null
      if (picture !== null) item.load.ready?.show(picture)
      else item.alone = alone.want(item.load, item.nearness)
    })
    isBusy = false
    plan()
  }

  return {
    want(load, nearness) {
      if (load.ready === undefined) return alone.want(load, nearness)
      const item: Item = { load, key: load.ready.key, nearness, isGone: false, alone: null }
      waiting.add(item)
      plan()
      return {
        move(to) {
          item.nearness = to
          item.alone?.move(to)
        },
        done: () => item.alone?.done(),
        cancel() {
          item.isGone = true
          waiting.delete(item)
          item.alone?.cancel()
        },
      }
    },
  }
}

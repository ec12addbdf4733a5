/**
 * Which images are asked for, and when. A browser asks for every `<img>` that ever had an address, in the order in which
 * they came, also for those that have long scrolled away. Here a few are under way at once, those in sight before those near
 * it; what leaves the document is not asked for any more, or taken back. Pure: what loading is, the caller says.
 */
import type { SmallSizePx } from '../../contract/calls/thumbnails'

export interface Load {
  /** Begins to load. */
  start(): void
  /** Ends it half done. */
  stop(): void
  /** Of a thumbnail that the core may have ready, and how it is shown then: see ready-images.ts. */
  readonly ready?: { readonly key: ReadyKey; show(picture: string): void }
}

/** An image of a dataset, at most `px` on its longer side. */
export interface ReadyKey {
  readonly id: number
  readonly px: SmallSizePx
}

/** The one that is looked at; one in sight; one in the document that is out of sight. Within each, who came first. */
export const nearnesses = ['first', 'seen', 'near'] as const
export type Nearness = (typeof nearnesses)[number]

export interface LoadTicket {
  /** Another place in the queue. Nothing where it is under way or done already. */
  move(nearness: Nearness): void
  /** It came, or it failed: the next may start. */
  done(): void
  /** Not wanted any more: it never starts, or is stopped. Nothing where it is done. */
  cancel(): void
}

export interface ImageLoader {
  want(load: Load, nearness: Nearness): LoadTicket
}

/**
 * `atOnce` ≥ 1 are under way together. `later` calls back once, soon: what comes and goes before that is never asked for, so
 * that a list which is flung through asks for next to nothing.
 */
export function createImageLoader(atOnce: number, later: (run: () => void) => void): ImageLoader {
  // Sets keep the order in which things came.
  const waiting: Readonly<Record<Nearness, Set<Load>>> = {
    first: new Set(),
    seen: new Set(),
    near: new Set(),
  }
  const underWay = new Set<Load>()
  /** Those that came since `later` called back, with their place in the queue. */
  const fresh = new Map<Load, Nearness>()
  let planned = false

  const settle = (): void => {
    planned = false
    for (const [load, nearness] of fresh) waiting[nearness].add(load)
    fresh.clear()
    startSome()
  }
  const startSome = (): void => {
    for (const nearness of nearnesses) {
      for (const load of waiting[nearness]) {
        if (underWay.size >= atOnce) return
        waiting[nearness].delete(load)
        underWay.add(load)
        load.start()
      }
    }
  }
  const forget = (load: Load): boolean =>
    fresh.delete(load) || nearnesses.some((nearness) => waiting[nearness].delete(load))

  return {
    want(load, nearness) {
      fresh.set(load, nearness)
      if (!planned) later(settle)
      planned = true
      return {
        move(to) {
          if (fresh.has(load)) fresh.set(load, to)
          else if (forget(load)) waiting[to].add(load)
        },
        done() {
          if (underWay.delete(load)) startSome()
        },
        cancel() {
          if (forget(load) || !underWay.delete(load)) return
          load.stop()
          startSome()
        },
      }
    },
  }
}

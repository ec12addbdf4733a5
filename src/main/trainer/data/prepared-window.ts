/**
 * A window onto an endless row of prepared images: those that are in use and as many ahead as its ring of memory holds. They are prepared
 * side by side in the order of their positions; moving the window forward makes room for the next ones.
 */
import { availableParallelism } from 'node:os'

export interface WindowOptions {
  /** How many images the ring holds. */
  readonly capacity: number
  /** Bytes of one. */
  readonly imageBytes: number
  /** One after the last position that will be asked for. */
  readonly endPosition: number
  /** Writes the image at `position` to `target` from `offset` on; null when that was done at once. */
  readonly fill: (position: number, target: Uint8Array, offset: number) => Promise<void> | null
}

export interface PreparedWindow {
  /**
   * Moves the window to begin at `start` and resolves when all positions up to `end` (exclusive) are there. A start before the window's, or
   * far behind it, begins anew there. One call at a time. Throws RangeError above the capacity, and what `fill` throws.
   */
  move(start: number, end: number): Promise<void>
  /** [count × imageBytes] of positions inside the window: a view where they lie together, else copied to `spare`. */
  images(position: number, count: number, spare: (byteCount: number) => Uint8Array): Uint8Array
  /** Copies one image. */
  copy(position: number, target: Uint8Array, offset: number): void
  /** Resolves when nothing is being prepared any more. */
  close(): Promise<void>
}

/** Two more than the cores: while one is being read and one copied, the others decode (measured: 5 % more than with one). */
const mostUnderway = availableParallelism() + 2
/** Images at hand are copied in slices of this length, so that messages and finished decodes are seen to in between. */
const sliceMs = 5

export function openWindow({ capacity, imageBytes, endPosition, fill }: WindowOptions): PreparedWindow {
  const ring = new Uint8Array(capacity * imageBytes)
  const isReady = new Uint8Array(capacity)
  let first = 0
  /** All positions below it are ready. */
  let readyEnd = 0
  let next = 0
  let underway = 0
  let isOpen = false
  let isPumpDue = false
  let failure: { error: unknown } | null = null
  let awaited: { end: number; resolve: () => void } | null = null
  let idle: (() => void) | null = null

  const offsetOf = (position: number): number => (position % capacity) * imageBytes

  function pump(): void {
    const startMs = performance.now()
    const limit = Math.min(first + capacity, endPosition)
    while (isOpen && failure === null && next < limit && underway < mostUnderway) {
      const position = next++
      try {
        const filling = fill(position, ring, offsetOf(position))
        if (filling === null) markReady(position)
        else {
          underway++
          filling.then(
            () => settle(position, null),
            (error: unknown) => settle(position, { error }),
          )
        }
      } catch (error) {
        fail({ error })
      }
      if (performance.now() - startMs > sliceMs) return pumpSoon()
    }
  }

  function pumpSoon(): void {
    if (isPumpDue) return
    isPumpDue = true
    setImmediate(() => {
      isPumpDue = false
      pump()
    })
  }

  function settle(position: number, failed: { error: unknown } | null): void {
    underway--
    if (failed !== null) fail(failed)
    else if (isOpen) markReady(position)
    if (underway === 0) idle?.()
    pump()
  }

  function markReady(position: number): void {
    isReady[position % capacity] = 1
    while (readyEnd < next && isReady[readyEnd % capacity] === 1) readyEnd++
    if (awaited !== null && readyEnd >= awaited.end) awaited.resolve()
  }

  function fail(failed: { error: unknown }): void {
    failure ??= failed
    awaited?.resolve()
  }

  /** Ends what is under way; the ring is then nobody's. */
  async function stop(): Promise<void> {
    isOpen = false
    if (underway > 0) await new Promise<void>((resolve) => (idle = resolve))
    idle = null
  }

  async function beginAt(position: number): Promise<void> {
    await stop()
    isReady.fill(0)
    first = readyEnd = next = position
    failure = null
    isOpen = true
  }

  return {
    async move(start, end) {
      if (end - start > capacity) throw new RangeError(`${end - start} images of a window of ${capacity}`)
      if (!isOpen || start < first || start > readyEnd) await beginAt(start)
      for (; first < start; first++) isReady[first % capacity] = 0
      pump()
      if (readyEnd < end && failure === null) {
        await new Promise<void>((resolve) => (awaited = { end, resolve }))
        awaited = null
      }
      if (failure !== null) {
        const { error } = failure
        await stop()
        throw error
      }
    },
    images(position, count, spare) {
      const offset = offsetOf(position)
      const byteCount = count * imageBytes
      if (offset + byteCount <= ring.length) return ring.subarray(offset, offset + byteCount)
      const joined = spare(byteCount)
      const head = ring.subarray(offset)
      joined.set(head)
      joined.set(ring.subarray(0, byteCount - head.length), head.length)
      return joined
    },
    copy(position, target, offset) {
      const from = offsetOf(position)
      target.set(ring.subarray(from, from + imageBytes), offset)
    },
    close: stop,
  }
}

/** The band that a pointer draws over a scrolled list: it follows beyond the list's edges, and ends wherever the button is let go. */
import { boxBetween, type DragBox } from './drag-box'

export interface Banded {
  /** In the coordinates of the layout, of a place in the window. */
  placeOf(pointer: readonly [x: number, y: number]): [x: number, y: number]
  /** The list's own element. */
  box(): HTMLElement | undefined
  /** It was scrolled. */
  scrolled(box: HTMLElement): void
  /** The band is another one. */
  takes(band: DragBox): void
}

/** Less is a click by a hand that is not quite still. */
const leastDragPx = 5

export class DragBand {
  /** Null: none is drawn. */
  band: DragBox | null = $state.raw(null)
  readonly #list: Banded
  #from: readonly [x: number, y: number] | null = null
  #pointer: readonly [x: number, y: number] = [0, 0]
  #frame = 0

  constructor(list: Banded) {
    this.#list = list
  }

  begin({ clientX, clientY }: MouseEvent): void {
    this.#pointer = [clientX, clientY]
    this.#from = this.#list.placeOf(this.#pointer)
    window.addEventListener('mousemove', this.#move)
    window.addEventListener('mouseup', this.end)
    window.addEventListener('blur', this.end)
  }

  readonly end = (): void => {
    this.#from = null
    this.band = null
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
    window.removeEventListener('mousemove', this.#move)
    window.removeEventListener('mouseup', this.end)
    window.removeEventListener('blur', this.end)
  }

  readonly #move = (event: MouseEvent): void => {
    if (this.#from === null) return
    // Let go outside the window, where nobody tells of it.
    if ((event.buttons & 1) === 0) return this.end()
    this.#pointer = [event.clientX, event.clientY]
    const [x, y] = this.#list.placeOf(this.#pointer)
    const isClick = Math.hypot(x - this.#from[0], y - this.#from[1]) < leastDragPx
    if (this.band === null && isClick) return
    if (this.#frame === 0) this.#frame = requestAnimationFrame(this.#scroll)
    this.#take()
  }

  #take(): void {
    if (this.#from === null) return
    this.band = boxBetween(this.#from, this.#list.placeOf(this.#pointer))
    this.#list.takes(this.band)
  }

  /** While the pointer is beyond the upper or lower edge, the list moves, the faster the farther. */
  readonly #scroll = (): void => {
    const box = this.#list.box()
    if (this.band === null || box === undefined) return
    const { top, bottom } = box.getBoundingClientRect()
    const beyondPx = Math.min(0, this.#pointer[1] - top) + Math.max(0, this.#pointer[1] - bottom)
    if (beyondPx !== 0) {
      box.scrollTop += beyondPx / 4
      this.#list.scrolled(box)
      this.#take()
    }
    this.#frame = requestAnimationFrame(this.#scroll)
  }
}

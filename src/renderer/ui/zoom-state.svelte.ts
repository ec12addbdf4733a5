/** One image on one stage: fitted until someone zooms, and again when the next image comes. */
import { devicePixelRatio } from 'svelte/reactivity/window'
import { fitted, isLarger, panned, percentOf, zoomed, type Point, type Size, type ZoomView } from './zoom'

/** Two presses double it. */
const stepFactor = Math.SQRT2

export class ZoomState {
  stage: Size = $state.raw({ widthPx: 0, heightPx: 0 })
  /** In its own pixels; null while they are not known. */
  image: Size | null = $state.raw(null)
  /** null: as large as fits. */
  #chosen: ZoomView | null = $state.raw(null)

  readonly view: ZoomView | null = $derived(
    this.image === null || this.stage.widthPx === 0
      ? null
      : // Brought back onto the stage, whose size may have changed.
        this.#chosen === null
        ? fitted(this.image, this.stage)
        : panned(this.#chosen, { xPx: 0, yPx: 0 }, this.image, this.stage),
  )
  /** Of the image's own pixels, one of which is one of the screen's at 100. */
  readonly percent: number | null = $derived(
    this.view === null ? null : percentOf(this.view, devicePixelRatio.current ?? 1),
  )
  /** A part of it lies outside the stage. */
  readonly larger: boolean = $derived(
    this.view !== null && this.image !== null && isLarger(this.view, this.image, this.stage),
  )

  /** Another image. */
  reset(image: Size | null): void {
    this.image = image
    this.#chosen = null
  }

  fit(): void {
    this.#chosen = null
  }

  /** 100 %: one pixel of the image on one of the screen. */
  whole(point: Point = this.#middle): void {
    this.#zoom(1 / (devicePixelRatio.current ?? 1), point)
  }

  /** A step larger (1) or smaller (−1), with a stop at 100 %. */
  step(way: 1 | -1): void {
    if (this.view === null) return
    const whole = 1 / (devicePixelRatio.current ?? 1)
    const { scale } = this.view
    const next = way === 1 ? scale * stepFactor : scale / stepFactor
    const passes = (scale - whole * 1.001) * (next - whole * 0.999) < 0 && Math.abs(scale / whole - 1) > 0.01
    this.#zoom(passes ? whole : next, this.#middle)
  }

  /** `factor` times as large, around a point of the stage. */
  by(factor: number, point: Point): void {
    if (this.view !== null) this.#zoom(this.view.scale * factor, point)
  }

  pan(xPx: number, yPx: number): void {
    if (this.view === null || this.image === null) return
    this.#chosen = panned(this.view, { xPx, yPx }, this.image, this.stage)
  }

  get #middle(): Point {
    return { xPx: this.stage.widthPx / 2, yPx: this.stage.heightPx / 2 }
  }

  #zoom(scale: number, point: Point): void {
    if (this.view === null || this.image === null) return
    this.#chosen = zoomed(this.view, scale, point, this.image, this.stage)
  }
}

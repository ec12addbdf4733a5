/** How the curves of a desk are looked at, the same for all its charts. */
import type { Span } from '../../charts/column-places'
import type { ScaleKind } from '../../charts/scale'
import type { XAxis, XKind } from '../../charts/x-axis'
import type { MetricId } from './curve-metrics'

export class CurveView {
  xKind: XKind = $state('step')
  isXLog = $state(false)
  axis: XAxis = $derived({ kind: this.xKind, isLog: this.isXLog && this.xKind !== 'wall' })
  /** The share of the past that smoothed lines keep, in [0, 1); null: as suits the length of each run. */
  smoothing: number | null = $state(null)
  /** What is shown, in the plane of the axis; null: all. */
  shown: Span | null = $state.raw(null)
  /** In the plane of the axis; null: none. */
  cross: number | null = $state(null)
  selected: number | null = $state(null)
  /** Where someone chose another axis than the metric's. */
  kinds: Readonly<Partial<Record<MetricId, ScaleKind>>> = $state.raw({})
  /** Of which metrics the table stands in place of the chart. */
  tables: readonly MetricId[] = $state.raw([])

  /** Another axis has another plane. */
  setAxis(kind: XKind, isLog: boolean): void {
    this.xKind = kind
    this.isXLog = isLog
    this.shown = null
    this.cross = null
  }

  show(span: Span, whole: Span): void {
    this.shown = span.from <= whole.from && span.to >= whole.to ? null : span
  }

  setKind(id: MetricId, kind: ScaleKind): void {
    this.kinds = { ...this.kinds, [id]: kind }
  }

  toggleTable(id: MetricId): void {
    const others = this.tables.filter((one) => one !== id)
    this.tables = others.length < this.tables.length ? others : [...others, id]
  }

  /** All as they were at first, save what is selected. */
  reset(): void {
    this.setAxis('step', false)
    this.smoothing = null
    this.kinds = {}
  }
}

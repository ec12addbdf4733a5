/** What the cross-hair says where it is, and where its dots lie. */
export interface Readout {
  /** All of it, for one who does not see it. */
  readonly text: string
  /** Where it is. */
  readonly title: string
  readonly rows: readonly {
    readonly runId: number
    readonly name: string
    readonly color: string
    readonly value: string
  }[]
  readonly marks: readonly { readonly value: number; readonly color: string }[]
}

/** An image with what several runs said of it. */
export interface JudgedShot {
  readonly imageId: number
  readonly path: string
  readonly aspect: number
  readonly label: string
  /** Of each run, in their order; `probability` in [0, 1] where it is known. */
  readonly said: readonly { readonly className: string; readonly probability?: number }[]
}

/** What a format puts into the file. Positions are bytes from its beginning. */
export interface FeatureLayout {
  /** Whether a file begins as this layout does. */
  isOurs(head: Buffer): boolean
  /** Before the first. */
  begin(): Uint8Array | string
  add(path: string, features: Float32Array): Uint8Array | string
  /** After the last; `handle` is open for reading and writing. */
  finish(handle: number): void
}

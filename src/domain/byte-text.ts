/** E.g. 340 MB, 1.2 GB; rounded up, since it is asked for. */
export function byteText(byteCount: number): string {
  return byteCount >= 1e9 ? `${(byteCount / 1e9).toFixed(1)} GB` : `${Math.ceil(byteCount / 1e6)} MB`
}

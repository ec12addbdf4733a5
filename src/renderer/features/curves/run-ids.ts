/**
 * Runs in an address, as the key `runs` or `with` of its query has them: numbers joined with dots, e.g. `#/runs/12?with=13.15`. Dots stay as they are in an
 * address, where a comma becomes %2C. Pure.
 */
export function runIdsOf(text: string | undefined): number[] {
  const ids = (text ?? '').split(/[.,]/).flatMap((part) => (/^\d{1,15}$/.test(part) ? [Number(part)] : []))
  return [...new Set(ids)]
}

export function runIdsText(ids: readonly number[]): string {
  return ids.join('.')
}

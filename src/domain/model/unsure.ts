/** Whether a model in use is to be believed: its promotion says how probable a class must be. Pure. */
export function isUnsure(
  top: readonly { readonly probability: number }[],
  /** null: there is none. */
  threshold: number | null,
): boolean {
  const [first] = top
  return threshold !== null && first !== undefined && first.probability < threshold
}

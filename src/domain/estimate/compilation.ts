/** Steps of a card that take longer than this without XLA, all together, are compiled with it, ms: less is over before it has compiled. */
export const compiledFromMs = 120_000

/** What an estimate says of its ground, where it may be too long because the speed that is known is the one without XLA. */
export function basisWithCompilation(basis: string, device: string | undefined, durationMs: number): string {
  if (device !== 'gpu' || durationMs <= compiledFromMs) return basis
  return `${basis} A training this long is compiled for the card, which has made steps two to three times as fast: it may end earlier.`
}

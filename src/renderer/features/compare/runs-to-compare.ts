/** Which runs an address compares. Pure. */
import { mostCompared } from '../../../contract/entities/many-runs'

/** '1,2,3' of an address, each once, no more than can be compared. */
export function runsAsked(text: string | undefined): number[] {
  const ids = (text ?? '').split(',').filter((id) => /^\d{1,15}$/.test(id))
  return [...new Set(ids.map(Number))].slice(0, mostCompared)
}

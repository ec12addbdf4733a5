/** A map of evidence as a shade over the image: clear where it speaks most, dark where it does not. Pure. */
import type { Evidence } from '../../../contract/entities/predict'

/** What the map is of: one class, or one rather than another. */
export interface EvidenceOf {
  readonly classIndex: number
  readonly ratherThan: number | null
}

/** Of the darkest place; the image stays to be seen. */
const darkest = 0.8

/** null where the evidence does not have the class. */
export function evidenceMap(evidence: Evidence, { classIndex, ratherThan }: EvidenceOf): number[] | null {
  const mapOf = (wanted: number) => evidence.classes.find((one) => one.classIndex === wanted)?.map
  const map = mapOf(classIndex)
  if (map === undefined || ratherThan === null) return map ?? null
  const other = mapOf(ratherThan)
  return other === undefined ? null : map.map((value, place) => value - (other[place] ?? NaN))
}

/** The share of black at each place, 0 to 0.8: 0 at the strongest, the most where nothing speaks for it, or something against it. */
export function evidenceShade(map: readonly number[]): number[] {
  const strongest = Math.max(0, ...map)
  return map.map((value) => (strongest === 0 ? darkest : darkest * (1 - Math.max(0, value) / strongest)))
}

import type { Place } from '../../contract/endpoints'
import type { Screen } from '../routes'

/** The image in hand, else what the address names; null where that does not lie on the disk. */
export function placeInView(screen: Screen, id: number | null, imageId: number | null): Place | null {
  if (imageId !== null) return { kind: 'image', id: imageId }
  if (id === null) return null
  if (screen === 'datasets') return { kind: 'dataset', id }
  return screen === 'runs' || screen === 'mistakes' ? { kind: 'run', id } : null
}

/** What was chosen in a grid, as the core takes it. Pure. */
import type { ImageChoice } from '../../../contract/entities/image-choice'
import { packUint32 } from '../../../contract/packed'
import { chosenCount, chosenOf, type Selection } from '../../ui/selection'

/** The list that the grid shows. */
export interface ChosenFrom {
  readonly ids: Uint32Array
  readonly query: string
  readonly stamp: string
  /** Whose predictions it is of. */
  readonly runId?: number
  /** Of that prediction set of the run. */
  readonly setId?: number
}

/** So many are named one by one: then it does not matter what the query finds by now. */
const mostNamed = 1000

/** All of a list is its query alone. `byRun`: what is done depends on what the run says of each. */
export function imageChoice(list: ChosenFrom, chosen: Selection, byRun = false): ImageChoice {
  const { ids, query, stamp, runId, setId } = list
  const count = chosenCount(chosen)
  if (count > 0 && count <= mostNamed && !byRun) return { imageIds: chosenOf(chosen, ids) }
  return {
    query,
    stamp,
    ...(runId === undefined ? {} : { runId }),
    ...(setId === undefined ? {} : { setId }),
    ...(count === ids.length ? {} : { places: packUint32(Uint32Array.from(chosen)) }),
  }
}

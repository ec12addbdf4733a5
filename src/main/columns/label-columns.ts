/** What the log of label changes says of the images of a split, as columns: they follow the log, the split never changes. */
import { foldCase } from '../../domain/query/fold-case'
import { fitsPieces } from '../../domain/query/pieces'
import type { LabelState } from '../../domain/labels/label-log'
import { imagesOfContent } from '../store/column-pages'
import { labelLogInTurns, storedLabels } from '../store/labels/label-events'
import type { Db } from '../store/statement'
import { hasBit, noBits, setBit, type Bits } from './bits'
import { rowAt, type ImageColumns } from './image-columns'
import type { Numbers } from './table'

export interface LabelColumns {
  /** relabelled, excluded, noted, tagged */
  readonly numbers: ReadonlyMap<string, Numbers>
  /** Rows with a tag, or a note, that fits. */
  find(column: 'tag' | 'note', pieces: readonly string[], isWhole: boolean): Bits
  /** The tags that these rows have, by name: at most 200, those of the most rows. */
  countTags(rows: Uint32Array): { tag: string; count: number }[]
  readonly byteCount: number
}

const mostTags = 200
const names = ['relabelled', 'excluded', 'noted', 'tagged'] as const

/** Images of which something is said between two pauses. */
const pageStates = 500

export async function labelColumns(
  db: Db,
  { datasetId, splitId }: { datasetId: number; splitId: number },
  images: Pick<ImageColumns, 'ids' | 'byId'>,
  pause: () => Promise<void>,
): Promise<LabelColumns> {
  const rowCount = images.ids.length
  const numbers = new Map(names.map((name) => [name, new Uint8Array(rowCount)]))
  const said: { row: number; state: LabelState }[] = []
  const { states } = await labelLogInTurns(db, datasetId, pause)
  const stateOf = storedLabels(db, datasetId)
  let seen = 0
  for (const state of states.values()) {
    const { contentHash } = state.image
    for (const { id, key } of imagesOfContent(db, datasetId, splitId, contentHash)) {
      const row = rowAt(images, id)
      if (row !== null && stateOf({ key, contentHash }) === state) said.push({ row, state })
    }
    if (++seen % pageStates === 0) await pause()
  }
  const set = (name: (typeof names)[number], row: number, isSo: boolean): void => {
    const column = numbers.get(name)
    if (column !== undefined && isSo) column[row] = 1
  }
  for (const { row, state } of said) {
    set('relabelled', row, state.className !== null && state.className !== state.sourceClass)
    set('excluded', row, state.excluded)
    set('noted', row, state.note !== '')
    set('tagged', row, state.tags.length > 0)
  }
  return {
    numbers,
    find(column, pieces, isWhole) {
      const bits = noBits(rowCount)
      for (const { row, state } of said) {
        const texts = column === 'tag' ? state.tags : state.note === '' ? [] : [state.note]
        if (texts.some((text) => fitsPieces(foldCase(text), pieces, isWhole))) setBit(bits, row)
      }
      return bits
    },
    countTags(rows) {
      const tagged = said.filter(({ state }) => state.tags.length > 0)
      const counts = new Map<string, number>()
      if (tagged.length > 0) {
        const bits = noBits(rowCount)
        for (const row of rows) setBit(bits, row)
        for (const { row, state } of tagged) {
          if (!hasBit(bits, row)) continue
          for (const tag of state.tags) counts.set(tag, (counts.get(tag) ?? 0) + 1)
        }
      }
      return [...counts]
        .sort(([, one], [, other]) => other - one)
        .slice(0, mostTags)
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([tag, count]) => ({ tag, count }))
    },
    byteCount: names.length * rowCount,
  }
}

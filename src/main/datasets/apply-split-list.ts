/** A dataset's images divided as a list says. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { TextOrFile } from '../../contract/calls/inputs'
import type { GivenSplit } from '../../contract/entities/dataset'
import { WorkbenchError } from '../../contract/errors'
import { inTurns } from '../../domain/in-turns'
import type { ServiceContext } from '../app/context'
import { givenText } from '../app/given-text'
import { getDataset } from '../store/datasets/datasets'
import { makingGivenSplit } from '../store/datasets/new-split'
import { readingStored } from '../store/datasets/stored-images'
import { readingSplitList } from './read-split-list'

/** Throws 'bad-input' where the list names none of the images, or leaves none to train on, 'path-not-readable'. */
export function applySplitList(context: ServiceContext, id: number, given: TextOrFile): Promise<GivenSplit> {
  const { db, clock, emit, ordered } = context
  return ordered(id, async () => {
    const { name, rootPath } = getDataset(db, id)
    const text = await givenText(given)
    const images = await inTurns(readingStored(db, id), nextTurn)
    const ids = new Map(images.map((image) => [image.key, image.id]))
    const { parts, faultCount, faults } = await inTurns(readingSplitList(text, ids, rootPath), nextTurn)
    if (parts.size === 0) {
      const [first] = faults
      throw new WorkbenchError(
        'bad-input',
        first === undefined
          ? 'The list is empty.'
          : `The list names no image of "${name}". Line ${String(first.line)}, "${first.text}": ${first.reason}.`,
        'Each line needs the path of an image within the dataset, and train, val or test: cats/1.jpg test.',
      )
    }
    if (!images.some((image) => (parts.get(image.id) ?? image.part) === 'train')) {
      throw new WorkbenchError(
        'bad-input',
        `The list leaves no image of "${name}" to train on.`,
        'Let some of its lines say train.',
      )
    }
    const { movedCount } = await inTurns(makingGivenSplit(db, id, parts, clock()), nextTurn)
    emit({ type: 'datasets-changed' })
    return {
      ...{ namedCount: parts.size, movedCount, unnamedCount: images.length - parts.size },
      ...{ faultCount, faults: [...faults] },
    }
  })
}

/**
 * Which images of a run count as missing, and from where on. An image that cannot be read at a position of the stream of batches is missing
 * from that position to the end of the run, also where the file comes back: so the numbers of a run are a function of dataset, recipe, seed and
 * this list, which is kept with the run, and resuming repeats them. Nothing stands in for a missing image; it keeps its place at weight zero.
 */
import { splitParts, type SplitPart } from '../../../contract/entities/dataset'
import type { WorkbenchError } from '../../../contract/errors'
import type { TrainJob, UnreadableImage } from '../../protocol/messages'
import { tooManyMissing } from '../../images/missing-rule'
import { imagesMissing, sourceMissing } from '../../images/missing-words'
import { openSource } from '../../sources/sources'

/** Of one part; `index` is that in its list, `position` that in the stream: step index · batch size + place in the batch. */
export interface MissingOfPart {
  isMissing(index: number, position: number): boolean
  /** It could not be read at this position. */
  note(index: number, position: number): void
  /**
   * To be called before anything is made of what was read: where the source has gone, or too many images with it, or the system refuses to read,
   * it throws 'images-missing'.
   * At once where nothing was noted since the last call.
   */
  judge(): Promise<void>
}

export interface MissingImages {
  of(part: SplitPart): MissingOfPart
  /** What counts for positions before `endPosition` and was not taken yet: to be kept with the run. */
  take(part: SplitPart, endPosition: number): UnreadableImage[]
}

export interface MissingOptions extends Pick<TrainJob, 'source' | 'classNames' | 'images' | 'unreadable'> {
  /** Why an image, by its key, could not be read. */
  readonly reasonOf: (key: string) => string
  /** What the system refused, which is no fault of an image; null where it refused nothing. */
  readonly refused?: () => WorkbenchError | null
  /** A look at all files may take a while; where this says yes, it ends without a judgement. */
  readonly stopped?: () => boolean
}

export function openMissingImages(options: MissingOptions): MissingImages {
  const { images, reasonOf } = options
  const source = openSource(options.source)
  /** By part and index, the position from which on it is missing. */
  const from = {
    train: new Map<number, number>(),
    val: new Map<number, number>(),
    test: new Map<number, number>(),
  }
  const untaken = { train: new Set<number>(), val: new Set<number>(), test: new Set<number>() }
  const known = new Map(options.unreadable.map(({ imageId, fromPosition }) => [imageId, fromPosition]))
  for (const part of splitParts) {
    images[part].ids.forEach((id, index) => {
      const position = known.get(id)
      if (position !== undefined) from[part].set(index, position)
    })
  }
  const isKnown = (part: SplitPart, index: number): boolean => from[part].has(index)
  let newCount = 0
  let judgedCount = 0
  /** All files are looked at when so many have failed: with the first, and each time that they have doubled. */
  let surveyAt = 1
  let judging: Promise<void> = Promise.resolve()

  async function judgeNew(): Promise<void> {
    if (newCount === judgedCount) return
    judgedCount = newCount
    const problem = await source.problem()
    const imageCount = splitParts.reduce((sum, part) => sum + images[part].ids.length, 0)
    if (problem !== null) throw sourceMissing(source.words, imageCount, problem.reason, 'during')
    const refused = options.refused?.() ?? null
    if (refused !== null) throw refused
    if (newCount < surveyAt) return refuse(isKnown)
    surveyAt = 2 * newCount
    // what has failed may be the first of many: nothing shall be trained between the first and the last, and what is said is of all
    const gone = await survey()
    refuse(gone === null ? isKnown : (part, index) => isKnown(part, index) || gone[part].has(index))
  }

  /** null: stopped. */
  async function survey(): Promise<Record<SplitPart, Set<number>> | null> {
    const gone = { train: new Set<number>(), val: new Set<number>(), test: new Set<number>() }
    for (const part of splitParts) {
      const stopped = options.stopped ?? ((): boolean => false)
      const checked = await source.check(images[part].keys, { facts: null, stopped })
      if (checked === null) return null
      for (const index of checked.missing.keys()) gone[part].add(index)
    }
    return gone
  }

  function refuse(isMissing: (part: SplitPart, index: number) => boolean): void {
    const found = tooManyMissing(images, isMissing)
    if (found !== null) throw imagesMissing(found, source.words, options.classNames, 'during')
  }

  return {
    of: (part) => ({
      isMissing: (index, position) => position >= (from[part].get(index) ?? Infinity),
      note(index, position) {
        const before = from[part].get(index)
        if (before !== undefined && before <= position) return
        if (before === undefined) newCount += 1
        from[part].set(index, position)
        untaken[part].add(index)
      },
      judge() {
        judging = judging.then(judgeNew)
        return judging
      },
    }),
    take(part, endPosition) {
      const found: UnreadableImage[] = []
      for (const index of untaken[part]) {
        const fromPosition = from[part].get(index) ?? Infinity
        if (fromPosition >= endPosition) continue
        untaken[part].delete(index)
        const reason = reasonOf(images[part].keys[index] ?? '')
        found.push({ imageId: images[part].ids[index] ?? 0, fromPosition, reason })
      }
      return found.sort((one, other) => one.fromPosition - other.fromPosition)
    },
  }
}

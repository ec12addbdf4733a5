/** Labelling images that came without labels: what comes next, and what is suggested. The labels themselves are the log's (main/labels). */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { probeFromLabels, type LabellingImage, type LabellingState } from '../../contract/entities/labelling'
import { WorkbenchError } from '../../contract/errors'
import { inTurns } from '../../domain/in-turns'
import { identityOf } from '../../domain/labels/label-log'
import { namesFrom, sureFrom } from '../../domain/labelling/sure-enough'
import { unlabelledName } from '../../domain/labels/unlabelled'
import { permutation, purpose } from '../../domain/random'
import type { ServiceContext } from '../app/context'
import type { DomainHandlers } from '../app/handlers'
import { currentSplit } from '../store/column-pages'
import { getDataset } from '../store/datasets/datasets'
import type { FeatureStore } from '../store/features'
import { labelLog } from '../store/labels/label-events'
import { searchPending } from '../store/labels/label-version'
import { unlabelledImages, type UnlabelledImage } from '../store/datasets/unlabelled-images'
import { createPace, type Pace } from '../tasks/pace'
import { createNearest } from './nearest'
import { suggest, type LabelledImage, type Suggestion, type Suggestions } from './suggestions'
import type { FeatureModelOf } from './feature-model'

/** New labels after which the probe is made again; more where there are many. */
const fewLabels = 5
const shareOfLabels = 0.04

export interface LabellingParts {
  readonly store: FeatureStore
  readonly modelOf: FeatureModelOf
  isTraining(): boolean
}

interface Bench {
  suggestions: Suggestions | null
  /** Labels that they were made with. */
  madeOf: number
  /** What features there were then. */
  madeAt: number
  making: Promise<void> | null
  /** Why they could not be made, until someone was told. */
  failed: unknown
  /** Images without features, as counted last. */
  missing: { readonly splitId: number; readonly revision: number; readonly count: number } | null
}

interface Standing {
  readonly labelled: readonly LabelledImage[]
  readonly open: readonly UnlabelledImage[]
  readonly excludedCount: number
  /** In the order in which they came. */
  readonly classes: ReadonlyMap<string, number>
}

export function labellingHandlers(
  context: ServiceContext,
  { store, modelOf, isTraining }: LabellingParts,
): { handlers: DomainHandlers<'labelling'>; close(): Promise<void> } {
  const { db, emit } = context
  const closing = new AbortController()
  const benches = new Map<number, Bench>()
  const nearest = createNearest(store)
  const lists = new Map<number, { splitId: number; images: UnlabelledImage[] }>()
  const pace = (): Pace => createPace(isTraining, closing.signal)

  /** Throws 'unsupported' where its source gave labels. */
  function imagesOf(datasetId: number): UnlabelledImage[] {
    const { splitId } = currentSplit(db, datasetId)
    const known = lists.get(datasetId)
    if (known?.splitId === splitId) return known.images
    const images = unlabelledImages(db, datasetId)
    if (images.length === 0) throw hasLabels(getDataset(db, datasetId).name)
    lists.set(datasetId, { splitId, images })
    return images
  }

  function standingOf(datasetId: number): Standing {
    const images = imagesOf(datasetId)
    const { states } = labelLog(db, datasetId)
    const labelled: LabelledImage[] = []
    const open: UnlabelledImage[] = []
    let excludedCount = 0
    for (const image of images) {
      const state = states.get(identityOf(image))
      if (state?.excluded === true) excludedCount++
      else if (state === undefined || state.className === null || state.className === unlabelledName)
        open.push(image)
      else labelled.push({ image, className: state.className })
    }
    const classes = new Map<string, number>()
    for (const { className, excluded } of states.values())
      if (className !== null && className !== unlabelledName && !excluded)
        classes.set(className, (classes.get(className) ?? 0) + 1)
    return { labelled, open, excludedCount, classes }
  }

  function benchOf(datasetId: number): Bench {
    let bench = benches.get(datasetId)
    if (bench === undefined)
      benches.set(
        datasetId,
        (bench = { suggestions: null, madeOf: 0, madeAt: 0, making: null, failed: null, missing: null }),
      )
    return bench
  }

  /** Makes the probe again where enough was said since; never waits for it. */
  function keepUp(datasetId: number, standing: Standing): void {
    const bench = benchOf(datasetId)
    const { labelled, open } = standing
    if (bench.making !== null || closing.signal.aborted) return
    if (labelled.length < probeFromLabels) {
      bench.suggestions = null
      bench.madeOf = 0
      return
    }
    const few = Math.max(fewLabels, Math.round(labelled.length * shareOfLabels))
    const covered = bench.suggestions?.of.size ?? 0
    const mayCoverMore = bench.madeAt !== store.revision && covered < Math.min(open.length, 1000) / 2
    if (bench.madeOf > 0 && !mayCoverMore && Math.abs(labelled.length - bench.madeOf) < few) return
    bench.making = make(datasetId, bench, standing)
      .catch((thrown: unknown) => {
        if (!closing.signal.aborted) bench.failed = thrown
      })
      .finally(() => (bench.making = null))
  }

  async function make(datasetId: number, bench: Bench, { labelled }: Standing): Promise<void> {
    const { key } = await modelOf(datasetId)
    const madeAt = store.revision
    const made = await suggest(store, key, labelled, imagesOf(datasetId), pace())
    bench.suggestions = made
    bench.madeOf = labelled.length
    bench.madeAt = madeAt
    if (made !== null) emit({ type: 'labelling-changed', datasetId })
  }

  async function missingCount(
    datasetId: number,
    bench: Bench,
    images: readonly UnlabelledImage[],
  ): Promise<number> {
    const { splitId } = currentSplit(db, datasetId)
    const { revision } = store
    const known = bench.missing
    if (known?.splitId === splitId && known.revision === revision) return known.count
    const { key } = await modelOf(datasetId)
    const rests = pace()
    let count = 0
    for (const { contentHash } of images) {
      if (!store.has(key, contentHash)) count++
      await rests.between()
    }
    bench.missing = { splitId, revision, count }
    return count
  }

  async function state(datasetId: number, standing: Standing): Promise<LabellingState> {
    const images = imagesOf(datasetId)
    const bench = benchOf(datasetId)
    const { suggestions, failed } = bench
    bench.failed = null
    if (failed !== null) throw failed
    const { said } = await inTurns(searchPending(db, datasetId), nextTurn)
    return {
      datasetId,
      imageCount: images.length - standing.excludedCount,
      labelledCount: standing.labelled.length,
      excludedCount: standing.excludedCount,
      inVersion: { labelled: said.corrected - said.excluded, excluded: said.excluded },
      classes: [...standing.classes].map(([name, count]) => ({ name, count })),
      missingCount: await missingCount(datasetId, bench, images),
      probe:
        suggestions === null
          ? null
          : {
              ...{ trainedOn: suggestions.trainedOn, accuracy: suggestions.accuracy },
              namesFrom: namesFrom(suggestions.classNames.length),
            },
    }
  }

  return {
    handlers: {
      'labelling.state': async ({ datasetId }) => {
        const standing = standingOf(datasetId)
        keepUp(datasetId, standing)
        return state(datasetId, standing)
      },
      'labelling.next': async ({ datasetId, order, skip, inHand, limit }) => {
        const standing = standingOf(datasetId)
        keepUp(datasetId, standing)
        const { suggestions } = benchOf(datasetId)
        const skipped = new Set(skip)
        const open = standing.open.filter(({ imageId }) => !skipped.has(imageId))
        if (order === 'chance' || suggestions === null)
          return { className: null, images: byChance(open, limit).map((image) => shown(image, suggestions)) }
        if (order === 'unsure') {
          const first = open.filter(({ imageId }) => imageId === inHand)
          const others = open.filter(({ imageId }) => imageId !== inHand)
          const images = [...first, ...unsure(others, suggestions, Math.max(0, limit - first.length))]
          return { className: null, images: images.map((one) => shown(one, suggestions)) }
        }
        const sure = surest(open, suggestions, limit)
        return { className: sure.className, images: sure.images.map((image) => shown(image, suggestions)) }
      },
      'labelling.alike': async ({ datasetId, imageId, limit }) => {
        const { open } = standingOf(datasetId)
        const { suggestions } = benchOf(datasetId)
        const { key } = await modelOf(datasetId)
        const all = imagesOf(datasetId)
        const asked = all.find((image) => image.imageId === imageId)
        if (asked === undefined)
          throw new WorkbenchError('not-found', `There is no image ${imageId} to label.`)
        const near = await nearest.to(key, asked, all, open, limit, pace())
        return near.map(({ image, likeness }) => ({ ...shown(image, suggestions), likeness }))
      },
    },
    close: async () => {
      closing.abort(new WorkbenchError('cancelled', 'The workbench is closing.'))
      await Promise.all([...benches.values()].map(({ making }) => making))
    },
  }
}

function shown({ imageId, key, aspect }: UnlabelledImage, suggestions: Suggestions | null): LabellingImage {
  const found = suggestions?.of.get(imageId)
  return {
    imageId,
    path: key,
    aspect,
    suggestions:
      found === undefined || suggestions === null
        ? []
        : found.classIndices.map((index, place) => ({
            className: suggestions.classNames[index] ?? '',
            probability: found.probabilities[place] ?? 0,
          })),
  }
}

/** The same order every time, and with whatever was labelled before. */
function byChance(open: readonly UnlabelledImage[], limit: number): UnlabelledImage[] {
  const mixed = open.map((image) => ({ image, draw: permutationDraw(image.imageId) }))
  mixed.sort((one, other) => one.draw - other.draw || one.image.imageId - other.image.imageId)
  return mixed.slice(0, limit).map(({ image }) => image)
}

const draws = permutation(1 << 16, 0, purpose.order)

function permutationDraw(imageId: number): number {
  return draws[imageId % draws.length] ?? 0
}

function unsure(open: readonly UnlabelledImage[], { of }: Suggestions, limit: number): UnlabelledImage[] {
  const margin = (found: Suggestion | undefined): number =>
    found === undefined ? 2 : (found.probabilities[0] ?? 0) - (found.probabilities[1] ?? 0)
  return open
    .map((image) => ({ image, margin: margin(of.get(image.imageId)) }))
    .sort((one, other) => one.margin - other.margin)
    .slice(0, limit)
    .map(({ image }) => image)
}

/** Of the class with the most images of which the probe is sure, else sure enough; null: it is so of none. */
function surest(
  open: readonly UnlabelledImage[],
  { of, classNames }: Suggestions,
  limit: number,
): { className: string | null; images: UnlabelledImage[] } {
  const found = open.flatMap((image) => {
    const suggestion = of.get(image.imageId)
    const [classIndex = -1] = suggestion?.classIndices ?? []
    return classIndex === -1 ? [] : [{ image, classIndex, probability: suggestion?.probabilities[0] ?? 0 }]
  })
  for (const least of [sureFrom, namesFrom(classNames.length)]) {
    const sure = found.filter(({ probability }) => probability >= least)
    const counts = classNames.map((_, index) => sure.filter(({ classIndex }) => classIndex === index).length)
    const most = Math.max(...counts)
    if (most === 0) continue
    const ofClass = sure.filter(({ classIndex }) => classIndex === counts.indexOf(most))
    ofClass.sort((one, other) => other.probability - one.probability)
    return {
      className: classNames[counts.indexOf(most)] ?? null,
      images: ofClass.slice(0, limit).map(({ image }) => image),
    }
  }
  return { className: null, images: [] }
}

function hasLabels(name: string): WorkbenchError {
  return new WorkbenchError(
    'unsupported',
    `The images of "${name}" came with labels.`,
    'Correct them where they are shown, or import the folder again and say that its folders are no classes.',
  )
}

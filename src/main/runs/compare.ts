/** Two runs held to each other, image by image, both under the labels of now: so that models are compared, not labels. */
import type { ComparedImage, Comparison, ComparisonGroup } from '../../contract/entities/comparison'
import type { SplitPart } from '../../contract/entities/dataset'
import type { Run } from '../../contract/entities/run'
import { WorkbenchError } from '../../contract/errors'
import { countGroups, groupOf } from '../../domain/comparison/compare'
import { classNow } from '../../domain/labels/find-label'
import { accuracyOf } from '../../domain/rules/interval'
import { mcnemarExact } from '../../domain/statistics/mcnemar'
import type { ServiceContext } from '../app/context'
import { evaluatedImages, setOfPart, splitOfSet, type EvaluatedImage } from '../store/runs/evaluated-images'
import { currentSplit } from '../store/column-pages'
import { labelRevision, storedLabels } from '../store/labels/label-events'
import { predictionBlocks } from '../store/runs/prediction-set-read'
import { getPredictionSet } from '../store/runs/prediction-sets'
import { partCode } from '../store/datasets/split-parts'
import { getRun } from '../store/runs/runs'
import { classNamesOf } from '../store/datasets/splits'
import type { Db } from '../store/statement'

export interface Question {
  readonly first: number
  readonly second: number
  readonly part?: SplitPart | undefined
}

interface JudgedImage extends ComparedImage {
  readonly group: ComparisonGroup
  /** Its label is another now than in one of the evaluations. */
  readonly isRelabelled: boolean
}

interface Answer {
  readonly key: string
  readonly comparison: Comparison
  readonly images: readonly JudgedImage[]
}

/** Rows that are read between two looks at other work. */
const rowsAtOnce = 2048

/** Keeps the last comparison: its galleries ask for it page by page. */
export function createComparer({ db }: Pick<ServiceContext, 'db'>): (question: Question) => Promise<Answer> {
  let last: Answer | null = null
  return async (question) => {
    const [first, second] = [getRun(db, question.first), getRun(db, question.second)]
    const part = question.part ?? second.evaluatedOn ?? first.evaluatedOn
    if (part === null) throw noPredictions(second, null)
    const [firstSet, secondSet] = [setFor(db, first, part), setFor(db, second, part)]
    const ids = [first.datasetId, second.datasetId]
    const revisions = ids.map((id) => labelRevision(db, id))
    // what the log says of an image also depends on which images are there now
    const splits = ids.map((id) => currentSplit(db, id).splitId)
    const key = JSON.stringify([firstSet, secondSet, revisions, splits])
    if (last?.key === key) return last
    last = {
      key,
      ...(await compare(
        db,
        part,
        firstSet,
        secondSet,
        revisions.every((at) => at === 0),
      )),
    }
    return last
  }
}

export function setFor(db: Db, run: Run, part: SplitPart): number {
  const id = setOfPart(db, run.id, partCode(part))
  if (id === null) throw noPredictions(run, part)
  return id
}

async function compare(
  db: Db,
  part: SplitPart,
  firstSet: number,
  secondSet: number,
  isUnlabelled: boolean,
): Promise<Omit<Answer, 'key'>> {
  const before = new Map<string, Said>()
  for await (const said of readSet(db, firstSet)) before.set(identityOf(said.image), said)
  const { datasetId = 0 } = splitOfSet(db, secondSet) ?? {}
  const labelOf = storedLabels(db, datasetId)
  const images: JudgedImage[] = []
  const byContent = contents(before)
  let [onlySecond, excluded] = [0, 0]
  const matched = new Set<string>()
  for await (const now of readSet(db, secondSet)) {
    const was = before.get(identityOf(now.image)) ?? byContent.get(now.image.contentHash)
    if (was === undefined) {
      onlySecond++
      continue
    }
    matched.add(was.image.contentHash)
    const state = isUnlabelled ? null : labelOf(now.image)
    if (state?.excluded === true) {
      excluded++
      continue
    }
    const label = classNow(state, now.label)
    const isRelabelled = label !== was.label || label !== now.label
    const judged = { label, first: was.said.className, second: now.said.className }
    const { imageId, key: path, aspect } = now.image
    images.push({
      ...{ imageId, path, aspect, label, first: was.said, second: now.said },
      ...{ group: groupOf(judged), isRelabelled },
    })
  }
  if (images.length === 0) throw nothingInCommon(part)
  const { counts, classes } = countGroups(
    images.map(({ label, first, second }) => ({ label, first: first.className, second: second.className })),
  )
  return {
    images,
    comparison: {
      part,
      counts,
      classes,
      first: accuracyOf(counts.right + counts.broken, images.length),
      second: accuracyOf(counts.right + counts.fixed, images.length),
      p: mcnemarExact(counts.fixed, counts.broken),
      onlyFirst: [...before.values()].filter(({ image }) => !matched.has(image.contentHash)).length,
      onlySecond,
      excluded,
      ...{ firstSet: besideResults(db, firstSet), secondSet: besideResults(db, secondSet) },
      relabelled: images.filter(({ isRelabelled }) => isRelabelled).length,
    },
  }
}

/** null: it is the run's results, which need no number. */
function besideResults(db: Db, setId: number): number | null {
  return getPredictionSet(db, setId).isResult ? null : setId
}

export interface Said {
  readonly image: EvaluatedImage
  /** As it was evaluated. */
  readonly label: string
  readonly said: ComparedImage['first']
}

/** In the order of the evaluation; other work comes in between. */
export async function* readSet(db: Db, setId: number): AsyncGenerator<Said> {
  const { splitId = 0 } = splitOfSet(db, setId) ?? {}
  const names = classNamesOf(db, splitId)
  const nameOf = (index: number | undefined): string => names[index ?? -1] ?? `class ${String(index)}`
  for (const block of predictionBlocks(db, setId)) {
    const { rowCount, imageIds, labels, topCount, topIndices, topProbabilities } = block
    for (let from = 0; from < rowCount; from += rowsAtOnce) {
      const to = Math.min(rowCount, from + rowsAtOnce)
      const found = new Map(
        evaluatedImages(db, imageIds.subarray(from, to)).map((image) => [image.imageId, image]),
      )
      for (let row = from; row < to; row++) {
        const image = found.get(imageIds[row] ?? -1)
        if (image === undefined) continue
        const said = {
          className: nameOf(topIndices[row * topCount]),
          probability: topProbabilities[row * topCount] ?? 0,
        }
        yield { image, label: nameOf(labels[row]), said }
      }
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
  }
}

export function identityOf({ contentHash, key }: EvaluatedImage): string {
  return `${contentHash} ${key}`
}

/** Where a file has moved between two versions. */
function contents(said: ReadonlyMap<string, Said>): Map<string, Said> {
  return new Map([...said.values()].map((one) => [one.image.contentHash, one]))
}

export function nothingInCommon(part: SplitPart): WorkbenchError {
  return new WorkbenchError(
    'not-found',
    `The two runs were evaluated on no image in common of the ${part} part.`,
    'Compare runs of the same dataset and split.',
  )
}

function noPredictions(run: Run, part: SplitPart | null): WorkbenchError {
  return new WorkbenchError(
    'not-found',
    `The run "${run.name}" has no predictions${part === null ? '' : ` of the ${part} part`}.`,
    'Compare runs that were evaluated on the same part.',
  )
}

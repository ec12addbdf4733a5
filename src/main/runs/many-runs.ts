/** Any number of runs held to each other, image by image, under the labels of now; and what led to them. */
import type { ManyImage, ManyRuns } from '../../contract/entities/many-runs'
import type { SplitPart } from '../../contract/entities/dataset'
import { WorkbenchError } from '../../contract/errors'
import { classNow } from '../../domain/labels/find-label'
import { readQuery } from '../../domain/query/bind'
import { foundRows, type RowValue } from '../../domain/query/match-row'
import { accuracyOf } from '../../domain/rules/interval'
import { mcnemarExact } from '../../domain/statistics/mcnemar'
import type { ServiceContext } from '../app/context'
import type { DomainHandlers } from '../app/handlers'
import { splitOfSet } from '../store/runs/evaluated-images'
import { labelRevision, storedLabels } from '../store/labels/label-events'
import { getRun } from '../store/runs/runs'
import type { Db } from '../store/statement'
import { identityOf, nothingInCommon, readSet, setFor } from './compare'
import { lineageOf } from './lineage'

interface Compared {
  readonly key: string
  readonly summary: ManyRuns
  readonly images: readonly ManyImage[]
}

/** Keeps the last comparison: its galleries ask for it page by page. */
export function manyRunsHandlers({ db }: Pick<ServiceContext, 'db'>): DomainHandlers<'many'> {
  let last: Compared | null = null
  async function compared(ids: readonly number[], asked: SplitPart | undefined): Promise<Compared> {
    const runs = ids.map((id) => getRun(db, id))
    const part = asked ?? runs[0]?.evaluatedOn ?? 'test'
    const sets = runs.map((run) => setFor(db, run, part))
    const revisions = runs.map(({ datasetId }) => labelRevision(db, datasetId))
    const key = JSON.stringify([sets, revisions])
    if (last?.key !== key) last = { key, ...(await compare(db, ids, part, sets)) }
    return last
  }
  return {
    'many.compare': async ({ ids, part }) => (await compared(ids, part)).summary,
    'many.images': async ({ ids, part, query, offset, limit }) => {
      const { bound, faults } = readQuery(query, 'compared', { classNames: [] })
      const [first] = faults
      if (first !== undefined)
        throw new WorkbenchError('bad-input', first.message, '', { span: { from: first.from, to: first.to } })
      const { images } = await compared(ids, part)
      const runs = ids.map((id) => [String(id), getRun(db, id).name])
      const found = foundRows(images, bound, imageRow(runs))
      return { total: found.length, images: found.slice(offset, offset + limit) }
    },
    'many.lineage': async ({ ids }) => lineageOf(db, ids),
  }
}

/** `runs`: what each is called by. */
const imageRow =
  (runs: readonly (readonly string[])[]) =>
  ({ path, label, right, said }: ManyImage): RowValue => {
    const values: Readonly<Record<string, ReturnType<RowValue>>> = {
      ...{ path, label, right, predicted: said },
      correct: runs.filter((_, at) => said[at] === label).flat(),
    }
    return (column) => values[column] ?? null
  }

async function compare(
  db: Db,
  ids: readonly number[],
  part: SplitPart,
  sets: readonly number[],
): Promise<Omit<Compared, 'key'>> {
  const said = new Map<string, { readonly image: Omit<ManyImage, 'label' | 'right'>; label: string }>()
  const evaluated: number[] = []
  for (const [at, setId] of sets.entries()) {
    const { datasetId = 0 } = splitOfSet(db, setId) ?? {}
    const labelOf = at === 0 ? storedLabels(db, datasetId) : null
    let count = 0
    for await (const one of readSet(db, setId)) {
      count++
      const key = identityOf(one.image)
      if (labelOf !== null) {
        const state = labelOf(one.image)
        if (state?.excluded === true) continue
        const { imageId, key: path, aspect } = one.image
        const label = classNow(state, one.label)
        said.set(key, { image: { imageId, path, aspect, said: [one.said.className] }, label })
      } else {
        const known = said.get(key)
        // Each run once, and only where all before it know the image.
        if (known?.image.said.length === at) known.image.said.push(one.said.className)
      }
    }
    evaluated.push(count)
  }
  const images = [...said.values()]
    .filter(({ image }) => image.said.length === ids.length)
    .map(({ image, label }) => ({
      ...image,
      label,
      right: image.said.filter((name) => name === label).length,
    }))
  if (images.length === 0) throw nothingInCommon(part)
  return { images, summary: summaryOf(ids, part, images, evaluated) }
}

function summaryOf(
  ids: readonly number[],
  part: SplitPart,
  images: readonly ManyImage[],
  evaluated: readonly number[],
): ManyRuns {
  const correct = ids.map(() => 0)
  const rightCounts = Array.from({ length: ids.length + 1 }, () => 0)
  const classes = new Map<string, { name: string; total: number; right: number[] }>()
  const onlySecond = ids.map(() => ids.map(() => 0))
  for (const { label, right, said } of images) {
    rightCounts[right] = (rightCounts[right] ?? 0) + 1
    const ofClass = classes.get(label) ?? { name: label, total: 0, right: ids.map(() => 0) }
    classes.set(label, ofClass)
    ofClass.total++
    const isRight = said.map((name) => name === label)
    for (const [at, its] of isRight.entries()) {
      if (!its) continue
      correct[at] = (correct[at] ?? 0) + 1
      ofClass.right[at] = (ofClass.right[at] ?? 0) + 1
      for (const [other, others] of isRight.entries()) {
        const row = onlySecond[other]
        if (!others && row !== undefined) row[at] = (row[at] ?? 0) + 1
      }
    }
  }
  return {
    ...{ part, imageCount: images.length, rightCounts },
    runs: ids.map((id, at) => ({
      id,
      accuracy: accuracyOf(correct[at] ?? 0, images.length),
      leftOut: Math.max(0, (evaluated[at] ?? 0) - images.length),
    })),
    classes: [...classes.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    pairs: ids.flatMap((first, at) =>
      ids.slice(at + 1).map((second, turn) => {
        const other = at + 1 + turn
        const [fixed, broken] = [onlySecond[at]?.[other] ?? 0, onlySecond[other]?.[at] ?? 0]
        return { first, second, fixed, broken, p: mcnemarExact(fixed, broken) }
      }),
    ),
  }
}

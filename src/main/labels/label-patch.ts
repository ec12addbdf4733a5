/** The corrections of a dataset as CSV, for another home or another copy of the dataset: told by content, so that names and places may differ. */
import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { CsvError, parse } from 'csv-parse'
import { labelChangeSchema, type LabelChange, type PatchResult } from '../../contract/entities/label'
import { WorkbenchError } from '../../contract/errors'
import { lineEnds } from '../files/line-ends'
import { typedName } from '../../domain/names'
import { csvLine } from '../report/csv'
import { contentAndClass, imagesOfContent } from '../store/labels/label-images'
import { labelLog, lastWriters, storedLabels, type NewLabelEvent } from '../store/labels/label-events'
import type { Db } from '../store/statement'
import { isChange } from './label-change'

const columns = ['content_hash', 'path', 'kind', 'from', 'to', 'at', 'by'] as const
type Row = Readonly<Record<(typeof columns)[number], string>>

/** Rows between two pauses, of about ten milliseconds, and bytes that are read at once. */
const rowsAtOnce = 100
const pieceBytes = 65_536

/** Misfits that are told one by one. */
const mostMisfits = 1000

/** A line for each class, exclusion, note and tag that the log says now. */
export function labelPatch(db: Db, datasetId: number): { text: string; count: number } {
  const writers = lastWriters(db, datasetId)
  const lines: string[] = []
  for (const [identity, state] of labelLog(db, datasetId).states) {
    const { image, className, sourceClass, excluded, note, tags } = state
    const { atMs = 0, byWhom = '' } = writers.get(identity) ?? {}
    const add = (kind: LabelChange['kind'], from: string, to: string): void => {
      lines.push(
        csvLine([image.contentHash, image.key, kind, from, to, new Date(atMs).toISOString(), byWhom]),
      )
    }
    if (className !== null && className !== sourceClass) add('label', sourceClass ?? '', className)
    if (excluded) add('exclude', '', '')
    if (note !== '') add('note', '', note)
    for (const tag of tags) add('tag', '', tag)
  }
  return { text: csvLine(columns) + lines.join(''), count: lines.length }
}

/**
 * What a patch would change, and what does not fit; what holds already is counted. An image is found by its content: at the path of the line, else
 * everywhere. Where two lines say something else of the same, the later one holds, as in a log. Lets others come in between. Throws 'bad-input' where the text is no patch.
 */
export async function readPatch(
  db: Db,
  datasetId: number,
  text: string,
): Promise<Omit<PatchResult, 'changed'> & { events: NewLabelEvent[] }> {
  const said = new Map<string, { readonly imageId: number; readonly change: LabelChange }>()
  const misfits: PatchResult['misfits'] = []
  let [misfitCount, already, line] = [0, 0, 1]
  for await (const row of readRows(text)) {
    line++
    if (line % rowsAtOnce === 0) await nextTurn()
    const misfit = (reason: string): void => {
      misfitCount++
      if (misfits.length < mostMisfits) misfits.push({ line, path: row.path, reason })
    }
    const change = changeOf(row)
    if (typeof change === 'string') {
      misfit(change)
      continue
    }
    if (!/^[0-9a-f]{16,64}$/.test(row.content_hash)) {
      misfit('It names no content.')
      continue
    }
    const same = imagesOfContent(db, datasetId, row.content_hash)
    const exact = same.filter(({ key }) => key === row.path)
    const found = exact.length > 0 ? exact : same
    if (found.length === 0) misfit('The dataset has no image with this content.')
    for (const { imageId } of found) said.set(`${String(imageId)} ${subjectOf(change)}`, { imageId, change })
  }
  const labelOf = storedLabels(db, datasetId)
  const events: NewLabelEvent[] = []
  let looked = 0
  for (const { imageId, change } of said.values()) {
    if (++looked % rowsAtOnce === 0) await nextTurn()
    const image = contentAndClass(db, imageId)
    if (image === null) continue
    const state = labelOf(image)
    const fromClass = state?.className ?? image.className
    if (isChange(change, state, fromClass)) events.push({ imageId, change, fromClass })
    else already++
  }
  return { events, already, misfits, misfitCount }
}

/** What of an image it is about: two changes of the same do not hold together. */
function subjectOf(change: LabelChange): string {
  if (change.kind === 'tag' || change.kind === 'untag') return `tag ${change.tag}`
  return change.kind === 'restore' ? 'exclude' : change.kind
}

/** Or why it is none, a sentence. */
function changeOf({ kind, to }: Row): LabelChange | string {
  const parsed = labelChangeSchema.safeParse({ kind, className: to, text: to, tag: to })
  if (!parsed.success)
    return isKind(kind) ? `Its ${kind} is too long.` : `"${kind.slice(0, 40)}" is no kind of correction.`
  const change = parsed.data
  try {
    if (change.kind === 'label') return { ...change, className: typedName(to, 'class') }
    if (change.kind === 'tag' || change.kind === 'untag') return { ...change, tag: typedName(to, 'tag') }
    return change
  } catch (thrown) {
    return thrown instanceof WorkbenchError ? thrown.message : String(thrown)
  }
}

const isKind = (word: string): boolean =>
  labelChangeSchema.options.some(({ shape }) => shape.kind.value === word)

/** In pieces: the whole of a long text would take a second. */
async function* readRows(text: string): AsyncGenerator<Row> {
  let hasHead = false
  const parser = Readable.from(pieces(text)).pipe(
    parse({
      columns: (head: string[]) => {
        hasHead = true
        const missing = columns.slice(0, 5).filter((name) => !head.includes(name))
        if (missing.length > 0) throw noPatch(`It has no column "${missing.join('", "')}"`)
        return head
      },
      bom: true,
      skip_empty_lines: true,
      relax_column_count: true,
      max_record_size: 1e6,
      record_delimiter: lineEnds,
    }),
  )
  try {
    for await (const row of parser as AsyncIterable<Partial<Row>>) {
      yield {
        content_hash: row.content_hash ?? '',
        path: row.path ?? '',
        kind: row.kind ?? '',
        from: row.from ?? '',
        to: row.to ?? '',
        at: row.at ?? '',
        by: row.by ?? '',
      }
    }
  } catch (cause) {
    if (cause instanceof CsvError) throw noPatch(cause.message)
    throw cause
  }
  if (!hasHead) throw noPatch('It is empty')
}

function* pieces(text: string): Generator<Buffer> {
  const bytes = Buffer.from(text)
  for (let from = 0; from < bytes.length; from += pieceBytes) yield bytes.subarray(from, from + pieceBytes)
}

function noPatch(reason: string): WorkbenchError {
  return new WorkbenchError(
    'bad-input',
    `The file is not a patch of labels: ${reason.replace(/\.$/, '')}.`,
    `Its first line is: ${columns.join(',')}. Nothing was changed.`,
  )
}

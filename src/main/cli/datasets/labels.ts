/** Corrections of labels on the command line. */
import type { ImageChoice } from '../../../contract/entities/image-choice'
import type { BulkChange, LabelsSummary } from '../../../contract/entities/label'
import { WorkbenchError } from '../../../contract/errors'
import { newFile } from '../../files/new-file'
import type { CliContext } from '../context'
import { findDataset, findRun } from './find'
import { count, plural, table } from '../text/format'
import { type AnyCore, withAnyCore, withReading } from '../machine/open'
import { pathArgument } from '../path-argument'
import { withCaret } from '../text/query-caret'
import { wholeList } from '../runs/whole-list'

export interface LabelOptions {
  readonly class?: string
  readonly exclude?: boolean
  readonly restore?: boolean
  readonly note?: string
  readonly tag?: string
  readonly untag?: string
  readonly prediction?: boolean
  readonly query?: string
  readonly run?: string
}

/** Lines that did not fit and are written out. */
const shownMisfits = 20

export function runLabelList(context: CliContext, wanted: string): Promise<number> {
  return withReading(context, 'labels list', async (call) => {
    const { id, name } = await findDataset(call, wanted)
    const { output } = context
    const limit = 1000
    const rows: string[][] = []
    for (let offset = 0; ; offset += limit) {
      const { total, labels } = await call('labels.list', { datasetId: id, offset, limit })
      for (const label of labels) {
        output.record({ type: 'label', datasetId: id, label })
        const { path, className, excluded, note, tags } = label
        rows.push([path, className ?? '', excluded ? 'excluded' : '', tags.join(' '), note])
      }
      if (offset + limit >= total) break
    }
    const summary = await call('labels.summary', { datasetId: id })
    output.record({ type: 'labels-summary', summary })
    if (rows.length === 0) output.print(`Nothing of "${name}" was corrected.`)
    else
      output.print(`${table([['image', 'class', '', 'tags', 'note'], ...rows])}\n\n${pendingText(summary)}`)
    return 0
  })
}

export async function runLabelSet(
  context: CliContext,
  wanted: string,
  paths: readonly string[],
  options: LabelOptions,
): Promise<number> {
  const change = changeOf(options)
  return withAnyCore(context, 'labels set', async (core) => {
    const { id } = await findDataset(core.call, wanted)
    const choice = await choiceOf(core, id, paths, options)
    const { chosen, changed, summary } = await withCaret(options.query ?? '', () =>
      core.call('labels.applyTo', { datasetId: id, choice, change }),
    )
    context.output.record({ type: 'labels-changed', chosen, changed, summary })
    const nothing = chosen === 0 ? 'The query finds no image.' : 'Nothing changed: it was so already.'
    context.output.print(
      `${changed === 0 ? nothing : `${plural(changed, 'image')} changed.`} ${pendingText(summary)}`,
    )
    return 0
  })
}

async function choiceOf(
  core: AnyCore,
  datasetId: number,
  paths: readonly string[],
  { query, run }: LabelOptions,
): Promise<ImageChoice> {
  if ((query === undefined) === (paths.length === 0) || (query === undefined && run !== undefined)) {
    throw new WorkbenchError(
      'bad-input',
      'It is not said which images.',
      'Give paths within the dataset, or --query "…", with --run RUN where it is about predictions. Nothing was changed.',
    )
  }
  if (query !== undefined)
    return { query, ...(run === undefined ? {} : { runId: (await findRun(core.call, run)).id }) }
  const imageIds: number[] = []
  for (const path of paths) imageIds.push(await imageAt(core, datasetId, path))
  return { imageIds }
}

/** Who did what when, the newest first. */
export function runLabelHistory(context: CliContext, wanted: string, most: number): Promise<number> {
  return withReading(context, 'labels history', async (call) => {
    const { id, name } = await findDataset(call, wanted)
    const { output } = context
    const { total, items } = await wholeList(most, async ({ offset, limit }) => {
      const range = { offset, limit: Math.min(limit, 1000) }
      const page = await call('labels.history', { datasetId: id, ...range })
      return { total: page.total, items: page.groups }
    })
    for (const group of items) output.record({ type: 'label-group', datasetId: id, group })
    if (total === 0) output.print(`Nothing of "${name}" was corrected or judged.`)
    else {
      const rows = items.map(({ id: number, atMs, byWhom, text, undone }) => {
        const at = new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')
        return [String(number), at, byWhom, text, undone === null ? '' : `taken back by ${undone.byWhom}`]
      })
      output.print(table([['number', 'at (UTC)', 'by', 'what', ''], ...rows]))
      output.print(`\n${count(items.length)} of ${count(total)}.`)
    }
    return 0
  })
}

/** `group`: that one alone, by its number in the history; else the last. */
export function runLabelUndo(
  context: CliContext,
  wanted: string,
  kind: 'undo' | 'redo',
  group?: number,
): Promise<number> {
  return withAnyCore(context, `labels ${kind}`, async (core) => {
    const { id } = await findDataset(core.call, wanted)
    const { text, summary } =
      group === undefined
        ? await core.call(`labels.${kind}`, { datasetId: id })
        : await core.call('labels.turn', { datasetId: id, groupId: group, stands: kind === 'redo' })
    context.output.record({ type: 'labels-changed', text, summary })
    context.output.print(
      text === null
        ? `There is nothing to ${kind}.`
        : `${kind === 'undo' ? 'Undone' : 'Done again'}: ${text}. ${pendingText(summary)}`,
    )
    return 0
  })
}

export function runLabelExport(context: CliContext, wanted: string, typed: string): Promise<number> {
  const path = pathArgument(typed)
  return withReading(context, 'labels export', async (call) => {
    const { id } = await findDataset(call, wanted)
    const patch = await call('labels.patch', { datasetId: id })
    await newFile(null, path, (write) => write(patch.text))
    context.output.record({ type: 'label-patch', path, count: patch.count })
    context.output.print(`${plural(patch.count, 'correction')} in ${path}`)
    return 0
  })
}

export function runLabelApply(context: CliContext, wanted: string, typed: string): Promise<number> {
  const path = pathArgument(typed)
  return withAnyCore(context, 'labels apply', async (core) => {
    const { id } = await findDataset(core.call, wanted)
    const result = await core.call('labels.applyPatch', { datasetId: id, path })
    const { output } = context
    output.record({ type: 'label-patch-applied', ...result })
    const { changed, already, misfits, misfitCount } = result
    output.print(`${plural(changed, 'image')} changed, ${count(already)} as the file says already.`)
    if (misfitCount > 0) {
      const shown = misfits.slice(0, shownMisfits)
      const more = misfitCount > shown.length ? `\n… and ${count(misfitCount - shown.length)} more` : ''
      output.print(
        `\n${plural(misfitCount, 'line does', 'lines do')} not fit:\n${table(shown.map(({ line, path: at, reason }) => [String(line), at, reason]))}${more}`,
      )
    }
    output.print(`\n${pendingText(result.summary)}`)
    return 0
  })
}

function changeOf(options: LabelOptions): BulkChange {
  const { class: className, exclude, restore, note, tag, untag, prediction } = options
  if (className !== undefined) return { kind: 'label', className }
  if (exclude === true) return { kind: 'exclude' }
  if (restore === true) return { kind: 'restore' }
  if (note !== undefined) return { kind: 'note', text: note }
  if (tag !== undefined) return { kind: 'tag', tag }
  if (untag !== undefined) return { kind: 'untag', tag: untag }
  if (prediction === true) return { kind: 'prediction' }
  throw new WorkbenchError(
    'bad-input',
    'It is not said what to change.',
    'Give --class, --exclude, --restore, --note, --tag, --untag or --prediction.',
  )
}

/** By its path in the current version, or of an excluded image. */
async function imageAt(core: AnyCore, datasetId: number, path: string): Promise<number> {
  const { ids } = await core.call('images.layout', { datasetId, filter: { text: path } })
  for (const id of ids) {
    if ((await core.call('images.get', { id })).path === path) return id
  }
  const limit = 5000
  for (let offset = 0; ; offset += limit) {
    const { total, labels } = await core.call('labels.list', { datasetId, offset, limit })
    const found = labels.find((label) => label.path === path)
    if (found !== undefined) return found.imageId
    if (offset + limit >= total) break
  }
  throw new WorkbenchError(
    'not-found',
    `The dataset has no image "${path}".`,
    'Give the path within the dataset, such as "oak/1.jpg". Nothing was changed.',
  )
}

function pendingText({ pending }: LabelsSummary): string {
  if (pending === 0) return 'The dataset has all corrections.'
  return `The next training uses ${pending === 1 ? 'it' : `all ${count(pending)}`} in a new version of the dataset.`
}

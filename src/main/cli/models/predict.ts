/** What a model sees in images, row by row as they come. */
import { isAbsolute, relative } from 'node:path'
import type { Output } from '../../../contract/endpoints'
import { lossWords, type PredictRow } from '../../../contract/entities/predict'
import type { LossName } from '../../../contract/entities/run'
import { isUnsure } from '../../../domain/model/unsure'
import { csvLine } from '../../report/csv'
import { openStreamedFile } from '../../report/streamed-file'
import type { CliContext } from '../context'
import { findModelId } from './model-id'
import { followToEnd, type FollowedCore } from '../follow-task'
import { count, plural, table } from '../text/format'
import { withoutWriting } from '../machine/open'
import { pathArgument } from '../path-argument'

export interface PredictOptions {
  readonly csv?: string
  readonly crop?: number
  readonly loss?: LossName
  readonly top: number
}

/** Rows that are asked for, and shown as one table. */
const pageSize = 1000

/** 0 where at least one image could be read. */
export async function runPredict(
  context: CliContext,
  model: string,
  paths: readonly string[],
  options: PredictOptions,
): Promise<number> {
  const { output } = context
  const given = paths.map(pathArgument)
  const csvPath = options.csv === undefined ? null : pathArgument(options.csv)
  return withoutWriting(context, 'predict', async (core) => {
    const modelId = await findModelId(core.call, model)
    const marks = isInUse(modelId)
    const { taskId } = await core.call('predict.start', {
      modelId,
      paths: given,
      ...(options.crop !== undefined && { cropPx: options.crop }),
      ...(options.loss !== undefined && { loss: options.loss }),
    })
    const csv = csvPath === null ? null : openStreamedFile(csvPath, beginsAsCsv)
    try {
      csv?.append(csvLine(csvHead(options.top, marks)))
      let unread = 0
      let unsure = 0
      let saidLoss = false
      const show = ({ rows, loss, threshold }: Output<'predict.rows'>): void => {
        if (!saidLoss && loss === 'sigmoid') output.note(lossWords.sigmoid)
        saidLoss = true
        for (const row of rows) {
          if (row.error !== null) {
            unread++
            const { message } = row.error
            output.note(message.includes(row.path) ? message : `${row.path}: ${message}`)
          }
          if (isUnsure(row.top, threshold)) unsure++
          output.record(predictionRecord(row, options.top, threshold))
          csv?.append(csvLine(csvFields(row, options.top, marks ? { threshold } : null)))
        }
        const read = rows.filter(({ error }) => error === null)
        if (csv === null && read.length > 0) output.print(tableText(read, options.top, threshold))
      }
      // lines can go out as they come, a table wants its rows together
      const atLeast = output.json || csv !== null ? 1 : pageSize
      const total = await eachPage(context, core, taskId, atLeast, show)
      csv?.finish()
      if (csv !== null) output.print(`${options.csv ?? ''}: ${plural(total, 'image')}`)
      if (unsure > 0)
        output.note(`${count(unsure)} of ${plural(total, 'image')} ${unsure === 1 ? 'is' : 'are'} unsure.`)
      if (unread > 0) output.note(`${count(unread)} of ${plural(total, 'image')} cannot be read.`)
      return unread < total ? 0 : 1
    } finally {
      csv?.close()
    }
  })
}

/** As soon as there are so many more, and the rest at the end. Resolves to how many rows there were; throws the task's error. */
export async function eachPage(
  context: CliContext,
  core: FollowedCore,
  taskId: number,
  atLeast: number,
  show: (page: Output<'predict.rows'>) => void,
): Promise<number> {
  let shown = 0
  let turn = Promise.resolve()
  const next = async (): Promise<void> => {
    const page = await core.call('predict.rows', { taskId, offset: shown, limit: pageSize })
    shown += page.rows.length
    show(page)
  }
  const unsubscribe = core.subscribe(({ event }) => {
    if (event.type !== 'predict-rows' || event.taskId !== taskId) return
    turn = turn.then(async () => {
      while (event.total - shown >= atLeast) await next()
    })
    turn.catch(() => undefined) // thrown where it is awaited
  })
  try {
    await followToEnd(context, core, taskId)
  } finally {
    unsubscribe()
    await turn
  }
  const { total } = await core.call('predict.rows', { taskId, offset: 0, limit: 1 })
  while (shown < total) await next()
  return total
}

/** Whether what it says may be unsure: lines of CSV then have a field for that. */
export function isInUse(modelId: string): boolean {
  return modelId.startsWith('in-use:')
}

/** As a line of JSON. */
export function predictionRecord(
  row: PredictRow,
  topCount: number,
  threshold: number | null,
): { readonly type: string } & Record<string, unknown> {
  const isMarked = threshold !== null && row.error === null
  return {
    type: 'prediction',
    ...row,
    top: row.top.slice(0, topCount),
    ...(isMarked && { isUnsure: isUnsure(row.top, threshold) }),
  }
}

export function tableText(rows: readonly PredictRow[], topCount: number, threshold: number | null): string {
  const cells = rows.map(({ path, top }) => [
    shownPath(path),
    ...(threshold === null ? [] : [isUnsure(top, threshold) ? 'unsure' : '']),
    top
      .slice(0, topCount)
      .map(({ name, probability }) => `${name} p ${probability.toFixed(3)}`)
      .join(', '),
  ])
  return table(cells)
}

/** Short where it lies below the folder that the command runs in. */
function shownPath(path: string): string {
  const below = relative(process.cwd(), path)
  return below === '' || below.startsWith('..') || isAbsolute(below) ? path : below
}

function beginsAsCsv(head: Buffer): boolean {
  return head.toString('latin1').startsWith(csvHead(1).slice(0, -1).join(','))
}

/** `marks`: with a field for what is unsure. */
export function csvHead(topCount: number, marks = false): string[] {
  const others = Array.from({ length: topCount - 1 }, (_, index) => [
    `class${index + 2}`,
    `probability${index + 2}`,
  ])
  return [
    'path',
    'width',
    'height',
    'class',
    'probability',
    ...others.flat(),
    'error',
    ...(marks ? ['unsure'] : []),
  ]
}

export function csvFields(
  { path, widthPx, heightPx, top, error }: PredictRow,
  topCount: number,
  /** null: without a field for what is unsure. */
  marks: { readonly threshold: number | null } | null,
): (string | number)[] {
  const guesses = Array.from({ length: topCount }, (_, place) => {
    const guess = top[place]
    return guess === undefined ? ['', ''] : [guess.name, Number(guess.probability.toPrecision(6))]
  })
  const unsure = marks === null ? [] : [isUnsure(top, marks.threshold) ? 'unsure' : '']
  return [path, widthPx ?? '', heightPx ?? '', ...guesses.flat(), error?.message ?? '', ...unsure]
}

/** Predicts what arrives in a folder, until Ctrl-C. */
import { statSync } from 'node:fs'
import type { PredictRow } from '../../../contract/entities/predict'
import { WorkbenchError } from '../../../contract/errors'
import type { BesideCore } from '../../host/beside-core'
import { csvLine } from '../../report/csv'
import { openAppendedCsv, type AppendedCsv } from '../../watch/appended-csv'
import { createArrivals } from '../../watch/arrivals'
import type { CliContext } from '../context'
import { plural } from '../text/format'
import { findModelId } from './model-id'
import { withoutWriting } from '../machine/open'
import { pathArgument } from '../path-argument'
import { csvFields, csvHead, eachPage, isInUse, predictionRecord, tableText } from './predict'

export interface WatchOptions {
  readonly csv?: string
  readonly existing?: true
  readonly top: number
  readonly crop?: number
  /** Seconds. */
  readonly settle: number
}

/** As many as one prediction takes. */
const mostAtOnce = 10_000
const lookEveryMs = 1000
/** A look at a large folder takes a while: so much of the time goes to looking at most. */
const mostLooking = 0.1

export async function runWatch(
  context: CliContext,
  model: string,
  typedFolder: string,
  options: WatchOptions,
): Promise<number> {
  const { output } = context
  const folder = pathArgument(typedFolder)
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new WorkbenchError('not-a-folder', `${folder} is not a folder.`, 'Name a folder that is there.')
  }
  const interrupted = new AbortController()
  const forget = context.onInterrupt(() => interrupted.abort())
  try {
    return await withoutWriting(context, 'watch', async (core) => {
      const modelId = await findModelId(core.call, model)
      const csv =
        options.csv === undefined
          ? null
          : await openAppendedCsv(pathArgument(options.csv), csvLine(csvHead(options.top, isInUse(modelId))))
      try {
        const done = await watch(context, core, modelId, folder, options, csv, interrupted.signal)
        output.note(`Ended. ${plural(done, 'image')}.`)
      } finally {
        csv?.close()
      }
      return 0
    })
  } finally {
    forget()
  }
}

async function watch(
  context: CliContext,
  core: BesideCore,
  modelId: string,
  folder: string,
  options: WatchOptions,
  csv: AppendedCsv | null,
  signal: AbortSignal,
): Promise<number> {
  const { output } = context
  const passOver = options.existing === true ? (csv?.firstFields ?? new Set<string>()) : 'all'
  const settleMs = options.settle * 1000
  const arrivals = createArrivals({ folder, settleMs, passOver })
  let done = 0
  let isGone = false
  let isFirst = true
  while (!signal.aborted) {
    const began = performance.now()
    let paths: string[] = []
    try {
      paths = await arrivals.look(began)
      if (isGone) output.note(`${folder} is there again.`)
      isGone = false
    } catch (thrown) {
      if (!isGone) output.note(`${folder} cannot be read (${String(thrown)}). Waiting for it …`)
      isGone = true
    }
    if (isFirst) {
      output.record({ type: 'watching', folder })
      output.note(`Watching ${folder}. Press Ctrl-C to end.`)
      isFirst = false
    }
    const tookMs = performance.now() - began
    for (let at = 0; at < paths.length && !signal.aborted; at += mostAtOnce)
      done += await predict(context, core, modelId, paths.slice(at, at + mostAtOnce), options, csv, signal)
    await pause(Math.max(Math.min(lookEveryMs, Math.max(settleMs, 50)), tookMs / mostLooking), signal)
  }
  return done
}

/** Resolves to how many were answered; what Ctrl-C leaves over is no error. */
async function predict(
  context: CliContext,
  core: BesideCore,
  modelId: string,
  paths: readonly string[],
  { top, crop, csv: csvName }: WatchOptions,
  csv: AppendedCsv | null,
  signal: AbortSignal,
): Promise<number> {
  const { output } = context
  let answered = 0
  const show = (rows: readonly PredictRow[], threshold: number | null): void => {
    const marks = isInUse(modelId) ? { threshold } : null
    csv?.append(rows.map((row) => csvLine(csvFields(row, top, marks))).join(''))
    answered += rows.length
    for (const row of rows) {
      if (row.error !== null) output.note(row.error.message)
      output.record(predictionRecord(row, top, threshold))
    }
    const read = rows.filter(({ error }) => error === null)
    if (csvName === undefined && read.length > 0) output.print(tableText(read, top, threshold))
  }
  try {
    const { taskId } = await core.call('predict.start', {
      modelId,
      paths: [...paths],
      ...(crop !== undefined && { cropPx: crop }),
    })
    await eachPage(context, core, taskId, 1, ({ rows, threshold }) => show(rows, threshold))
  } catch (thrown) {
    if (!signal.aborted || !(thrown instanceof WorkbenchError) || thrown.code !== 'cancelled') throw thrown
  }
  return answered
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
  })
}

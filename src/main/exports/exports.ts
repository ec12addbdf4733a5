/** Models written for other programs, in a trainer of its own, each with its certificate. */
import { existsSync } from 'node:fs'
import { mkdir, realpath, rm } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { exportFormatNames, type ExportResult } from '../../contract/entities/export'
import { fromWireError, WorkbenchError, type WireError } from '../../contract/errors'
import { typedName } from '../../domain/names'
import { version } from '../../../package.json'
import { exportEnvironment } from '../engine/environment'
import { recordTemporary, sweepBeside, temporaryBeside } from '../files/temporary'
import type { ModelFacts } from '../../domain/model/model-facts'
import type { ExportJob } from '../protocol/messages'
import { startTrainer } from '../protocol/supervisor'
import type { ServiceContext } from '../app/context'
import type { Checked, DomainHandlers } from '../app/handlers'
import { wholePath } from '../app/whole-path'
import { memoryAvailable } from '../engine/memory-available'
import { makeFolders } from '../files/make-folders'
import { writeError } from '../files/write-error'
import { modelInfo, openModelFile } from '../models/model-source'
import type { TaskWork } from '../tasks/tasks'
import { earlierExport, replaceExport } from './earlier-export'

/** As many as a client lists tasks. */
const keptResults = 50

export function exportsHandlers(context: ServiceContext): DomainHandlers<'exports'> {
  const results = new Map<number, ExportResult>()

  return {
    'exports.start': async (request) => {
      const wanted = wholePath(request.path)
      const model = await modelToExport(context, request)
      const target = await checkTarget(wanted, request.overwrite)
      const label = `Export ${model.name} as ${exportFormatNames[request.format]}`
      const taskId = context.tasks.start('export', label, async (task) => {
        results.set(taskId, await exportTo(context, target, request, model, task))
        for (const old of [...results.keys()].slice(0, -keptResults)) results.delete(old)
        return taskId
      })
      return { taskId }
    },
    'exports.result': async ({ taskId }) => {
      const result = results.get(taskId)
      if (result === undefined)
        throw new WorkbenchError(
          'not-found',
          `The task ${taskId} has no export yet.`,
          'Wait until it is done.',
        )
      return result
    },
  }
}

type Request = Checked<'exports.start'>

async function modelToExport(
  context: ServiceContext,
  { modelId, cropPx, loss }: Request,
): Promise<ModelFacts> {
  const { classCount, ...info } = await modelInfo(context, modelId)
  if (classCount === null) {
    throw new WorkbenchError(
      'unsupported',
      `${info.name} has no head, so it cannot be exported as a classifier.`,
      'Fine-tune it first, then export the run.',
    )
  }
  const { name, title, architecture, spec, classNames, trainedOn, temperature, threshold } = info
  return {
    name,
    title,
    architecture,
    spec,
    classCount,
    classNames,
    cropPx: cropPx ?? info.cropPx,
    loss: loss ?? info.loss,
    trainedOn,
    ...(temperature !== null && { temperature }),
    ...(threshold !== null && { threshold }),
  }
}

/** Resolves to the folder itself where `target` is a link to it. Only an export is ever replaced, or an empty folder. */
async function checkTarget(target: string, overwrite: boolean): Promise<string> {
  for (let made = target; !existsSync(made); made = dirname(made)) typedName(basename(made), 'folder')
  if (!existsSync(target)) return target
  if (!overwrite) {
    throw new WorkbenchError(
      'name-taken',
      `${target} already exists.`,
      'Choose another folder, or choose to replace the export there.',
    )
  }
  await earlierExport(target)
  return realpath(target)
}

/** Writes beside the target and puts the whole in its place. Nothing stays of one that fails or is cancelled. */
async function exportTo(
  context: ServiceContext,
  target: string,
  request: Request,
  model: ModelFacts,
  task: TaskWork,
): Promise<ExportResult> {
  sweepBeside(target)
  const partial = temporaryBeside(target)
  const file = await openModelFile(context, request.modelId)
  const forget = recordTemporary(context.paths.unfinishedPath, partial, target)
  try {
    await inWords(target, async () => {
      makeFolders(dirname(target))
      await mkdir(partial)
    })
    const { format } = request
    const job = { kind: 'export', format, weightsPath: file.path, folder: partial, model } as const
    const { files, certificate } = await runExport(context, { ...job, workbenchVersion: version }, task)
    // Once more: minutes have gone by.
    const earlier = existsSync(target) && request.overwrite ? await earlierExport(target) : null
    await inWords(target, () => replaceExport(target, partial, earlier))
    const byteCount = files.reduce((sum, one) => sum + one.byteCount, 0)
    return { path: target, files: [...files], byteCount, certificate }
  } finally {
    await rm(partial, { recursive: true, force: true })
    forget()
    await file.close()
  }
}

async function inWords<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    throw writeError(path, thrown)
  }
}

type Exported = Pick<ExportResult, 'certificate'> & {
  readonly files: readonly { readonly path: string; readonly byteCount: number }[]
}

function runExport(
  { trainerPath, trainerEnvironment }: ServiceContext,
  job: ExportJob,
  task: TaskWork,
): Promise<Exported> {
  return new Promise((done, reject) => {
    let exported: Exported | null = null
    let failed: WireError | null = null
    task.progress({ phase: 'Starting the engine', done: 0, total: null })
    const trainer = startTrainer({
      trainerPath,
      environment: exportEnvironment(trainerEnvironment, memoryAvailable(null)),
      job,
      onMessage(body) {
        if (body.type === 'progress') task.progress({ phase: body.phase, done: body.done, total: body.total })
        if (body.type === 'exported') exported = body
        if (body.type === 'failed') failed = body.error
      },
      onEnd(end) {
        if (failed !== null) return reject(fromWireError(failed))
        if (end.kind === 'crash' || end.kind === 'not-saved') return reject(fromWireError(end.error))
        if (exported === null)
          return reject(new WorkbenchError('cancelled', 'Export cancelled. Nothing was saved.'))
        done(exported)
      },
    })
    if (task.signal.aborted) void trainer.kill()
    task.signal.addEventListener('abort', () => void trainer.kill(), { once: true })
  })
}

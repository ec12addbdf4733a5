/** A published checkpoint from the address of its publishers, with the names of its classes. */
import { basename, join } from 'node:path'
import { fromWireError, toWireError, WorkbenchError } from '../../contract/errors'
import { publishedBytes, type ClassList, type PublishedModel } from '../../domain/model/published'
import { inspectWeights } from '../weights/inspect'
import { findModelFile, insertModelFile } from '../store/runs/model-files'
import { listedClassNames } from './class-names'
import type { ServiceContext } from '../app/context'
import { downloadFile } from './download-file'
import { createHttpClient, type HttpClient } from './http-get'
import { differenceFrom, knownModel } from './model-entries'
import { publishedFile } from './model-places'
import type { TaskWork } from '../tasks/tasks'

/** A server that says nothing for so long will not go on. */
const silenceMs = 60_000

/** Only what is not here yet. Resolves to null: what it makes is a file, not a thing with a number. */
export async function downloadModel(
  context: ServiceContext,
  model: PublishedModel,
  task: TaskWork,
): Promise<null> {
  const client = createHttpClient(silenceMs)
  try {
    const { entry } = await knownModel(context, `published:${model.name}`)
    const noteOfWeights = entry.state === 'ready' ? '' : await downloadWeights(context, client, model, task)
    const noteOfNames =
      model.classList === null ? '' : await downloadNames(context, client, model.classList, task)
    task.progress({
      phase: 'Done',
      done: 0,
      total: null,
      note: [noteOfWeights, noteOfNames].join(' ').trim(),
    })
    return null
  } finally {
    await client.close()
  }
}

/** Answers with what is worth knowing; ''. */
async function downloadWeights(
  context: ServiceContext,
  client: HttpClient,
  model: PublishedModel,
  task: TaskWork,
): Promise<string> {
  const { db, clock, modelsAddress } = context
  const path = publishedFile(context, model)
  const { sha256, byteCount } = await downloadFile(
    client,
    {
      address: new URL(`${model.name}.npz`, modelsAddress).href,
      path,
      // without its head a model can be much smaller
      expectedBytes: model.classCount === null ? null : publishedBytes(model),
      sha256: model.sha256,
      check: async (partialPath) => {
        const difference = differenceFrom(model, partialPath, await inspectWeights(partialPath))
        if (difference !== null) throw fromWireError(difference)
      },
    },
    task.signal,
    (progress) => task.progress(progress),
  )
  const { spec, classCount } = await inspectWeights(path)
  const before = findModelFile(db, path)
  insertModelFile(db, {
    path,
    name: model.name,
    spec,
    classCount,
    classNames: null,
    cropPx: model.cropPx,
    byteCount,
    sha256,
    trainedOn: model.trainedOn,
    addedAtMs: clock(),
  })
  return before === null || before.sha256 === sha256
    ? ''
    : 'Its publishers have changed it since the first download: its SHA-256 is different.'
}

/** Without the names the classes have numbers: no reason to fail. */
async function downloadNames(
  { paths, modelsAddress }: ServiceContext,
  client: HttpClient,
  list: ClassList,
  task: TaskWork,
): Promise<string> {
  if ((await listedClassNames(paths.modelsPath, list)) !== null) return ''
  task.progress({ phase: 'Class names', done: 0, total: null })
  const path = join(paths.modelsPath, list)
  const whole = {
    address: new URL(list, modelsAddress).href,
    path,
    expectedBytes: null,
    sha256: null,
    check: () => Promise.resolve(),
  }
  try {
    await downloadFile(client, whole, task.signal, () => undefined)
    if ((await listedClassNames(paths.modelsPath, list)) !== null) return ''
    return `${basename(path)} does not have one line per class.`
  } catch (thrown) {
    if (task.signal.aborted || !(thrown instanceof WorkbenchError)) throw thrown
    return `Could not download its class names: ${toWireError(thrown).message}`
  }
}

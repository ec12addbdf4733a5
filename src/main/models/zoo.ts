/** The zoo: every model that can be trained on, predicted with, exported; files come in and go, published ones are downloaded. */
import { rm } from 'node:fs/promises'
import type { ModelEntry } from '../../contract/entities/model'
import type { Promotion } from '../../contract/entities/promotion'
import { WorkbenchError } from '../../contract/errors'
import { findPublished, publishedModels, type PublishedModel } from '../../domain/model/published'
import { deleteModelFile, findModelFile, insertModelFile } from '../store/runs/model-files'
import { promotionsInUse } from '../store/runs/promotions'
import type { ServiceContext } from '../app/context'
import { downloadModel } from './download-model'
import type { EngineService } from '../engine/engine'
import { hashFile } from './file-hash'
import { wholePath } from '../app/whole-path'
import type { DomainHandlers } from '../app/handlers'
import { modelCard } from './model-card'
import { knownModel, knownModels, modelInFile } from './model-entries'
import { publishedFile, splitModelId } from './model-places'
import { forgetPartial } from './partial-file'
import { readCircumstances, trainingCost, type Circumstances } from '../costs/training-cost'

export type ZooHandlers = Omit<DomainHandlers<'models'>, 'models.architectures'>

export function zooHandlers(context: ServiceContext, engine: Pick<EngineService, 'known'>): ZooHandlers {
  const { db, emit, tasks, clock } = context
  /** The task of each model that is being downloaded. */
  const downloads = new Map<string, number>()

  const now = (entry: ModelEntry): ModelEntry => {
    const taskId = downloads.get(entry.id) ?? null
    return taskId === null ? entry : { ...entry, state: 'downloading', taskId }
  }

  function download(model: PublishedModel, id: string): number {
    const underWay = downloads.get(id)
    if (underWay !== undefined) return underWay
    const taskId = tasks.start('download', `Download ${model.name}`, async (task) => {
      try {
        return await downloadModel(context, model, task)
      } finally {
        downloads.delete(id)
        emit({ type: 'models-changed' })
      }
    })
    downloads.set(id, taskId)
    emit({ type: 'models-changed' })
    return taskId
  }

  async function add(path: string): Promise<ModelEntry> {
    const own = publishedModels.find((model) => publishedFile(context, model) === path)
    if (own !== undefined) return (await knownModel(context, `published:${own.name}`)).entry
    const { entry, classNames } = await modelInFile(path)
    const { name, spec, classCount, cropPx, byteCount, trainedOn } = entry
    const { sha256 } = await hashFile(path)
    const addedAtMs = findModelFile(db, path)?.addedAtMs ?? clock()
    insertModelFile(db, {
      path,
      name,
      spec,
      classCount,
      classNames,
      cropPx,
      byteCount,
      sha256,
      trainedOn,
      addedAtMs,
    })
    emit({ type: 'models-changed' })
    return entry
  }

  /** null where its run or its checkpoint cannot be used, which is said when it is asked for: the others are there all the same. */
  async function inUseModel({ datasetId, datasetName, runName }: Promotion): Promise<ModelEntry | null> {
    const id = `in-use:${String(datasetId)}`
    try {
      const { entry } = await knownModel(context, id)
      return { ...entry, id, name: `${datasetName}@in-use`, title: runName ?? entry.title }
    } catch (thrown) {
      if (!(thrown instanceof WorkbenchError)) throw thrown
      return null
    }
  }

  async function remove(id: string): Promise<void> {
    const [origin, rest] = splitModelId(id)
    const published = origin === 'published' ? findPublished(rest) : undefined
    if (published !== undefined) await removeDownloaded(published, id)
    else if (origin !== 'path') throw notRemovable(id)
    else if (!deleteModelFile(db, rest))
      throw new WorkbenchError('not-found', `${rest} is not in the list of models.`)
    emit({ type: 'models-changed' })
  }

  async function removeDownloaded(model: PublishedModel, id: string): Promise<void> {
    if (downloads.has(id)) {
      throw new WorkbenchError('busy', `${model.name} is being downloaded.`, 'Cancel the download first.')
    }
    const path = publishedFile(context, model)
    const { entry } = await knownModel(context, id)
    if (entry.state === 'absent')
      throw new WorkbenchError('not-found', `${model.name} is not downloaded, so there is nothing to remove.`)
    // what is known of it stays: a later download is compared with it
    await rm(path, { force: true })
    await forgetPartial(path)
  }

  return {
    'models.list': async ({ datasetId }) => {
      const entries = (await knownModels(context)).map(({ entry }) => now(entry))
      if (datasetId === null) return entries
      const circumstances = readCircumstances(context, engine, datasetId)
      // Of thousands of runs, most are of the same few architectures.
      const costs = new Map<string, ModelEntry['cost']>()
      return entries.map((entry) => {
        const cost = costs.get(entry.architecture) ?? costOf(circumstances, entry)
        costs.set(entry.architecture, cost)
        return { ...entry, cost }
      })
    },
    'models.inUse': async () =>
      (await Promise.all(promotionsInUse(db).map((promotion) => inUseModel(promotion)))).flatMap(
        (entry) => entry ?? [],
      ),
    'models.get': async ({ id }) => {
      const { entry, classNames } = await knownModel(context, id)
      return {
        model: now(entry),
        card: await modelCard(context, entry),
        classNames: classNames === null ? null : [...classNames],
      }
    },
    'models.add': ({ path }) => add(wholePath(path)),
    'models.remove': async ({ id }) => {
      await remove(id)
      return {}
    },
    'models.download': async ({ id }) => {
      const { entry } = await knownModel(context, id)
      const model = entry.origin === 'published' ? findPublished(entry.name) : undefined
      if (model === undefined) {
        throw new WorkbenchError(
          'bad-input',
          `${entry.name} is already on this machine; only published models are downloaded.`,
        )
      }
      // what is here may still lack the names of its classes
      if (entry.state === 'ready' && (model.classList === null || entry.hasClassNames)) {
        throw new WorkbenchError(
          'bad-input',
          `${model.name} is already downloaded.`,
          'Remove it first to download it again.',
        )
      }
      return { taskId: download(model, id) }
    },
  }
}

/** HyperRule's fine-tuning, nothing of it set. */
function costOf(circumstances: Circumstances, entry: ModelEntry): ModelEntry['cost'] {
  const request = { rule: 'paper', preset: 'small', overrides: {}, seed: 0 } as const
  const model = { name: entry.architecture, spec: entry.spec }
  const { memoryBytes, durationMs, timeBasis, memoryBasis } = trainingCost(
    circumstances,
    model,
    request,
  ).estimate
  return {
    memoryBytes,
    memoryFits: memoryBytes <= circumstances.memoryLimitBytes,
    durationMs,
    basis: `${timeBasis} ${memoryBasis}`,
  }
}

function notRemovable(id: string): WorkbenchError {
  if (id.startsWith('run:')) {
    return new WorkbenchError(
      'unsupported',
      'This model belongs to a run, so it cannot be removed here.',
      'Delete the run under Runs, together with its curves and mistakes.',
    )
  }
  if (id.startsWith('embedded:')) {
    return new WorkbenchError(
      'unsupported',
      'The model that is included in the workbench cannot be removed.',
      '',
    )
  }
  return new WorkbenchError('not-found', `There is no model ${id}.`, '"bitw models" lists the models.')
}

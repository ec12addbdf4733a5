/** Datasets: import (a task), splits, problems, deletion. The images themselves are never touched. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { defaultSplitOptions, type SplitOptions } from '../../contract/entities/dataset'
import { WorkbenchError } from '../../contract/errors'
import { inTurns } from '../../domain/in-turns'
import { datasetName, typedName } from '../../domain/names'
import { refuseOverdrawn } from '../../domain/split-options'
import { keptTogether } from './kept-together'
import { drawSampleDataset } from './sample-dataset'
import { checkHandlers } from './check-again'
import { moveDataset } from './move-dataset'
import { indexerPath } from './indexer-path'
import { scanDataset } from './scan'
import { applySplitList } from './apply-split-list'
import { splitList } from './split-list'
import { addressOf, sourceName } from '../sources/sources'
import { asChosen, createPreview } from './preview'
import type { SourceAddress } from '../sources/source'
import {
  datasetSource,
  deleteDataset,
  getDataset,
  listDamagedDatasets,
  listDatasets,
  listProblems,
} from '../store/datasets/datasets'
import { makingDataset } from '../store/datasets/new-dataset'
import { makingSplit } from '../store/datasets/new-split'
import { readingStored } from '../store/datasets/stored-images'
import { sweepCheckpoints, withRoomOfLogs } from '../store/checkpoints/checkpoint-space'
import { reclaimIfPossible } from '../store/home/space'
import type { ServiceContext } from '../app/context'
import { wholePath } from '../app/whole-path'
import type { DomainHandlers } from '../app/handlers'
import type { TaskWork } from '../tasks/tasks'

const sampleName = 'sample'
/** What a deletion gives back to the disk at once; the rest is used again, or given back when the core closes. */
const givenBackBytes = 256e6
/** The sample is the same on every machine. */
const sampleSeed = 1

export function datasetsHandlers(
  context: ServiceContext,
  runUsing: (datasetId: number) => string | null,
): DomainHandlers<'datasets'> {
  const { db, tasks, emit } = context
  const refuseInUse = (id: number): void => {
    const using = runUsing(id)
    if (using === null) return
    throw new WorkbenchError(
      'busy',
      `The run "${using}" is training on this dataset.`,
      'Stop the run, or wait until it ends.',
    )
  }
  const preview = createPreview()
  return {
    'datasets.list': async () => listDatasets(db),
    'datasets.damaged': async () => listDamagedDatasets(db),
    'datasets.get': async ({ id }) => getDataset(db, id),
    'datasets.import': async ({ path, name, split, folders, columns }) => {
      const source = asChosen(await addressOf(wholePath(path)), folders, columns)
      const wanted = name.trim() === '' ? datasetName(sourceName(source)) : typedName(name, 'dataset')
      if (split !== undefined) refuseOverdrawn(split)
      refuseTakenName(context, wanted)
      const work = (task: TaskWork): Promise<number> =>
        importFrom(context, task, source, wanted, split ?? defaultSplitOptions)
      return { taskId: tasks.start('import', `Import ${wanted}`, work) }
    },
    'datasets.preview': preview,
    'datasets.importSample': async () => {
      refuseTakenName(context, sampleName)
      const work = async (task: TaskWork): Promise<number> => {
        const { samplePath } = context.paths
        await drawSampleDataset(samplePath, sampleSeed, task.signal, (p) => task.progress(p))
        const source = await addressOf(join(samplePath, 'images'))
        return importFrom(context, task, source, sampleName, defaultSplitOptions)
      }
      return { taskId: tasks.start('sample', 'Generate and import the sample dataset', work) }
    },
    'datasets.setSplit': async ({ id, split, together }) => {
      refuseOverdrawn(split, getDataset(db, id).split.own)
      await context.ordered(id, async () => {
        const kept = await keptTogether(datasetSource(db, id), together)
        await inTurns(makingSplit(db, id, split, context.clock(), kept), nextTurn)
      })
      emit({ type: 'datasets-changed' })
      return getDataset(db, id)
    },
    'datasets.splitList': async ({ id }) =>
      splitList(await inTurns(readingStored(db, id), nextTurn), getDataset(db, id).name),
    'datasets.applySplitList': ({ id, ...given }) => applySplitList(context, id, given),
    'datasets.problems': async ({ id, offset, limit }) => {
      getDataset(db, id) // an unknown dataset is an error, not an empty list
      return listProblems(db, id, offset, limit)
    },
    ...checkHandlers(context),
    'datasets.move': async ({ id, path }) => {
      const { name } = getDataset(db, id)
      refuseInUse(id)
      const work = async (task: TaskWork): Promise<number> => {
        const note = await moveDataset(context, id, path, task)
        task.progress({ phase: 'Done', done: 1, total: 1, note })
        emit({ type: 'datasets-changed' })
        return id
      }
      return { taskId: tasks.start('move', `Locate the images of "${name}"`, work) }
    },
    'datasets.delete': ({ id }) =>
      context.ordered(id, async () => {
        refuseInUse(id)
        await withRoomOfLogs(context, () => deleteDataset(db, id))
        reclaimIfPossible(db, givenBackBytes)
        void sweepCheckpoints(context, true)
        emit({ type: 'datasets-changed' })
        return {}
      }),
  }
}

async function importFrom(
  context: ServiceContext,
  task: TaskWork,
  source: SourceAddress,
  name: string,
  split: SplitOptions,
): Promise<number> {
  const scan = await scanDataset({
    source,
    split,
    signal: task.signal,
    threadPath: indexerPath(context),
    onProgress: ({ phase, done, total, problemCount, rotatedCount }) =>
      task.progress({ phase, done, total, note: noteOf(problemCount, rotatedCount) }),
  })
  task.signal.throwIfAborted()
  task.progress({ phase: 'Saving', done: 0, total: scan.images.length })
  const dataset = { name, createdAtMs: context.clock(), scan, splitOptions: split }
  const id = await inTurns(makingDataset(context.db, dataset), nextTurn)
  task.progress({ phase: 'Saving', done: scan.images.length, total: scan.images.length })
  context.emit({ type: 'datasets-changed' })
  return id
}

function refuseTakenName({ db }: ServiceContext, name: string): void {
  const taken = listDatasets(db).find((dataset) => dataset.name === name)
  if (taken === undefined) return
  throw new WorkbenchError(
    'name-taken',
    `There is already a dataset named "${name}", from ${taken.rootPath}${existsSync(taken.rootPath) ? '' : ' (which is gone)'}.`,
    'Use that one, give this import another name, or remove the old dataset first.',
  )
}

function noteOf(problemCount: number, rotatedCount: number): string {
  const parts: string[] = []
  if (problemCount > 0) parts.push(`${problemCount} ${problemCount === 1 ? 'problem' : 'problems'}`)
  if (rotatedCount > 0) parts.push(`${rotatedCount} rotated (EXIF)`)
  return parts.join(', ')
}

/** Chosen images, written out: lists, tables, folders. The images of the dataset are not touched. */
import { existsSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { imageExportNames, type ImageExportFormat } from '../../contract/entities/image-export'
import { WorkbenchError } from '../../contract/errors'
import type { ServiceContext } from '../app/context'
import type { DomainHandlers } from '../app/handlers'
import { wholePath } from '../app/whole-path'
import { chosenImages, type ChosenImages } from '../columns/chosen-images'
import type { Columns } from '../columns/columns'
import { newFile } from '../files/new-file'
import { getDataset } from '../store/datasets/datasets'
import { listBoxes } from '../store/datasets/image-boxes'
import { labelLogInTurns } from '../store/labels/label-events'
import type { TaskWork } from '../tasks/tasks'
import { exportedImages } from './exported-images'
import { newFolder } from './new-folder'
import { writeCoco, writeCsv, writePaths } from './lists'

export function imageExportsHandlers(
  context: ServiceContext,
  columns: Columns,
): DomainHandlers<'imageExports'> {
  return {
    'imageExports.start': async ({ datasetId, choice, format, path }) => {
      const { name } = getDataset(context.db, datasetId)
      const target = wholePath(path)
      if (existsSync(target)) throw taken(target)
      const chosen = await chosenImages(columns, datasetId, choice)
      if (chosen.ids.length === 0)
        throw new WorkbenchError('bad-input', 'No image is chosen.', 'Choose some. Nothing was written.')
      const label = `${imageExportNames[format]} of ${String(chosen.ids.length)} images of ${name}`
      const taskId = context.tasks.start('export', label, async (task) => {
        await write(context, { datasetId, chosen, format, target }, task)
        return null
      })
      return { taskId }
    },
  }
}

interface Wanted {
  readonly datasetId: number
  readonly chosen: ChosenImages
  readonly format: ImageExportFormat
  readonly target: string
}

async function write(
  { db, paths }: ServiceContext,
  { datasetId, chosen, format, target }: Wanted,
  task: TaskWork,
): Promise<void> {
  const total = chosen.ids.length
  let leftOut = 0
  const progress = (done: number): void => {
    task.signal.throwIfAborted()
    const note = leftOut === 0 ? '' : `${String(leftOut)} left out`
    task.progress({ phase: 'Writing', done, total, note })
  }
  progress(0)
  await labelLogInTurns(db, datasetId, nextTurn)
  const onLeftOut = (): void => void leftOut++
  const images = exportedImages(db, datasetId, chosen, progress, onLeftOut)
  if (format === 'paths' || format === 'csv' || format === 'coco') {
    await newFile(paths.unfinishedPath, target, async (write) => {
      if (format === 'paths') await writePaths(images, write, onLeftOut)
      else if (format === 'csv') await writeCsv(images, write)
      else await writeCoco(images, (id) => listBoxes(db, id), write)
    })
  } else await newFolder(paths.unfinishedPath, target, images, format, onLeftOut)
  progress(total)
}

function taken(path: string): WorkbenchError {
  return new WorkbenchError(
    'name-taken',
    `${path} already exists. Nothing was written.`,
    'Choose another name: what is there is never replaced.',
  )
}

/** The runs of other programs at a path, told by what lies there. */
import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { WorkbenchError } from '../../../contract/errors'
import { readCsvMetrics } from './csv-metrics'
import { damaged, type FoundRun } from './found-run'
import { experimentName, readMlflowRun } from './mlflow'
import { isEventFile, readEventFiles } from './tensorboard'
import { readWandb } from './wandb'

export interface RunPlace {
  readonly path: string
  /** null: it was deleted in its own program. Throws 'bad-input' naming the file. */
  read(pause: () => void): Promise<FoundRun | null>
}

const mostEntries = 500_000
const mostDepth = 16

/** Throws 'path-not-found', and 'not-found' where there is none. */
export async function findRuns(path: string, pause: () => void): Promise<RunPlace[]> {
  const facts = await stat(path).catch((cause: unknown) => {
    throw new WorkbenchError('path-not-found', `There is nothing at ${path}.`, 'Check the path.', { cause })
  })
  const places = facts.isDirectory() ? await inFolder(path, pause) : [ofFile(path)]
  if (places.length > 0) return places
  throw new WorkbenchError(
    'not-found',
    `There is no run in ${path}.`,
    'TensorBoard event files, mlruns folders, offline .wandb files, and CSV files of metrics can be read.',
  )
}

function ofFile(path: string): RunPlace {
  if (isEventFile(path)) {
    const name = basename(dirname(path))
    return { path, read: (pause) => readEventFiles([path], name, path, pause) }
  }
  if (path.endsWith('.wandb')) return { path, read: (pause) => readWandb(path, pause) }
  if (/\.(csv|tsv|txt)$/i.test(path)) return { path, read: (pause) => readCsvMetrics(path, pause) }
  throw damaged(path, 'its name is neither that of an event file, nor does it end in .wandb or .csv')
}

async function inFolder(root: string, pause: () => void): Promise<RunPlace[]> {
  const places: RunPlace[] = []
  const waiting: { folder: string; experiment: string | null; depth: number }[] = [
    { folder: root, experiment: null, depth: 0 },
  ]
  let seen = 0
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    pause()
    const { folder, depth } = next
    const entries: Dirent[] = await readdir(folder, { withFileTypes: true }).catch((thrown: unknown) => {
      if (folder === root) throw thrown
      return []
    })
    seen += entries.length
    if (seen > mostEntries) throw damaged(root, `it has more than ${mostEntries} files`)
    const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name)
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
    const experiment = files.includes('meta.yaml') ? await experimentName(folder) : next.experiment
    if (files.includes('meta.yaml') && folders.includes('metrics') && folders.includes('params')) {
      const of = next.experiment ?? (await experimentName(dirname(folder)))
      places.push({ path: folder, read: (now) => readMlflowRun(folder, of, now) })
      continue // artifacts are not runs
    }
    const events = files.filter(isEventFile).sort()
    if (events.length > 0) {
      const name = relative(root, folder) || basename(root)
      const paths = events.map((file) => join(folder, file))
      places.push({ path: folder, read: (now) => readEventFiles(paths, name, folder, now) })
    }
    for (const name of files.filter((file) => file.endsWith('.wandb')))
      places.push(ofFile(join(folder, name)))
    if (depth < mostDepth)
      for (const name of folders)
        if (name !== '.trash') waiting.push({ folder: join(folder, name), experiment, depth: depth + 1 })
  }
  return places.sort((a, b) => (a.path < b.path ? -1 : 1))
}

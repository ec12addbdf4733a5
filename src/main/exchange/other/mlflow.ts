/** MLflow's file store: mlruns/EXPERIMENT/RUN with meta.yaml and a file for each metric, parameter and tag. */
import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { parse } from 'yaml'
import { z } from 'zod'
import type { OtherState } from '../../../contract/entities/other-run'
import { textLines, withBytes } from './file-bytes'
import { damaged, Metrics, type FoundRun } from './found-run'

const metaSchema = z.object({
  run_id: z.string().optional(),
  run_uuid: z.string().optional(),
  run_name: z.string().nullish(),
  start_time: z.number().nullish(),
  end_time: z.number().nullish(),
  status: z.number().nullish(),
  lifecycle_stage: z.string().nullish(),
})

/** mlflow.entities.RunStatus. */
const states: Readonly<Record<number, OtherState>> = { 3: 'done', 4: 'failed', 5: 'stopped' }
const mostMetaBytes = 1024 * 1024
const mostValueBytes = 64 * 1024
const mostFiles = 20_000
const linesAtOnce = 5000

/** `folder`: of a run. null: it was deleted there. Throws 'bad-input' naming the file. */
export async function readMlflowRun(
  folder: string,
  experiment: string | null,
  pause: () => void,
): Promise<FoundRun | null> {
  const meta = await readMeta(join(folder, 'meta.yaml'))
  if (meta.lifecycle_stage === 'deleted') return null
  const metrics = new Metrics(folder)
  for (const [name, path] of await filesBelow(join(folder, 'metrics')))
    await readMetric(path, name, metrics, pause)
  const settings = await readValues(join(folder, 'params'))
  const tags = await readValues(join(folder, 'tags'))
  const own = new Map(tags)
  if (experiment !== null) settings.unshift(['experiment', experiment])
  return {
    program: 'mlflow',
    name: own.get('mlflow.runName') ?? meta.run_name ?? basename(folder),
    path: folder,
    startedAtMs: meta.start_time ?? null,
    endedAtMs: meta.end_time ?? null,
    state: states[meta.status ?? 0] ?? 'unknown',
    settings,
    tags: tags.filter(([name]) => !name.startsWith('mlflow.')),
    metrics: metrics.lists,
  }
}

/** What an experiment is called; null where the folder is none. */
export async function experimentName(folder: string): Promise<string | null> {
  const text = await textOf(join(folder, 'meta.yaml'), mostMetaBytes).catch(() => null)
  if (text === null) return null
  const value = yaml(text) as { name?: unknown; experiment_id?: unknown } | null
  return typeof value?.name === 'string' && value.experiment_id !== undefined ? value.name : null
}

async function readMeta(path: string): Promise<z.infer<typeof metaSchema>> {
  const checked = metaSchema.safeParse(yaml(await textOf(path, mostMetaBytes)))
  if (!checked.success || (checked.data.run_id ?? checked.data.run_uuid) === undefined)
    throw damaged(path, 'it does not describe a run')
  return checked.data
}

/** No tags, no references that grow: plain values alone. */
function yaml(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0, schema: 'core', logLevel: 'silent' })
  } catch {
    return null
  }
}

/** A line `time value step` each; of old versions without step. */
async function readMetric(path: string, name: string, metrics: Metrics, pause: () => void): Promise<void> {
  await withBytes(path, async (bytes) => {
    let number = 0
    for await (const line of textLines(bytes)) {
      const [atMs = NaN, , step = number] = line?.split(' ').map(Number) ?? []
      const value = line?.split(' ')[1] ?? ''
      if (line === null || !Number.isFinite(atMs) || value === '' || !Number.isFinite(step))
        throw damaged(path, `line ${number + 1} is no value`)
      metrics.add(name, step, pythonNumber(value, path), atMs)
      if (++number % linesAtOnce !== 0) continue
      pause()
      await nextTurn()
    }
  })
}

function pythonNumber(text: string, path: string): number {
  if (/^[-+]?(nan|inf(inity)?)$/i.test(text)) return NaN
  const value = Number(text)
  if (Number.isNaN(value)) throw damaged(path, `"${text.slice(0, 40)}" is no number`)
  return value
}

async function readValues(folder: string): Promise<[string, string][]> {
  const values: [string, string][] = []
  for (const [name, path] of await filesBelow(folder)) {
    const text = await textOf(path, mostValueBytes)
    values.push([name.slice(0, 500), text.slice(0, 10_000)])
  }
  return values
}

async function textOf(path: string, most: number): Promise<string> {
  return withBytes(path, async (bytes) => {
    if (bytes.byteCount > most) throw damaged(path, 'it is too long')
    return (await bytes.read(bytes.byteCount))?.toString('utf8') ?? ''
  })
}

/** Names with `/` are files in folders. Links are left out. */
async function filesBelow(root: string): Promise<[name: string, path: string][]> {
  const found: [string, string][] = []
  const waiting = ['']
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => [])
    for (const entry of entries) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory() && name.split('/').length < 20) waiting.push(name)
      else if (entry.isFile()) found.push([name, join(root, name)])
      if (found.length + waiting.length > mostFiles) throw damaged(root, 'it has too many files')
    }
  }
  return found.sort(([a], [b]) => (a < b ? -1 : 1))
}

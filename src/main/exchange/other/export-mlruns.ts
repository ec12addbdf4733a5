/** Writes a run into MLflow's file store: FOLDER/EXPERIMENT/RUN, an experiment for each dataset. */
import { createHash } from 'node:crypto'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { stringify } from 'yaml'
import type { Run, RunState } from '../../../contract/entities/run'
import { makeFolders } from '../../files/make-folders'
import { openStreamedFile } from '../../report/streamed-file'
import type { Db } from '../../store/statement'
import { curvesOf } from './our-curves'

/** mlflow.entities.RunStatus. */
const statuses: Readonly<Record<RunState, number>> = {
  starting: 1,
  training: 1,
  evaluating: 1,
  done: 3,
  failed: 4,
  stopped: 5,
  interrupted: 5,
  paused: 5,
}

/** Throws 'not-allowed', 'disk-full'. */
export async function exportMlruns(db: Db, run: Run, folder: string): Promise<void> {
  const root = resolve(folder)
  const experimentId = String(parseInt(digest(`dataset ${run.datasetName}`).slice(0, 12), 16) + 1e15)
  const runId = digest(`run ${run.createdAtMs} ${run.name} ${run.splitHash}`).slice(0, 32)
  const experiment = join(root, experimentId)
  const place = join(experiment, runId)
  const endedAtMs = run.endedAtMs ?? run.createdAtMs
  write(
    join(experiment, 'meta.yaml'),
    stringify({
      artifact_location: pathToFileURL(experiment).href,
      creation_time: Math.round(run.createdAtMs),
      experiment_id: experimentId,
      last_update_time: Math.round(endedAtMs),
      lifecycle_stage: 'active',
      name: run.datasetName,
    }),
    /^artifact_location: /,
  )
  write(
    join(place, 'meta.yaml'),
    stringify({
      artifact_uri: pathToFileURL(join(place, 'artifacts')).href,
      end_time: run.endedAtMs === null ? null : Math.round(run.endedAtMs),
      entry_point_name: '',
      experiment_id: experimentId,
      lifecycle_stage: 'active',
      run_id: runId,
      run_name: run.name,
      run_uuid: runId,
      source_name: '',
      source_type: 4,
      source_version: '',
      start_time: Math.round(run.createdAtMs),
      status: statuses[run.state],
      tags: [],
      user_id: '',
    }),
    /^artifact_uri: /,
  )
  for (const [name, values] of curvesOf(db, run)) {
    const lines = values.map(({ step, value, atMs }) => `${Math.round(atMs)} ${value} ${step}\n`)
    write(join(place, 'metrics', ...name.split('/')), lines.join(''), /^\d+ \S+ \d+\n/)
  }
  // Without it MLflow takes the folder for no run.
  makeFolders(join(place, 'artifacts'))
  // MLflow reads a parameter or a tag as one value: any file there is one.
  const any = /^/
  for (const [name, value] of settingsOf(run)) write(join(place, 'params', name), value, any)
  write(join(place, 'tags', 'mlflow.runName'), run.name, any)
  write(join(place, 'tags', 'mlflow.source.name'), 'BiT Workbench', any)
  return Promise.resolve()
}

/** Names as MLflow takes them. */
function settingsOf(run: Run): [string, string][] {
  const recipe = Object.entries(run.recipe).map(([name, value]): [string, string] => [
    name,
    typeof value === 'object' ? JSON.stringify(value) : String(value),
  ])
  return [['model', run.model], ['weights', run.weights ?? 'none'], ['split', run.splitHash], ...recipe]
}

function write(path: string, text: string, ours: RegExp): void {
  const file = openStreamedFile(path, (head) => ours.test(head.toString('utf8')))
  try {
    file.append(text)
    file.finish()
  } finally {
    file.close()
  }
}

function digest(value: string): string {
  return createHash('sha256').update(value).digest('hex')
}

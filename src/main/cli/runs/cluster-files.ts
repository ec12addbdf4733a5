/**
 * What a cluster is given for a search: the dataset's split as a list, its corrections, a script for one trial in a home of its own, and the job that
 * runs it for each. All lies in one folder that every node sees at the same path. Pure.
 */
import { optionsOf, type RecipeField } from '../../../domain/recipe/field'
import { recipeFields } from '../../../domain/recipe/fields'

export const clusterKinds = ['slurm', 'kubernetes', 'ray'] as const
export type ClusterKind = (typeof clusterKinds)[number]

export interface ClusterJob {
  /** Absolute, the same on each node. */
  readonly folder: string
  /** How `bitw` is called there. */
  readonly program: readonly string[]
  readonly datasetName: string
  /** What it is imported from; every node sees it at the same path. */
  readonly source: string
  /** Of `bitw import`, beside the source and the name: how it is read. */
  readonly reading: readonly string[]
  /** Whether labels.csv is beside split.tsv: the corrections of the dataset. */
  readonly isCorrected: boolean
  /** Of `bitw train`, beside dataset, name and home: one list for each trial. */
  readonly trials: readonly (readonly string[])[]
  readonly name: string
  /** The container image that has `bitw`, for Kubernetes. */
  readonly image: string
  /** The claim of the volume that holds the folder, for Kubernetes. */
  readonly volumeClaim: string
  /** Most trials at the same time. */
  readonly parallelism: number
}

export interface ClusterFile {
  readonly name: string
  readonly text: string
  readonly isProgram: boolean
}

/** In `folder`, beside split.tsv and labels.csv. */
export function clusterFiles(kind: ClusterKind, job: ClusterJob): ClusterFile[] {
  const script = { name: 'run-trial.sh', text: trialScript(job), isProgram: true }
  const jobFile = {
    slurm: { name: 'job.slurm', text: slurmJob(job) },
    kubernetes: { name: 'job.json', text: kubernetesJob(job) },
    ray: { name: 'driver.py', text: rayDriver(job) },
  }[kind]
  return [script, { ...jobFile, isProgram: false }]
}

/** What hands the job to the cluster. */
export function submitCommand(kind: ClusterKind, { folder }: Pick<ClusterJob, 'folder'>): string[] {
  return {
    slurm: ['sbatch', '--parsable', `${folder}/job.slurm`],
    kubernetes: ['kubectl', 'apply', '-f', `${folder}/job.json`],
    ray: ['ray', 'job', 'submit', '--no-wait', '--', 'python3', `${folder}/driver.py`],
  }[kind]
}

/** A recipe's values as options of `bitw train`. */
export function trainArguments(values: Readonly<Record<string, unknown>>): string[] {
  return Object.entries<RecipeField>(recipeFields).flatMap(([key, field]) => {
    const { [key]: value } = values
    if (value === undefined || field.command === undefined) return []
    const [flag = ''] = field.command.flag.split(' ')
    if (field.kind === 'switch') return value === !flag.startsWith('--no-') ? [flag] : []
    if (field.kind === 'choice' && !optionsOf(field).includes(String(value))) return []
    return [flag, String(value)]
  })
}

/** Safe to run again: what is done is left, and a run that its node left goes on at its last checkpoint. */
function trialScript(job: ClusterJob): string {
  const { folder, program, datasetName, source, reading, isCorrected, trials, name } = job
  const cases = trials
    .map((words, index) => `  ${index}) set -- ${words.map(quoted).join(' ')} ;;`)
    .join('\n')
  return `#!/bin/sh
# One trial of a search of BiT Workbench: run-trial.sh INDEX. It may be run again: it goes on where it was left.
set -eu
index="$1"
folder=${quoted(folder)}
home="$folder/homes/trial-$index"
result="$folder/results/trial-$index.bitwrun"
case "$index" in
${cases}
  *) echo "There is no trial $index." >&2; exit 2 ;;
esac
bitw() { ${program.map(quoted).join(' ')} --home "$home" "$@"; }
[ -f "$result" ] && exit 0
mkdir -p "$folder/homes" "$folder/results"
if [ ! -f "$home/imported" ]; then
  # half an import is begun again
  rm -rf "$home"
  ${['bitw', 'import', quoted(source), '--name', quoted(datasetName), ...reading.map(quoted)].join(' ')}
  bitw datasets split ${quoted(datasetName)} --from "$folder/split.tsv"${isCorrected ? `\n  bitw labels apply ${quoted(datasetName)} "$folder/labels.csv"` : ''}
  touch "$home/imported"
fi
if [ "$(bitw runs --count)" = 0 ]; then
  bitw train --dataset ${quoted(datasetName)} --name ${quoted(name)}", $((index + 1))" "$@"
elif [ "$(bitw runs state:done --count)" = 0 ]; then
  bitw resume 1
fi
bitw runs export 1 --bundle "$result"
`
}

/** An array with an element for each trial, put back into the queue where its node fails: sbatch(1). */
function slurmJob({ folder, trials, name, parallelism }: ClusterJob): string {
  return `#!/bin/sh
#SBATCH --job-name=${slug(name)}
#SBATCH --array=0-${trials.length - 1}%${parallelism}
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=${folder}/logs/trial-%a.log
exec ${quoted(`${folder}/run-trial.sh`)} "$SLURM_ARRAY_TASK_ID"
`
}

/** An indexed Job of batch/v1, whose pods are made again where they fail, each index by itself. */
function kubernetesJob({ folder, trials, name, image, volumeClaim, parallelism }: ClusterJob): string {
  const job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: slug(name), labels: { app: 'bit-workbench' } },
    spec: {
      completionMode: 'Indexed',
      completions: trials.length,
      parallelism: Math.min(parallelism, trials.length),
      backoffLimitPerIndex: 3,
      template: {
        metadata: { labels: { app: 'bit-workbench' } },
        spec: {
          restartPolicy: 'Never',
          containers: [
            {
              name: 'trial',
              image,
              command: ['/bin/sh', '-c', `exec ${quoted(`${folder}/run-trial.sh`)} "$JOB_COMPLETION_INDEX"`],
              volumeMounts: [{ name: 'shared', mountPath: folder, subPath: slug(name) }],
            },
          ],
          volumes: [{ name: 'shared', persistentVolumeClaim: { claimName: volumeClaim } }],
        },
      },
    },
  }
  return `${JSON.stringify(job, null, 2)}\n`
}

/** A task of Ray for each trial, tried again where its node fails. */
function rayDriver({ folder, trials, parallelism }: ClusterJob): string {
  return `"""The trials of a search of BiT Workbench as tasks of Ray, each tried again where its node fails."""
import subprocess
import sys

import ray

FOLDER = ${JSON.stringify(folder)}
TRIALS = ${trials.length}
AT_ONCE = ${parallelism}


@ray.remote(num_cpus=1, max_retries=3, retry_exceptions=True)
def trial(index):
    with open(f"{FOLDER}/logs/trial-{index}.log", "ab") as log:
        subprocess.run(["/bin/sh", f"{FOLDER}/run-trial.sh", str(index)], check=True, stdout=log, stderr=log)
    return index


ray.init()
waiting = list(range(TRIALS))
running = []
failed = 0
while waiting or running:
    while waiting and len(running) < AT_ONCE:
        running.append(trial.remote(waiting.pop(0)))
    done, running = ray.wait(running)
    for reference in done:
        try:
            print("trial", ray.get(reference), "is done", flush=True)
        except Exception as error:  # one that fails does not stop the rest
            failed += 1
            print(error, file=sys.stderr, flush=True)
sys.exit(1 if failed else 0)
`
}

/** For a POSIX shell. */
function quoted(word: string): string {
  return /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** What names of jobs may have: DNS labels, at most 63 characters. */
function slug(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z\d]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 52)
  return `bitw-${plain === '' ? 'search' : plain}`.replace(/-+$/, '')
}

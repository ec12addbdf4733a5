import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { clusterKinds } from '../../../src/main/cli/runs/cluster-files'
import {
  clusterFiles,
  submitCommand,
  trainArguments,
  type ClusterJob,
} from '../../../src/main/cli/runs/cluster-files'
import { temporaryFolder } from '../../support/test-core'

function jobIn(folder: string, program: readonly string[] = ['bitw']): ClusterJob {
  return {
    folder,
    program,
    datasetName: "Ada's flowers",
    source: '/data/flowers',
    reading: ['--folders', 'classes'],
    isCorrected: true,
    name: 'Search on flowers',
    trials: [
      ['--model', 'R50x1', '--lr', '0.01'],
      ['--model', 'R50x1', '--lr', '0.03'],
    ],
    image: 'registry.local/bitw:1',
    volumeClaim: 'work',
    parallelism: 4,
  }
}

const fileOf = (kind: (typeof clusterKinds)[number], name: string): string =>
  clusterFiles(kind, jobIn('/shared/search')).find((file) => file.name === name)?.text ?? ''

describe('a search for a cluster', () => {
  it('is an array of Slurm with an element for each trial, which is put back where its node fails', () => {
    const text = fileOf('slurm', 'job.slurm')
    expect(text).toContain('#SBATCH --array=0-1%4\n')
    expect(text).toContain('#SBATCH --requeue\n')
    expect(text).toContain('exec /shared/search/run-trial.sh "$SLURM_ARRAY_TASK_ID"')
  })

  it('is an indexed Job of Kubernetes, whose pods are made again each by itself', () => {
    expect(JSON.parse(fileOf('kubernetes', 'job.json'))).toMatchObject({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'bitw-search-on-flowers' },
      spec: { completionMode: 'Indexed', completions: 2, parallelism: 2, backoffLimitPerIndex: 3 },
    })
  })

  it('is a driver of Ray that tries each trial again', () => {
    const text = fileOf('ray', 'driver.py')
    expect(text).toContain('max_retries=3')
    expect(text).toContain('TRIALS = 2')
    expect(submitCommand('ray', jobIn('/shared'))).toEqual([
      ...['ray', 'job', 'submit', '--no-wait', '--', 'python3', '/shared/driver.py'],
    ])
  })

  it('gives values of a recipe as the options of a training', () => {
    expect(
      trainArguments({
        baseLearningRate: 0.01,
        flip: false,
        randomCrop: true,
        freeze: 'block2',
        keepHead: true,
      }),
    ).toEqual([...['--lr', '0.01', '--no-flip', '--freeze', 'block2', '--keep-head']])
  })
})

describe('the script of a trial', () => {
  /** A bitw that writes down what it was asked, and says how many runs its home has by files in it. */
  function place() {
    const { path: folder, remove } = temporaryFolder('cluster')
    onTestFinished(remove)
    const programPath = join(folder, 'fake-bitw.sh')
    writeFileSync(
      programPath,
      `shift; home="$1"; shift; mkdir -p "$home"
echo "$*" >> ${folder}/asked
case "$*" in
  "runs --count") if [ -f "$home/run" ]; then echo 1; else echo 0; fi ;;
  "runs state:done --count") if [ -f "$home/done" ]; then echo 1; else echo 0; fi ;;
  train*) touch "$home/run"; [ -f ${folder}/dies ] && exit 9; touch "$home/done" ;;
  resume*) touch "$home/done" ;;
  "runs export 1 --bundle "*) touch "$5" ;;
esac
true
`,
    )
    const [script] = clusterFiles('slurm', jobIn(folder, ['sh', programPath]))
    writeFileSync(join(folder, 'run-trial.sh'), script?.text ?? '')
    mkdirSync(join(folder, 'logs'))
    const runTrial = (index: string) =>
      execFileSync('sh', [join(folder, 'run-trial.sh'), index], { stdio: 'pipe' })
    const asked = () => readFileSync(join(folder, 'asked'), 'utf8').trimEnd().split('\n')
    return { folder, runTrial, asked }
  }

  it('imports with the split of the search, trains with its values, and leaves a bundle', () => {
    const { folder, runTrial, asked } = place()
    runTrial('1')
    expect(asked()).toEqual([
      "import /data/flowers --name Ada's flowers --folders classes",
      `datasets split Ada's flowers --from ${folder}/split.tsv`,
      `labels apply Ada's flowers ${folder}/labels.csv`,
      'runs --count',
      "train --dataset Ada's flowers --name Search on flowers, 2 --model R50x1 --lr 0.03",
      `runs export 1 --bundle ${folder}/results/trial-1.bitwrun`,
    ])
    runTrial('1')
    expect(asked()).toHaveLength(6)
  })

  it('goes on with the run that its node left, and imports no second time', () => {
    const { folder, runTrial, asked } = place()
    writeFileSync(join(folder, 'dies'), '')
    expect(() => runTrial('0')).toThrow()
    const before = asked().length
    runTrial('0')
    expect(asked().slice(before)).toEqual([
      ...['runs --count', 'runs state:done --count', 'resume 1'],
      `runs export 1 --bundle ${folder}/results/trial-0.bitwrun`,
    ])
    expect(existsSync(join(folder, 'results/trial-0.bitwrun'))).toBe(true)
  })

  it('refuses a trial that there is not', () => {
    expect(() => place().runTrial('7')).toThrow('There is no trial 7.')
  })
})

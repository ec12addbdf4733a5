/**
 * A search on a cluster of this machine: Slurm from the system's packages on loopback, Ray and kubernetes-validate from a Python that is given. Each trial
 * in a home of its own; one is killed while it trains and must go on at its checkpoint; merged twice.
 *
 * npm run bench -- cluster [--case slurm|ray|kubernetes] [--peer PYTHON]
 */
import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { machine } from '../machine.mjs'
import { bitw } from '../workbench.mjs'

const run = promisify(execFile)
const model = ['--model', 'units:1-1-1-1,width:0.5', '--batch', '16', '--micro-batch', '16', '--crop', '32']
const search = [...model, '--steps', '600', '--lr', '0.01,0.03,0.1', '--at-once', '2']

/** @param {{ only?: string, python?: string }} options */
export async function* clusterResults({ only, python }) {
  const folder = mkdtempSync(join(tmpdir(), 'bitw-cluster-'))
  try {
    const home = join(folder, 'home')
    await bitw(home, ['import', '--sample', '--name', 'sample'])
    const kinds = { slurm: onSlurm, ray: onRay, kubernetes: forKubernetes }
    for (const [kind, measure] of Object.entries(kinds)) {
      if (only !== undefined && only !== kind) continue
      const found = await measure(join(folder, kind), home, python)
      const what = `a search on ${kind}`
      if (found.skipped !== undefined) yield { ran: false, what, reason: `${what}: ${found.skipped}` }
      else yield { what, machine: machine(), ...found, lines: [JSON.stringify(found)] }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function onSlurm(folder, home) {
  const cluster = await startSlurm(`${folder}-cluster`)
  try {
    const { trials, command } = await written(home, folder, 'slurm')
    const [program, ...words] = command
    const { stdout } = await run(program, words, { env: cluster.environment })
    const jobId = stdout.trim()
    const killed = await killOne(folder, async (index) => {
      // as slurmctld does by itself for a node that is gone
      await run('scontrol', ['requeue', `${jobId}_${index}`], { env: cluster.environment })
    })
    await until(() => bundles(folder) === trials, 900_000)
    return { trials, killed, ...(await mergedTwice(home, folder, trials)) }
  } finally {
    await cluster.stop()
  }
}

async function onRay(folder, home, python) {
  const bin = binOf(python, 'ray')
  if (bin === null) return { skipped: 'give a Python that has ray[default] with --peer' }
  const ray = join(bin, 'ray')
  const environment = {
    ...process.env,
    PATH: `${bin}:${process.env.PATH}`,
    RAY_ADDRESS: 'http://127.0.0.1:8265',
  }
  const start = [
    'start',
    '--head',
    '--num-cpus=2',
    '--dashboard-host=127.0.0.1',
    '--node-ip-address=127.0.0.1',
    '--disable-usage-stats',
  ]
  await run(ray, start, { env: { ...environment, RAY_ADDRESS: '' } })
  try {
    const { trials, command } = await written(home, folder, 'ray')
    const [, ...words] = command
    // the python3 that a login shell finds may be another
    await run(
      ray,
      words.map((word) => (word === 'python3' ? python : word)),
      { env: environment },
    )
    const killed = await killOne(folder, () => Promise.resolve())
    await until(() => bundles(folder) === trials, 900_000)
    return { trials, killed, ...(await mergedTwice(home, folder, trials)) }
  } finally {
    await run(ray, ['stop', '--force'], { env: environment }).catch(() => undefined)
  }
}

/** The job that would be submitted, in `folder`: how many trials it has, and the command that submits it. */
async function written(home, folder, kind) {
  const words = ['sweep', '--dataset', 'sample', ...search, '--on', kind, '--folder', folder, '--only-write']
  return (await bitw(home, words)).find(({ type }) => type === 'cluster-job')
}

/** Written, and held to the published schema. */
async function forKubernetes(folder, home, python) {
  const bin = binOf(python, 'kubernetes-validate')
  if (bin === null) return { skipped: 'give a Python that has kubernetes-validate with --peer' }
  await written(home, folder, 'kubernetes')
  const { stdout, stderr } = await run(join(bin, 'kubernetes-validate'), [
    '--strict',
    join(folder, 'job.json'),
  ])
  return { said: (stdout + stderr).trim() }
}

/** Kills the processes of the first trial that trains, once it has a checkpoint; the step that it is to go on from. */
async function killOne(folder, afterwards) {
  const index = 0
  const home = join(folder, 'homes', `trial-${index}`)
  await until(async () => {
    if (!existsSync(join(home, 'imported'))) return false
    const found = (await bitw(home, ['runs'])).find(({ type }) => type === 'run')?.run
    return found !== undefined && found.state === 'training' && (found.checkpointStep ?? 0) > 0
  }, 600_000)
  const pids = execFileSync('pgrep', ['-f', home], { encoding: 'utf8' }).trim().split('\n').map(Number)
  for (const pid of pids) if (pid !== process.pid) tryKill(pid)
  await afterwards(index)
  await until(async () => {
    const log = existsSync(join(folder, 'logs', `trial-${index}.log`))
      ? readFileSync(join(folder, 'logs', `trial-${index}.log`), 'utf8')
      : ''
    return /Resumed from the checkpoint after step \d+/.test(log)
  }, 600_000)
  const log = readFileSync(join(folder, 'logs', `trial-${index}.log`), 'utf8')
  return {
    trial: index,
    resumedAtStep: Number(/Resumed from the checkpoint after step (\d+)/.exec(log)?.[1]),
  }
}

function tryKill(pid) {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // gone already
  }
}

async function mergedTwice(home, folder, trials) {
  const merge = async () =>
    (await bitw(home, ['sweep', 'merge', folder])).find(({ type }) => type === 'merged')
  const [first, second] = [await merge(), await merge()]
  const runs = (await bitw(home, ['runs'])).filter(({ type }) => type === 'run')
  if (first.added !== trials || second.added !== 0)
    throw new Error(`Merged ${first.added} and then ${second.added} of ${trials}.`)
  return {
    addedFirst: first.added,
    addedAgain: second.added,
    steps: runs.slice(0, trials).map(({ run: one }) => one.stepsDone),
  }
}

const bundles = (folder) =>
  readdirSync(join(folder, 'results')).filter((name) => name.endsWith('.bitwrun')).length

async function until(asked, limitMs) {
  const end = Date.now() + limitMs
  while (!(await asked())) {
    if (Date.now() > end) throw new Error('It took too long.')
    await wait(500)
  }
}

function binOf(python, program) {
  if (python === undefined) return null
  const bin = dirname(python)
  return existsSync(join(bin, program)) ? bin : null
}

/** slurmctld, slurmd and munged of this user on loopback, with everything of theirs in a folder. */
async function startSlurm(folder) {
  for (const name of ['state', 'spool', 'log', 'munge']) mkdirSync(join(folder, name), { recursive: true })
  chmodSync(join(folder, 'munge'), 0o755)
  const key = join(folder, 'munge.key')
  writeFileSync(key, Buffer.alloc(128, 7), { mode: 0o400 })
  const socket = join(folder, 'munge', 'socket')
  const name = hostname().split('.')[0]
  const user = userInfo().username
  const config = join(folder, 'slurm.conf')
  writeFileSync(
    config,
    `ClusterName=loopback
SlurmctldHost=${name}(127.0.0.1)
SlurmUser=${user}
SlurmdUser=${user}
AuthType=auth/munge
AuthInfo=socket=${socket}
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
ReturnToService=2
SlurmctldPort=16817
SlurmdPort=16818
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldLogFile=${folder}/log/slurmctld.log
SlurmdLogFile=${folder}/log/slurmd.log
JobRequeue=1
NodeName=${name} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=local Nodes=ALL Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
`,
  )
  const environment = { ...process.env, SLURM_CONF: config }
  const children = []
  const begin = (program, words) => {
    const child = spawn(program, words, { env: environment, stdio: 'ignore' })
    children.push(child)
    return child
  }
  begin('/usr/sbin/munged', [
    ...[
      '--foreground',
      '--force',
      `--key-file=${key}`,
      `--socket=${socket}`,
      `--pid-file=${folder}/munged.pid`,
    ],
    ...[`--log-file=${folder}/log/munged.log`, `--seed-file=${folder}/munge.seed`],
  ])
  await until(() => existsSync(socket), 20_000)
  begin('/usr/sbin/slurmctld', ['-D', '-f', config])
  begin('/usr/sbin/slurmd', ['-D', '-f', config])
  await until(async () => {
    const { stdout = '' } = await run('sinfo', ['-h', '-o', '%t'], { env: environment }).catch(() => ({}))
    return /idle|mix|alloc/.test(stdout)
  }, 60_000)
  return {
    environment,
    async stop() {
      await run('scancel', ['--user', user], { env: environment }).catch(() => undefined)
      for (const child of children.reverse()) {
        if (child.exitCode !== null) continue
        const gone = once(child, 'exit')
        child.kill('SIGTERM')
        await gone
      }
    },
  }
}

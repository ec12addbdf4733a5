/** The small model's training step (as in step.mjs) on every engine that works here, and the peer's, all in turn. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { peerRun } from '../peers/process.mjs'
import { quartiles } from '../statistics.mjs'

const trainer = fileURLToPath(new URL('../../out/main/trainer.cjs', import.meta.url))
const peerScript = fileURLToPath(new URL('../peers/step.py', import.meta.url))
const work = { batch: 64, px: 64, steps: 10 }
const engines = ['tensorflow', 'wasm', 'webgpu']

export async function enginesCase() {
  return {
    what: `training steps on each engine, units 1-1-1-1 width 0.5, ${work.batch} × ${work.px}² px`,
    unit: 'images/s',
    /** Alternates all engines and the peer `runs` times; one entry for each, with its ratio to the peer in the same round. */
    async compare({ runs, python, note }) {
      const refusals = {}
      const rounds = []
      for (let run = 0; run < runs; run++) {
        const round = {}
        for (const engine of engines.filter((name) => refusals[name] === undefined)) {
          try {
            round[engine] = await measure(engine)
          } catch (error) {
            refusals[engine] = error.message
          }
        }
        if (python !== undefined)
          round.peer = await peerRun(python, [peerScript, work.batch, work.px, work.steps].map(String))
        rounds.push(round)
        note(
          `run ${run + 1}: ${Object.entries(round)
            .map(([name, { rate }]) => `${name} ${rate.toFixed(1)}`)
            .join(', ')}`,
        )
      }
      const of = (name) => rounds.flatMap((round) => round[name] ?? [])
      const entries = [...engines, 'peer'].flatMap((name) => {
        const measured = of(name)
        if (measured.length === 0) return []
        const ratios = rounds.flatMap(({ [name]: own, peer }) => (own && peer ? own.rate / peer.rate : []))
        return {
          name: name === 'peer' ? 'PyTorch eager with timm' : name,
          rate: quartiles(measured.map(({ rate }) => rate)),
          ratio: ratios.length === 0 ? null : quartiles(ratios).median,
          peakMemoryBytes: Math.max(...measured.map(({ peakMemoryBytes }) => peakMemoryBytes)),
          threads: measured[0].threads ?? null,
        }
      })
      return { entries, refusals }
    },
  }
}

function measure(engine) {
  return new Promise((resolve, reject) => {
    const child = fork(trainer, [], {
      serialization: 'advanced',
      // a software adapter is refused there, as for users
      env: { ...process.env, TF_ENABLE_ONEDNN_OPTS: '1', TF_CPP_MIN_LOG_LEVEL: '2', BITW_ENGINE: engine },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    let threads = null
    child.on('error', reject)
    child.on('exit', (code) => reject(new Error(`the trainer ended with ${code}`)))
    child.on('message', (message) => {
      if (message.type === 'engine') threads = message.engine.threadCount
      if (message.type === 'failed') {
        reject(new Error(message.error.message))
        child.kill()
      }
      if (message.type === 'measured') {
        resolve({ rate: 1000 / message.msPerImage, peakMemoryBytes: message.peakMemoryBytes, threads })
        child.kill()
      }
    })
    child.send({
      type: 'start',
      job: {
        kind: 'measure',
        spec: { units: [1, 1, 1, 1], width: 0.5 },
        classCount: 10,
        microBatchSize: work.batch,
        cropPx: work.px,
        stepCount: work.steps,
      },
    })
  })
}

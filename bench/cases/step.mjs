/** One training step of the small model (units 1-1-1-1, width 0.5) at 64 × 64² px: images/s, in a trainer of its own. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { peerRun } from '../peers/process.mjs'

const trainer = fileURLToPath(new URL('../../out/main/trainer.cjs', import.meta.url))
const peerScript = fileURLToPath(new URL('../peers/step.py', import.meta.url))
const work = { batch: 64, px: 64, steps: 10 }

export async function stepCase() {
  return {
    what: `training steps, units 1-1-1-1 width 0.5, ${work.batch} × ${work.px}² px`,
    unit: 'images/s',
    peerName: 'PyTorch eager with timm, same model, batch, size and optimizer',
    ours: measure,
    peer: (python) => peerRun(python, [peerScript, String(work.batch), String(work.px), String(work.steps)]),
  }
}

function measure() {
  return new Promise((resolve, reject) => {
    const child = fork(trainer, [], {
      serialization: 'advanced',
      env: { ...process.env, TF_ENABLE_ONEDNN_OPTS: '1', TF_CPP_MIN_LOG_LEVEL: '2' },
    })
    child.on('error', reject)
    child.on('exit', (code) => reject(new Error(`the trainer ended with ${code}`)))
    child.on('message', (message) => {
      if (message.type === 'failed') reject(new Error(message.error.message))
      if (message.type === 'measured') {
        resolve({ rate: 1000 / message.msPerImage, peakMemoryBytes: message.peakMemoryBytes })
        child.kill()
      }
    })
    child.send({
      type: 'start',
      job: {
        kind: 'measure',
        what: 'step',
        microBatchCount: 1,
        profile: false,
        spec: { units: [1, 1, 1, 1], width: 0.5 },
        classCount: 10,
        microBatchSize: work.batch,
        cropPx: work.px,
        stepCount: work.steps,
      },
    })
  })
}

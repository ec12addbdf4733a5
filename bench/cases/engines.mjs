/** The small model's training step on every engine that works here, and the peer's, all in turn. */
import { compareInTurn } from '../compare.mjs'
import { machine } from '../machine.mjs'
import { models } from '../models.mjs'
import { peerRun } from '../peers/process.mjs'
import { measureInTrainer } from '../trainer.mjs'

const peerScript = new URL('../peers/step.py', import.meta.url).pathname
const work = { model: 'small', what: 'step', microBatch: 64, microBatches: 1, px: 64, steps: 10 }
const engines = ['tensorflow', 'wasm', 'webgpu'] // a software adapter is refused, as for users

export async function* enginesResults({ python, runs, note }) {
  const contenders = Object.fromEntries(
    engines.map((name) => [
      name,
      () => measureInTrainer({ ...work, spec: models.small.spec }, { BITW_ENGINE: name }),
    ]),
  )
  if (python !== undefined) contenders.peer = () => peerRun(python, [peerScript, JSON.stringify(work)])
  const { results, refusals, disturbedRounds } = await compareInTurn({
    contenders,
    runs,
    first: 'peer',
    note,
  })
  const title = models[work.model].title
  yield {
    case: 'engines',
    what: `training steps on each engine and in PyTorch eager, ${title}, ${work.microBatch} × ${work.px}² px`,
    unit: 'images/s',
    results: Object.fromEntries(Object.entries(results).map(([name, result]) => [name, toPeer(result)])),
    ratioOf: 'to the peer',
    refusals,
    disturbedRounds,
    machine: machine(),
  }
}

/** The engine to the peer, not the peer to the engine. */
function toPeer({ ratio, memoryRatio, ...result }) {
  if (ratio === null) return { ...result, ratio, memoryRatio }
  const { low, median, high, runs } = ratio
  return {
    ...result,
    ratio: { low: 1 / high, median: 1 / median, high: 1 / low, runs },
    memoryRatio: 1 / memoryRatio,
  }
}

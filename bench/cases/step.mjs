/**
 * Training steps and predictions, ours and the peers' in turn, each in a process of its own: images/s (from the median step), peak memory, and
 * the share of convolutions in our time. Pixels are random; decoding is not in it.
 */
import { compareInTurn } from '../compare.mjs'
import { machine } from '../machine.mjs'
import { models } from '../models.mjs'
import { peerRun } from '../peers/process.mjs'
import { convolutionShare, measureInTrainer } from '../trainer.mjs'

const peerScript = new URL('../peers/step.py', import.meta.url).pathname

/** `steps` are timed after two that are not. */
const cases = {
  'r50x1-128': { model: 'r50x1', what: 'step', microBatch: 8, px: 128, steps: 6 },
  'r50x1-384': { model: 'r50x1', what: 'step', microBatch: 2, px: 384, steps: 4 },
  'r50x1-predict-384': { model: 'r50x1', what: 'predict', microBatch: 8, px: 384, steps: 4 },
  'r50x1-hyper-128': { model: 'r50x1', what: 'step', microBatch: 32, effective: 64, px: 128, steps: 2 },
  'small-64': { model: 'small', what: 'step', microBatch: 64, px: 64, steps: 10 },
}

/** Who is measured beside ours; those of PyTorch need `python`. */
export const opponents = {
  eager: 'PyTorch eager with timm',
  compile: 'PyTorch with timm, torch.compile',
  tfjs: 'tfjs-node eager: the same model op by op, without graphs and our kernels',
  'tfjs-plain': 'the same without oneDNN, which is how TensorFlow starts on processors without AVX-512',
}
const ofTfjs = { tfjs: {}, 'tfjs-plain': { TF_ENABLE_ONEDNN_OPTS: '0' } }

/** One result for each case, as it ends. `only` a case's name or undefined; `against` names of opponents or undefined; `effective` of HyperRule's step. */
export async function* stepResults({ only, against, python, runs, precision, effective, micro, note }) {
  if (only !== undefined && !(only in cases))
    throw new Error(`There is no case ${only}: ${Object.keys(cases).join(', ')}.`)
  for (const [name, given] of Object.entries(cases)) {
    if (only !== undefined && only !== name) continue
    const work = workOf(given, { effective, micro, precision })
    note(`${name}: ${work.title}`)
    const contenders = { ours: () => ours(work) }
    for (const opponent of against ?? defaults(name)) {
      const measure = opponentOf(opponent, work, python)
      if (measure !== null) contenders[opponent] = measure
    }
    const { results, refusals, rounds, disturbedRounds } = await compareInTurn({
      contenders,
      runs,
      first: 'ours',
      note,
    })
    if (results.ours === undefined) throw new Error(`${name}: ${refusals.ours}`)
    const { operations } = rounds[0].ours
    yield {
      case: 'step',
      name,
      what: work.title,
      unit: 'images/s',
      precision,
      results,
      refusals,
      disturbedRounds,
      convolutionShare: convolutionShare(operations),
      longest: operations.slice(0, 6),
      machine: machine(),
    }
  }
}

/** tfjs alone is compared in one case: it takes minutes. */
function defaults(name) {
  return name === 'r50x1-128' ? Object.keys(opponents) : ['eager', 'compile']
}

function workOf({ effective: usual, microBatch: usualMicro, ...rest }, { effective, micro, precision }) {
  const whole = usual === undefined ? undefined : (effective ?? usual)
  const microBatch = usual === undefined ? usualMicro : (micro ?? usualMicro)
  const microBatches = whole === undefined ? 1 : Math.round(whole / microBatch)
  const kind = rest.what === 'predict' ? 'predictions' : 'training steps'
  const batch = microBatches === 1 ? `${microBatch}` : `${microBatches} × ${microBatch}`
  const title = `${kind}, ${models[rest.model].title}, ${batch} × ${rest.px}² px`
  return { ...rest, microBatch, microBatches, precision, title }
}

function ours({ model, ...work }, environment = {}) {
  return measureInTrainer(
    { ...work, spec: models[model].spec },
    { BITW_ENGINE: 'tensorflow', ...environment },
  )
}

function opponentOf(name, work, python) {
  if (!(name in opponents))
    throw new Error(`There is no opponent ${name}: ${Object.keys(opponents).join(', ')}.`)
  if (name in ofTfjs)
    return work.precision === 'float32'
      ? () => ours({ ...work, steps: 2 }, { BITW_GRAPHS: '0', ...ofTfjs[name] })
      : null // it knows no other
  if (python === undefined) return null
  return () => peerRun(python, [peerScript, JSON.stringify({ ...work, compile: name === 'compile' })])
}

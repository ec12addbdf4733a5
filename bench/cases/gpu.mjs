/**
 * On an NVIDIA card with the provisioned TensorFlow: whether it computes what the CPU does, in float32 and bfloat16, and how fast R50x1's HyperRule step
 * (512 × 128² px) is, beside the peer on the same card. Where there is no card it says so and ends well.
 */
import { agreement } from '../agreement.mjs'
import { compareInTurn } from '../compare.mjs'
import { gpuName, withGpuMemory } from '../machine.mjs'
import { models } from '../models.mjs'
import { peerRun } from '../peers/process.mjs'
import { engineReport, measureInTrainer } from '../trainer.mjs'

const peerScript = new URL('../peers/step.py', import.meta.url).pathname
const batch = 512
/** Of `goalSteps` HyperRule steps. */
const goalSteps = 500
const check = { spec: models.small.spec, microBatch: 16, px: 64, steps: 4, learningRate: 0.003 }
/**
 * A card convolves in TF32 (10 bits of fraction), bfloat16 has 7.
 * @public Tests load it.
 */
export const bounds = { float32: { first: 1e-3, later: 1e-2 }, bfloat16: { first: 1e-2, later: 5e-2 } }

export async function* gpuResults({ python, runs, note, against }) {
  const device = gpuName()
  const notRun = (reason) => ({ case: 'gpu', ran: false, reason })
  if (device === null) return yield notRun('Not run: there is no NVIDIA card (nvidia-smi names none).')
  const engine = await engineReport()
  if (engine.device !== 'gpu')
    return yield notRun(`Not run: there is a ${device}, but ${engine.why} ${engine.faster.join(' ')}`)

  yield correctness(device, await lossesOf('float32', { CUDA_VISIBLE_DEVICES: '' }), {
    float32: await lossesOf('float32'),
    bfloat16: await lossesOf('bfloat16'),
  })
  const speed = await compareInTurn({
    contenders: told(only(contendersOf(python), against), note),
    runs,
    first: 'bfloat16-xla',
    note,
  })
  const seconds = Object.entries(speed.results).map(
    ([name, { rate }]) =>
      `${name}: ${goalSteps} steps in ${((goalSteps * batch) / rate.median).toFixed(1)} s`,
  )
  yield {
    case: 'gpu',
    ran: true,
    what: `HyperRule steps of R50x1, ${batch} × 128² px in the largest micro-batches that fit`,
    unit: 'images/s',
    device,
    results: speed.results,
    refusals: speed.refusals,
    disturbedRounds: speed.disturbedRounds,
    microBatches: Object.fromEntries(
      Object.entries(speed.rounds[0]).map(([name, { microBatch }]) => [name, microBatch]),
    ),
    lines: seconds,
  }
}

/** `reference` are the CPU's losses in float32, `losses` the card's by precision. */
function correctness(device, reference, losses) {
  const found = Object.fromEntries(
    Object.entries(losses).map(([precision, own]) => [
      precision,
      agreement(own, reference, bounds[precision]),
    ]),
  )
  const lines = Object.entries(found).map(
    ([precision, { agrees, first, worst, bound }]) =>
      `${precision}: ${agrees ? 'agrees' : 'DOES NOT AGREE'}, the first loss to ${first.toExponential(1)} (at most ${bound.first}), later ones to ${worst.toExponential(1)} (at most ${bound.later})`,
  )
  return { case: 'gpu', ran: true, what: "losses beside the CPU's", device, agreement: found, lines }
}

/**
 * Six steps of the small model on one batch, nats.
 * @public Tests load it.
 */
export async function lossesOf(precision, environment = {}) {
  return (await measureInTrainer({ ...check, precision }, { BITW_ENGINE: 'tensorflow', ...environment }))
    .losses
}

/** The first, and those that `names` has. */
function only(contenders, names) {
  const kept = Object.entries(contenders).filter(
    ([name], index) => names === undefined || index === 0 || names.includes(name),
  )
  return Object.fromEntries(kept)
}

/** Each says what it found at once: the card may be lent for minutes only, and the round's end may not come. */
function told(contenders, note) {
  return Object.fromEntries(
    Object.entries(contenders).map(([name, measure]) => [
      name,
      async () => {
        const found = await measure()
        note(`${name}: ${found.rate.toFixed(0)} images/s in micro-batches of ${found.microBatch}`)
        return found
      },
    ]),
  )
}

function contendersOf(python) {
  const ours = (precision, xla) => () =>
    largest((microBatch) =>
      measureInTrainer(
        {
          spec: models.r50x1.spec,
          microBatch,
          microBatches: batch / microBatch,
          px: 128,
          steps: 10,
          precision,
        },
        { BITW_ENGINE: 'tensorflow', BITW_XLA: xla ? '1' : '0' },
      ),
    )
  const contenders = {
    'bfloat16-xla': ours('bfloat16', true),
    bfloat16: ours('bfloat16', false),
    'float32-xla': ours('float32', true),
  }
  const peers = (compile) => () =>
    largest((microBatch) => {
      const work = { model: 'r50x1', what: 'step', microBatch, microBatches: batch / microBatch, px: 128 }
      const how = { steps: 10, device: 'cuda', compile, precision: 'bfloat16', channelsLast: true }
      return peerRun(python, [peerScript, JSON.stringify({ ...work, ...how })])
    })
  if (python !== undefined) Object.assign(contenders, { eager: peers(false), compile: peers(true) })
  return contenders
}

/** The whole batch at once where it fits, else halves of it: what does not fit throws. */
async function largest(measure) {
  for (let microBatch = batch; ; microBatch /= 2) {
    try {
      return { ...(await withGpuMemory(() => measure(microBatch))), microBatch }
    } catch (error) {
      if (microBatch <= 32) throw error
    }
  }
}

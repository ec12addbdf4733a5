/** One job in a trainer of its own. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../out/main/bench-measure.cjs', import.meta.url))

/**
 * Times steps (`what: 'step'`) or predictions: images/s, peak memory, losses, where the time goes, and the engine's report. Random pixels, ten
 * classes. `environment` is added to this process's own. Throws what the trainer said.
 */
export async function measureInTrainer(work, environment = {}) {
  const {
    what = 'step',
    spec,
    microBatch,
    microBatches = 1,
    px,
    steps,
    learningRate = 1e-6,
    precision = 'float32',
  } = work
  const { engine, measured } = await inTrainer(
    {
      kind: 'measure',
      what,
      spec,
      classCount: 10,
      microBatchSize: microBatch,
      microBatchCount: microBatches,
      cropPx: px,
      precision,
      stepCount: steps,
      learningRate,
      profile: true,
    },
    environment,
  )
  const { msPerImage, peakMemoryBytes, losses, operations } = measured
  return { rate: 1000 / msPerImage, peakMemoryBytes, losses, operations, engine }
}

/** The engine that a trainer takes here. */
export async function engineReport(environment = {}) {
  return (await inTrainer({ kind: 'report' }, environment)).engine
}

function inTrainer(job, environment) {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [program, JSON.stringify(job)],
      { env: { ...process.env, ...environment }, maxBuffer: 1e8 },
      (error, output, errors) => {
        if (error === null) resolve(JSON.parse(output.trim().split('\n').at(-1)))
        else reject(new Error(errors.trim().split('\n')[0] || error.message))
      },
    )
  })
}

/** Share of convolutions in the time of all operations; null where the engine does not tell. */
export function convolutionShare(operations) {
  const sum = (some) => some.reduce((total, { totalMs }) => total + totalMs, 0)
  const total = sum(operations)
  return total === 0 ? null : sum(operations.filter(({ operation }) => operation.includes('Conv'))) / total
}

/** The state that this engine runs best: recorded as a graph where it can be, else operation by operation. */
import { join } from 'node:path'
import { WorkbenchError } from '../../../contract/errors'
import type { WeightSet } from '../../weights/weight-set'
import { keepWithin } from '../../files/keep-within'
import { graphEngine } from '../engines/tensorflow/graph-engine'
import type { GraphEngine } from '../engines/tensorflow/graph-engine'
import { NotRecordable } from '../engines/tensorflow/record'
import { initialWeights } from '../network/initialize'
import { createEagerState } from './eager-state'
import { createRecordedState } from './recorded-state'
import type { StateOptions, TrainState } from './train-state'
import { chooseXla } from './xla-choice'
import type { XlaChoice } from './xla-choice'

/**
 * `weights` must hold every parameter, and is emptied. Recorded as a graph where the engine can, else op by op, with a note. Caller disposes.
 * Throws WorkbenchError 'unsupported' where bfloat16 is asked for and the step cannot be recorded.
 */
export async function createTrainState(weights: WeightSet, options: StateOptions): Promise<TrainState> {
  const engine = graphEngine()
  if (engine === null) return opByOp(weights, options, null)
  try {
    const choice = await choiceOfXla(options, engine)
    if (choice.xla) keepCompiled(join(engine.cacheFolder, 'xla'))
    return await createRecordedState(weights, options, { ...engine, xla: choice.xla }, choice.text)
  } catch (thrown) {
    if (!(thrown instanceof NotRecordable)) throw thrown
    return opByOp(weights, options, thrown.message)
  }
}

/** On a GPU measured on a state of random weights with the sizes of this one, unless BITW_XLA says 1 or 0; never on the CPU, where it loses. */
async function choiceOfXla(options: StateOptions, engine: GraphEngine): Promise<XlaChoice> {
  const asked = process.env['BITW_XLA']
  if (engine.device === 'cpu' || asked === '0') return { xla: false, text: '' }
  if (asked === '1') return { xla: true, text: 'XLA is on, as BITW_XLA asks.' }
  const { spec, classCount, microBatchSize, cropPx, microBatches = Infinity } = options
  const key = JSON.stringify([engine.identity, spec, classCount, microBatchSize, cropPx, options.precision])
  return chooseXla(join(engine.cacheFolder, 'xla.json'), key, microBatches, async (xla) => {
    const state = await createRecordedState(initialWeights(spec, classCount, 0), options, { ...engine, xla })
    try {
      const pixelsNhwc = new Uint8Array(microBatchSize * cropPx * cropPx * 3)
      const labelsNk = new Float32Array(microBatchSize * classCount).fill(1 / classCount)
      const images = { kind: 'pixels', pixelsNhwc, partnersNhwc: null, lambda: 1 } as const
      let startMs = 0
      for (let step = 0; step < 6; step += 1) {
        if (step === 3) startMs = performance.now() // the first ones compile and choose algorithms
        await state.begin()
        await state.accumulate(images, labelsNk, microBatchSize, microBatchSize)
        await state.apply(0)
      }
      return (performance.now() - startMs) / 3
    } finally {
      state.dispose()
    }
  })
}

/** Bytes of what XLA compiled that are kept; R50x1's step has some 13 MB. */
const compiledBytes = 2 ** 30

/** `folder`: what the trainer's environment names for it. */
function keepCompiled(folder: string): void {
  try {
    keepWithin(folder, compiledBytes, () => true)
  } catch {
    // not there yet, or a read-only cache
  }
}

function opByOp(weights: WeightSet, options: StateOptions, reason: string | null): TrainState {
  if (options.precision === 'float32') return createEagerState(weights, options, reason)
  throw new WorkbenchError(
    'unsupported',
    `bfloat16 needs recorded graphs, and ${reason ?? 'this engine has none'}.`,
    'Choose float32, or the engine "auto".',
  )
}

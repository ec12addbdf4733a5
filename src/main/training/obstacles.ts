/** Why a training cannot start now. Found before anything starts, so that nothing starts in vain. */
import { statfs } from 'node:fs/promises'
import type { DatasetDetail } from '../../contract/entities/dataset'
import type { EngineReport, ModelSpec } from '../../contract/entities/model'
import type { Plan, Precision, Recipe, Run, TrainRequest } from '../../contract/entities/run'
import { toWireError, WorkbenchError, type WireError } from '../../contract/errors'
import { unlabelledName } from '../../domain/labels/unlabelled'
import { mixesImages, type NamedModel } from '../../domain/model/spec'
import { openSource } from '../sources/sources'
import { datasetSource } from '../store/datasets/datasets'
import { labelLog } from '../store/labels/label-events'
import { runNames } from '../store/runs/find-runs'
import { tooManyFeatures } from '../../domain/estimate/probe-size'
import { byteText } from '../../domain/byte-text'
import type { ServiceContext } from '../app/context'
import { usableModel } from '../models/model-source'

export interface Intention {
  readonly request: TrainRequest
  readonly model: NamedModel
  readonly dataset: DatasetDetail
  /** Of the runs that train; null where there is a device for it. */
  readonly inTheWay: WireError | null
  readonly memoryBytes: number
  /** All that the device has. */
  readonly memoryLimitBytes: number
  readonly checkpointBytes: number
  /** The one that will train, as far as it is known. */
  readonly engine: EngineReport | null
  readonly recipe: Recipe
}

/** Two checkpoints are kept and the next is written beside them. */
const checkpointsOnDisk = 3

export async function findObstacles(context: ServiceContext, intention: Intention): Promise<WireError[]> {
  const found = [
    busy(context, intention),
    nameTaken(context, intention),
    tooFewImages(intention),
    withoutLabels(context, intention),
    await datasetGone(context, intention),
    await weightsUnusable(context, intention),
    await diskTooSmall(context, intention),
    memoryTooSmall(intention),
    precisionUnavailable(intention),
    probeTooLarge(intention),
  ]
  return found.filter((obstacle) => obstacle !== null)
}

/** What prevents nothing and is worth knowing before hours are spent. */
export function findCautions(
  engine: EngineReport | null,
  {
    precision,
    microBatchSize,
    batchSize,
    linearProbe,
  }: Pick<Recipe, 'precision' | 'microBatchSize' | 'batchSize' | 'linearProbe'>,
  spec: ModelSpec,
  weights: TrainRequest['weights'],
): Plan['cautions'] {
  return [
    ...emulatedPrecision(engine, precision),
    ...(mixesImages(spec) && !linearProbe ? [batchNorm(microBatchSize, batchSize)] : []),
    ...(linearProbe && weights === null ? [randomFeatures] : []),
  ]
}

const randomFeatures: Plan['cautions'][number] = {
  message: 'A linear probe needs trained weights: with random weights, the features mean nothing.',
  wayOut: 'Choose a start model.',
}

function batchNorm(microBatchSize: number, batchSize: number): Plan['cautions'][number] {
  const pieces =
    microBatchSize < batchSize
      ? `the ${microBatchSize} images of a micro-batch, not over the batch of ${batchSize}`
      : `the ${batchSize} images of a batch`
  return {
    message: `BatchNorm takes its mean and variance over ${pieces}: the micro-batch affects the result, not only the speed.`,
    wayOut:
      'To compare results, set the micro-batch yourself. With few images at once, the statistics are rough.',
  }
}

function emulatedPrecision(engine: EngineReport | null, precision: Precision): Plan['cautions'] {
  if (precision === 'float32' || engine?.hasBfloat16 !== false || engine.recordedGraphs === false) return []
  return [
    {
      message: `${engine.deviceName} has no instructions for bfloat16 (AVX512-BF16, AMX or AVX-NE-CONVERT): TensorFlow emulates them, which is slower than float32.`,
      wayOut: 'Measure both before you start, or choose float32.',
    },
  ]
}

/** `active`: what trains. */
export function busyError(active: readonly Run[], deviceCount: number): WireError {
  const [first] = active
  if (deviceCount === 1 && first !== undefined)
    return {
      code: 'busy',
      message: `The run "${first.name}" is still training; one run trains at a time.`,
      wayOut: 'Add this training to the queue, wait until that one ends, or stop it.',
    }
  return {
    code: 'busy',
    message: `A run trains on each of the ${String(deviceCount)} devices.`,
    wayOut: 'Wait until one ends, stop one, or add this training to the queue.',
  }
}

function busy({ tasks }: ServiceContext, { inTheWay }: Intention): WireError | null {
  if (inTheWay !== null) return inTheWay
  // a probe of the machine is no obstacle: it gives way by itself
  if (!tasks.list().some((task) => task.kind === 'measure' && task.state === 'running')) return null
  return {
    code: 'busy',
    message: 'A measurement is running; training at the same time would distort both.',
    wayOut: 'Wait until it ends, or cancel it.',
  }
}

function nameTaken({ db }: ServiceContext, { request }: Intention): WireError | null {
  const name = request.name.trim()
  if (name === '' || !runNames(db).has(name)) return null
  return {
    code: 'name-taken',
    message: `There is already a run named "${name}".`,
    wayOut: 'Choose another name, or leave it empty.',
  }
}

function tooFewImages({ dataset }: Intention): WireError | null {
  const { train } = dataset.split.counts
  if (train >= 2) return null
  return {
    code: 'dataset-too-few-images',
    message: `"${dataset.name}" has ${train === 1 ? 'one training image' : 'no training images'}.`,
    wayOut: 'Add images and import again, or change the split to leave more for training.',
  }
}

/** Of a dataset that came without labels; what the log says by now is taken in at the start. */
function withoutLabels({ db }: ServiceContext, { dataset }: Intention): WireError | null {
  if (!dataset.isUnlabelled || dataset.classes.filter(isRealClass).length >= 2) return null
  const labels = new Set(dataset.classes.filter(isRealClass).map(({ name }) => name))
  for (const { className, excluded } of labelLog(db, dataset.id).states.values())
    if (className !== null && className !== unlabelledName && !excluded) labels.add(className)
  if (labels.size >= 2) return null
  return {
    code: 'dataset-too-few-images',
    message: `The images of "${dataset.name}" have labels of fewer than two classes: there is nothing to learn yet.`,
    wayOut: 'Label images of two classes at least.',
  }
}

function isRealClass({ name }: { readonly name: string }): boolean {
  return name !== unlabelledName
}

async function datasetGone({ db }: ServiceContext, { dataset }: Intention): Promise<WireError | null> {
  const { words, problem } = openSource(datasetSource(db, dataset.id))
  const found = await problem()
  if (found === null) return null
  return {
    code: found.isGone ? 'path-not-found' : 'path-not-readable',
    message: `The images of "${dataset.name}" ${found.isGone ? 'are no longer there' : 'cannot be read'}: ${words.place}`,
    wayOut: found.isGone
      ? `${words.bringBack}.`
      : `${found.reason} Check that you have permission to read ${words.place}.`,
  }
}

async function weightsUnusable(
  context: ServiceContext,
  { request, model }: Intention,
): Promise<WireError | null> {
  if (request.weights === null) return null
  try {
    const { name, architecture } = await usableModel(context, request.weights)
    if (architecture === model.name) return null
    return {
      code: 'bad-weights',
      message: `The weights of ${name} are for ${architecture}, but the model is ${model.name}.`,
      wayOut: `Leave the model out, or choose weights for ${model.name}.`,
    }
  } catch (thrown) {
    if (thrown instanceof WorkbenchError) return toWireError(thrown)
    throw thrown
  }
}

async function diskTooSmall(
  { paths }: ServiceContext,
  { checkpointBytes }: Intention,
): Promise<WireError | null> {
  const disk = await statfs(paths.homePath)
  const freeBytes = disk.bavail * disk.bsize
  const neededBytes = checkpointBytes * checkpointsOnDisk
  if (freeBytes >= neededBytes) return null
  return {
    code: 'disk-full',
    message: `The checkpoints of this run need ${byteText(neededBytes)}; ${paths.homePath} has ${byteText(freeBytes)} free.`,
    wayOut: 'Free some space, choose a smaller model, or choose a home on another disk (--home).',
  }
}

function memoryTooSmall({ memoryBytes, memoryLimitBytes, recipe, model }: Intention): WireError | null {
  // Against the whole memory, not the free: what is free changes, and the system can make room.
  if (memoryBytes <= memoryLimitBytes) return null
  const smaller = `, or a smaller micro-batch${mixesImages(model.spec) ? '' : ' (the result stays the same up to rounding)'}`
  return {
    code: 'out-of-memory',
    message: `This needs about ${byteText(memoryBytes)} of memory; only ${byteText(memoryLimitBytes)} is available.`,
    wayOut: `Choose a smaller model or crop${recipe.microBatchSize > 1 ? smaller : ''}.`,
  }
}

function precisionUnavailable({ engine, recipe: { precision } }: Intention): WireError | null {
  // reports of older versions do not say: then the trainer decides
  if (precision === 'float32' || engine?.recordedGraphs !== false) return null
  return {
    code: 'unsupported',
    message: `bfloat16 needs TensorFlow’s recorded graphs, which this engine (${engine.kind}) does not have.`,
    wayOut: 'Choose float32, or see under Engine what recorded graphs need.',
  }
}

function probeTooLarge({ recipe, model, dataset }: Intention): WireError | null {
  const tooMany = recipe.linearProbe ? tooManyFeatures(model.spec, recipe, dataset.split.counts) : null
  return tooMany === null ? null : toWireError(tooMany)
}

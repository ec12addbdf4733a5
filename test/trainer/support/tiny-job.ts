import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import type { Overrides } from '../../../src/contract/entities/run'
import type { FromTrainerBody, JobImages, TrainJob } from '../../../src/main/protocol/messages'
import { hyperRule } from '../../../src/domain/rules/hyper-rule'

/** Two classes that anything can tell apart, reddish and bluish noise: 12 to train, 5 val, 7 test. */
export async function tinyJob(rootPath: string, overrides: Overrides = {}): Promise<TrainJob> {
  const pixels = (seed: number, red: boolean): Buffer =>
    Buffer.from(
      Array.from({ length: 32 * 32 * 3 }, (_, index) => {
        const noise = Math.imul(index * 7 + seed * 1009, 2654435761) >>> 24
        return (index % 3 === (red ? 0 : 2) ? 128 : 0) + noise / 2
      }),
    )
  await mkdir(rootPath, { recursive: true })
  for (let id = 0; id < 24; id += 1) {
    const image = sharp(pixels(id, id % 2 === 0), { raw: { width: 32, height: 32, channels: 3 } })
    await writeFile(join(rootPath, `${String(id)}.png`), await image.png().toBuffer())
  }
  const part = (from: number, to: number): JobImages => {
    const ids = Array.from({ length: to - from }, (_, index) => from + index)
    return { ids, keys: ids.map((id) => `${String(id)}.png`), labelIndices: ids.map((id) => id % 2) }
  }
  const facts = {
    exampleCount: 12,
    classCount: 2,
    medianWidthPx: 32,
    medianHeightPx: 32,
    model: 'units:1-1-1-1,width:0.5',
    seed: 5,
    microBatchSize: 4,
  }
  const { recipe } = hyperRule('paper', facts, {
    stepCount: 6,
    batchSize: 8,
    resizePx: 36,
    cropPx: 32,
    baseLearningRate: 0.02,
    evaluateEverySteps: 2,
    checkpointEverySteps: 4,
    ...overrides,
  })
  return {
    kind: 'train',
    spec: { units: [1, 1, 1, 1], width: 0.5 },
    recipe,
    classNames: ['red', 'blue'],
    source: { kind: 'folder', path: rootPath },
    images: { train: part(0, 12), val: part(12, 17), test: part(17, 24) },
    weightsPath: null,
    resume: null,
    checkpointCopyBytes: 0,
    unreadable: [],
    cacheBytes: 1e6,
    imageCache: null,
  }
}

type Of<Type extends FromTrainerBody['type']> = Extract<FromTrainerBody, { type: Type }>

/** Keeps everything that a training sends. */
export class Received {
  readonly messages: FromTrainerBody[] = []
  /** Called with each message before the sender goes on. */
  constructor(private readonly onMessage: (message: FromTrainerBody) => void = () => undefined) {}

  readonly send = async (message: FromTrainerBody): Promise<void> => {
    this.messages.push(message)
    this.onMessage(message)
    await new Promise<void>((resolve) => setImmediate(resolve))
  }

  of<Type extends FromTrainerBody['type']>(type: Type): Of<Type>[] {
    return this.messages.filter((message): message is Of<Type> => message.type === type)
  }
}

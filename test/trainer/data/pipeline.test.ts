import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Recipe } from '../../../src/contract/entities/run'
import { mixupDraw } from '../../../src/main/trainer/data/mixup'
import { evaluationBatches, type EvaluationBatch } from '../../../src/main/trainer/data/evaluation-source'
import type { ImageStore, ImageStoreOptions } from '../../../src/main/trainer/data/image-store'
import { capacityOf, openPipeline, type Pipeline } from '../../../src/main/trainer/data/pipeline'
import { toModelRange } from '../../images/support/model-range'
import { sharp } from '../../../src/main/images/image-library'
import type { MissingImages } from '../../../src/main/trainer/data/missing-images'
import type { JobImages, TrainJob } from '../../../src/main/protocol/messages'
import { encode, temporaryFolder, writeTree } from '../../images/support/images'
import { missingOf } from '../../images/support/missing'
import { store } from '../support/image-stores'
import { testRecipe } from '../../support/recipe'

const exampleCount = 11
const files: Record<string, Buffer> = {}
const paths = Array.from({ length: exampleCount }, (_, index) => `${index % 3}/${index}.png`)
const train = {
  ids: paths.map((_, index) => index + 100),
  keys: paths,
  labelIndices: paths.map((_, index) => index % 3),
}

beforeAll(async () => {
  for (const [index, path] of paths.entries()) files[path] = await encode(index, 'png')
})

async function dataset(): Promise<string> {
  const rootPath = temporaryFolder()
  await writeTree(rootPath, files)
  return rootPath
}

interface Opened extends Pipeline {
  readonly store: ImageStore
  readonly missing: MissingImages
}

function open(
  rootPath: string,
  changes: Partial<Recipe> = {},
  more: Partial<ImageStoreOptions & { queueBytes: number } & Pick<TrainJob, 'unreadable'>> & {
    train?: JobImages
  } = {},
): Opened {
  const { queueBytes, train: images = train, unreadable = [], ...storeOptions } = more
  const missing = missingOf(rootPath, images, unreadable)
  const opened = store(rootPath, storeOptions)
  const pipeline = openPipeline({
    store: opened,
    train: images,
    classCount: 3,
    recipe: testRecipe(changes),
    missing: missing.of('train'),
    ...(queueBytes === undefined ? {} : { queueBytes }),
  })
  return {
    ...pipeline,
    store: opened,
    missing,
    async close() {
      await pipeline.close()
      await opened.close()
    },
  }
}

interface Whole {
  /** In [-1, 1], mixed. */
  readonly pixels: number[]
  readonly labels: number[]
  readonly weights: number[]
}

/** A step's batch put together from micro-batches of the given size. */
async function whole(pipeline: Pipeline, stepIndex: number, microSize = 3): Promise<Whole> {
  const batch = await pipeline.batch(stepIndex)
  const all: Whole = { pixels: [], labels: [], weights: [] }
  for (let start = 0; start < batch.size; start += microSize) {
    const micro = await batch.microBatch(start, Math.min(microSize, batch.size - start))
    all.pixels.push(...toModelRange(micro.pixelsNhwc, micro.partnerPixelsNhwc, micro.lambda))
    all.labels.push(...micro.labelsNk)
    all.weights.push(...micro.weights)
  }
  return all
}

/** The labels of each image, of three classes. */
function rowsOf(labels: readonly number[]): number[][] {
  return Array.from({ length: labels.length / 3 }, (_, row) => labels.slice(row * 3, row * 3 + 3))
}

const everything = { mixupAlpha: 0.4, flip: true, batchSize: 8 }

describe('an inception crop', () => {
  const recipe = {
    ...everything,
    crop: 'inception',
    leastCropArea: 0.1,
    resizePx: 48,
    microBatchSize: 8,
  } as const

  test('is the same byte for byte from memory, decoded anew and from disk, and in any micro-batch', async () => {
    const rootPath = await dataset()
    const diskCache = { folder: join(temporaryFolder(), 'kept'), limitBytes: 1e9, keepFreeBytes: 0 }
    const roomy = open(rootPath, recipe)
    const expected: Whole[] = []
    for (let step = 0; step < 3; step++) expected.push(await whole(roomy, step, 8))
    await roomy.close()
    for (const more of [{ cacheBytes: 0 }, { cacheBytes: 0, diskCache }, { cacheBytes: 0, diskCache }]) {
      const other = open(rootPath, recipe, more)
      for (const step of [2, 0, 1]) expect(await whole(other, step, 3)).toEqual(expected[step])
      await other.close()
    }
  })

  test.each([
    [300, 100],
    [100, 300],
  ])('of an image of %i × %i px has sides of 3:4 to 4:3 in the image’s own pixels', async (width, height) => {
    const rootPath = temporaryFolder()
    const pixels = Uint8Array.from({ length: width * height * 3 }, (_, at) => {
      const [x, y] = [Math.floor(at / 3) % width, Math.floor(at / 3 / width)]
      return [x * 0.8, y * 0.8, 0][at % 3] ?? 0
    })
    const png = sharp(pixels, { raw: { width, height, channels: 3 } }).png()
    await writeTree(rootPath, { '0/ramp.png': await png.toBuffer() })
    const one = { ids: [1], keys: ['0/ramp.png'], labelIndices: [0] }
    const pipeline = open(rootPath, { ...recipe, flip: false, mixupAlpha: 0, batchSize: 64 }, { train: one })
    const batch = await pipeline.batch(0)
    const { pixelsNhwc } = await batch.microBatch(0, 64)
    await pipeline.close()
    const stretches = Array.from({ length: 64 }, (_, row) => {
      const at = (x: number, y: number, channel: number): number =>
        pixelsNhwc[((row * 16 + y) * 16 + x) * 3 + channel] ?? NaN
      return (at(14, 8, 0) - at(1, 8, 0)) / (at(8, 14, 1) - at(8, 1, 1))
    })
    expect(Math.min(...stretches)).toBeGreaterThan(0.66)
    expect(Math.max(...stretches)).toBeLessThan(1.5)
    expect(Math.max(...stretches) / Math.min(...stretches)).toBeGreaterThan(1.3)
  })
})

describe('a step is a pure function of dataset, recipe and step index', () => {
  test('a batch asked for in the middle is byte for byte the one reached by going through', async () => {
    const rootPath = await dataset()
    const through = open(rootPath, everything)
    const steps: Whole[] = []
    for (let step = 0; step < 5; step++) steps.push(await whole(through, step))
    await through.close()
    const fresh = open(rootPath, everything)
    expect(await whole(fresh, 3)).toEqual(steps[3])
    expect(await whole(fresh, 1)).toEqual(steps[1]) // back, while step 4 is being prepared
    expect(await whole(fresh, 2)).toEqual(steps[2])
    await fresh.close()
    expect(steps[3]).not.toEqual(steps[2])
  })

  test('neither the size of the cache nor the cut into micro-batches changes a byte', async () => {
    const rootPath = await dataset()
    const roomy = open(rootPath, everything)
    const tight = open(rootPath, everything, { cacheBytes: 20 * 20 * 3 * 4 })
    const none = open(rootPath, everything, { cacheBytes: 0 })
    for (let step = 0; step < 3; step++) {
      const expected = await whole(roomy, step, 8)
      expect(await whole(tight, step, 1)).toEqual(expected)
      expect(await whole(none, step, 5)).toEqual(expected)
    }
    for (const pipeline of [roomy, tight, none]) await pipeline.close()
  })

  test('neither the size of the queue, nor going back in a batch, nor asking for more than a micro-batch changes a byte', async () => {
    const rootPath = await dataset()
    for (const mixupAlpha of [0, 0.4]) {
      const recipe = { ...everything, mixupAlpha, microBatchSize: 2 }
      const [roomy, tight] = [open(rootPath, recipe), open(rootPath, recipe, { queueBytes: 1 })]
      for (let step = 0; step < 3; step++) {
        const expected = await whole(roomy, step, 4)
        for (const microSize of [2, 1, 3, 8, 2]) expect(await whole(tight, step, microSize)).toEqual(expected)
      }
      await roomy.close()
      await tight.close()
    }
  })

  test('nor does what is kept on disk', async () => {
    const rootPath = await dataset()
    const diskCache = { folder: join(temporaryFolder(), 'cache'), limitBytes: 1e9, keepFreeBytes: 0 }
    const expected: Whole[] = []
    for (let run = 0; run < 3; run++) {
      const pipeline = open(rootPath, everything, run === 0 ? {} : { diskCache, cacheBytes: 0 })
      for (let step = 0; step < 3; step++) {
        const found = await whole(pipeline, step)
        expect(found).toEqual((expected[step] ??= found))
      }
      await pipeline.close()
    }
  })

  test('another seed gives another batch', async () => {
    const rootPath = await dataset()
    const [one, two] = [open(rootPath, everything), open(rootPath, { ...everything, seed: 6 })]
    expect(await whole(one, 0)).not.toEqual(await whole(two, 0))
    await one.close()
    await two.close()
  })
})

describe('the stream of examples', () => {
  test('passes over every image once before any comes again, in another order each time', async () => {
    const pipeline = open(await dataset(), { batchSize: exampleCount, resizePx: 16 })
    const rows = async (step: number): Promise<string[]> => {
      const batch = await pipeline.batch(step)
      const found: string[] = []
      for (let row = 0; row < batch.size; row++)
        found.push((await batch.microBatch(row, 1)).pixelsNhwc.join())
      return found
    }
    const [first, second] = [await rows(0), await rows(1)]
    expect(new Set(first).size).toBe(exampleCount)
    expect(new Set(second)).toEqual(new Set(first))
    expect(second).not.toEqual(first)
    await pipeline.close()
  })

  test('fills a batch that is larger than the dataset', async () => {
    const pipeline = open(await dataset(), { batchSize: 40 })
    const { labels } = await whole(pipeline, 0)
    const classes = rowsOf(labels).map((row) => row.indexOf(1))
    expect(classes).toHaveLength(40)
    expect(new Set(classes)).toEqual(new Set([0, 1, 2]))
    await pipeline.close()
  })

  test('refuses to begin without an image', () => {
    const nothing = { ids: [], keys: [], labelIndices: [] }
    expect(() => open('/nowhere', {}, { train: nothing })).toThrow(
      expect.objectContaining({ code: 'dataset-too-few-images' }),
    )
  })
})

describe('what the model gets', () => {
  test('pixels in [-1, 1] and one-hot labels without MixUp', async () => {
    const pipeline = open(await dataset())
    const { pixels, labels } = await whole(pipeline, 0)
    expect(Math.min(...pixels)).toBeGreaterThanOrEqual(-1)
    expect(Math.max(...pixels)).toBeLessThanOrEqual(1)
    expect(Math.max(...pixels) - Math.min(...pixels)).toBeGreaterThan(1)
    for (const row of rowsOf(labels)) expect([...row].sort()).toEqual([0, 0, 1])
    await pipeline.close()
  })

  test('without MixUp no partners, and the pixels are a view into the memory of the queue, the same again and again', async () => {
    const pipeline = open(await dataset(), { stepCount: 40 }, { queueBytes: 1 })
    const memory = new Set<ArrayBufferLike>()
    for (let step = 0; step < 20; step++) {
      const batch = await pipeline.batch(step)
      for (let start = 0; start < batch.size; start += 4) {
        const { pixelsNhwc, partnerPixelsNhwc, lambda } = await batch.microBatch(start, 4)
        expect([partnerPixelsNhwc, lambda]).toEqual([null, 1])
        memory.add(pixelsNhwc.buffer)
      }
    }
    expect(memory.size).toBe(1)
    expect([...memory][0]?.byteLength).toBe(8 * 16 * 16 * 3)
    await pipeline.close()
  })

  test('with MixUp every image and label is mixed with its partner of the whole batch by the same lambda', async () => {
    const rootPath = await dataset()
    const [plain, mixed] = [open(rootPath), open(rootPath, { mixupAlpha: 0.4 })]
    const [own, both] = [await whole(plain, 0), await whole(mixed, 0, 2)]
    const draw = mixupDraw(5, 0, 0.4, 8)
    if (draw === null) return expect.fail('MixUp is on')
    const imageLength = 16 * 16 * 3
    for (let row = 0; row < 8; row++) {
      const partner = draw.partners[row] ?? 0
      for (const at of [0, 100, imageLength - 1]) {
        const expected =
          draw.lambda * (own.pixels[row * imageLength + at] ?? 0) +
          (1 - draw.lambda) * (own.pixels[partner * imageLength + at] ?? 0)
        expect(both.pixels[row * imageLength + at]).toBeCloseTo(expected, 5)
      }
      const expectedLabels = [0, 1, 2].map(
        (index) =>
          draw.lambda * (own.labels[row * 3 + index] ?? 0) +
          (1 - draw.lambda) * (own.labels[partner * 3 + index] ?? 0),
      )
      expectedLabels.forEach((label, index) => expect(both.labels[row * 3 + index]).toBeCloseTo(label, 5))
    }
    await plain.close()
    await mixed.close()
  })
})

describe('the queue', () => {
  const bytes = 384 * 384 * 3
  const recipe = { batchSize: 512, microBatchSize: 8, stepCount: 500 }

  test('holds as many images as its bytes allow, at most four batches', () => {
    expect(capacityOf(testRecipe(recipe), bytes, 128 * 1024 ** 2)).toBe(303)
    expect(capacityOf(testRecipe({ ...recipe, batchSize: 20 }), bytes, 128 * 1024 ** 2)).toBe(80)
    expect(capacityOf(testRecipe({ ...recipe, batchSize: 20, stepCount: 2 }), bytes, 128 * 1024 ** 2)).toBe(
      40,
    )
  })

  test('holds what a step needs even so: two micro-batches, or with MixUp the batch and one more', () => {
    expect(capacityOf(testRecipe(recipe), bytes, 1)).toBe(16)
    expect(capacityOf(testRecipe({ ...recipe, mixupAlpha: 0.1 }), bytes, 1)).toBe(520)
    expect(capacityOf(testRecipe({ ...recipe, mixupAlpha: 0.1 }), bytes, 1e12)).toBe(2048)
  })
})

describe('an image that has gone since the import', () => {
  const recipe = { batchSize: exampleCount, resizePx: 16 }
  const imageLength = 16 * 16 * 3
  const row = ({ pixels, labels }: Whole, index: number) => [
    pixels.slice(index * imageLength, (index + 1) * imageLength),
    labels.slice(index * 3, (index + 1) * 3),
  ]

  test('keeps its place at weight zero, without a label, and every other image is what it was', async () => {
    const [complete, rootPath] = [open(await dataset(), recipe), await dataset()]
    await rm(join(rootPath, '1/4.png'))
    const problems: string[] = []
    const onProblem = (path: string): unknown => problems.push(path)
    const pipeline = open(rootPath, recipe, { onProblem })
    for (const step of [0, 1]) {
      const [found, expected] = [await whole(pipeline, step), await whole(complete, step)]
      const place = found.weights.indexOf(0)
      expect(found.weights.filter((weight) => weight === 0)).toHaveLength(1)
      expect(row(expected, place)[1]).toEqual([0, 1, 0])
      expect(row(found, place)).toEqual([new Array<number>(imageLength).fill(-1), [0, 0, 0]])
      for (let index = 0; index < exampleCount; index++)
        if (index !== place) expect(row(found, index)).toEqual(row(expected, index))
      // from where it failed first
      const [taken] = pipeline.missing.take('train', exampleCount)
      if (step === 0)
        expect(taken).toEqual({ imageId: 104, fromPosition: place, reason: '1/4.png is broken.' })
      else expect(taken).toBeUndefined()
    }
    expect(problems).toEqual(['1/4.png'])
    await pipeline.close()
    await complete.close()
  })

  test('stays missing from that place on where its file is back, and is there before it', async () => {
    const rootPath = await dataset()
    const unreadable = [{ imageId: 104, fromPosition: exampleCount }]
    const [pipeline, complete] = [open(rootPath, recipe, { unreadable }), open(rootPath, recipe)]
    expect(await whole(pipeline, 0)).toEqual(await whole(complete, 0))
    expect((await whole(pipeline, 1)).weights.filter((weight) => weight === 0)).toHaveLength(1)
    expect(pipeline.missing.take('train', 1000)).toEqual([])
    await pipeline.close()
    await complete.close()
  })

  test('takes the weight of the images that it would be mixed into, too', async () => {
    const rootPath = await dataset()
    const unreadable = [{ imageId: 104, fromPosition: 0 }]
    const pipeline = open(rootPath, { ...recipe, mixupAlpha: 0.4 }, { unreadable })
    const { weights, labels } = await whole(pipeline, 0, exampleCount)
    const own = await whole(open(rootPath, recipe, { unreadable }), 0)
    const partners = mixupDraw(5, 0, 0.4, exampleCount)?.partners ?? new Uint32Array(exampleCount)
    const gone = own.weights.indexOf(0)
    weights.forEach((weight, index) => {
      expect(weight).toBe(index === gone || partners[index] === gone ? 0 : 1)
      const sum = labels.slice(index * 3, (index + 1) * 3).reduce((total, value) => total + value, 0)
      expect(sum).toBeCloseTo(weight, 6)
    })
    await pipeline.close()
  })

  test('is not trained around where its whole class has gone, or the folder', async () => {
    const rootPath = await dataset()
    for (const path of paths.filter((one) => one.startsWith('1/'))) await rm(join(rootPath, path))
    const onProblem = (): void => undefined
    const pipeline = open(rootPath, { resizePx: 16 }, { onProblem })
    await expect(whole(pipeline, 0)).rejects.toMatchObject({
      code: 'images-missing',
      message: expect.stringMatching(
        /None of the 4 training images of the class "second" can be read, for example 1\/1\.png/,
      ),
    })
    await pipeline.close()
    const gone = join(rootPath, 'gone')
    const without = open(gone, { resizePx: 16 }, { onProblem })
    await expect(whole(without, 0)).rejects.toMatchObject({
      code: 'images-missing',
      message: expect.stringContaining(`The image folder ${gone} cannot be read`),
    })
    expect(without.missing.take('train', 0)).toEqual([])
    await without.close()
  })
})

function rowOf({ pixelsNhwc }: EvaluationBatch, row: number): string {
  return pixelsNhwc.subarray(row * 16 * 16 * 3, (row + 1) * 16 * 16 * 3).join()
}

describe('evaluation', () => {
  test('takes every image once in order, the last partial batch too', async () => {
    const ids: number[] = []
    const counts: number[] = []
    const opened = store(await dataset())
    for await (const batch of evaluationBatches({ store: opened, images: train, cropPx: 16, batchSize: 4 })) {
      ids.push(...batch.ids)
      counts.push(batch.count)
      expect(batch.pixelsNhwc).toHaveLength(batch.count * 16 * 16 * 3)
      expect([...batch.labelIndices]).toEqual(batch.ids.map((id) => (id - 100) % 3))
    }
    expect(ids).toEqual(train.ids)
    expect(counts).toEqual([4, 4, 3])
  })

  test('leaves out and reports what cannot be read, also a whole batch', async () => {
    const rootPath = await dataset()
    for (const path of paths.slice(4, 9)) await rm(join(rootPath, path))
    const problems: string[] = []
    const ids: number[] = []
    const onProblem = (path: string): unknown => problems.push(path)
    const opened = store(rootPath, { onProblem })
    const expected = new Map<number, string>()
    for await (const batch of evaluationBatches({
      store: store(await dataset()),
      images: train,
      cropPx: 16,
      batchSize: exampleCount,
    }))
      batch.ids.forEach((id, row) => expected.set(id, rowOf(batch, row)))
    for await (const batch of evaluationBatches({ store: opened, images: train, cropPx: 16, batchSize: 4 })) {
      ids.push(...batch.ids)
      batch.ids.forEach((id, row) => expect(rowOf(batch, row)).toBe(expected.get(id)))
    }
    expect(problems.sort()).toEqual(paths.slice(4, 9).sort())
    expect(ids).toEqual([100, 101, 102, 103, 109, 110])
  })
})

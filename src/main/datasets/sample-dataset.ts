/**
 * Draws the sample dataset: 12 classes of natural things in look-alike pairs, 1,200 images, some with a wrong label and
 * some near-duplicates, which `known.json` lists beside the class folders. Nothing of it is in the repository.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { WorkbenchError } from '../../contract/errors'
import { defaultDecodeCount, eachAtMost } from '../images/decode-queue'
import { sharp } from '../images/image-library'
import { permutation, purpose, randomStream } from '../../domain/random'
import { drawScene, type RawImage, sampleClasses } from './sample/scene'
import { dice, type Dice } from './sample/sketch'

export interface SampleFacts {
  readonly imageCount: number
  readonly classCount: number
  /** `path` relative to the folder `images`; the folder says another class than the image shows. */
  readonly wrongLabels: { readonly path: string; readonly trueClass: string }[]
  /** An image and its re-cropped, re-lit, re-encoded copy; paths as above, both in one class folder. */
  readonly nearDuplicates: [string, string][]
}

export interface SampleProgress {
  readonly phase: string
  readonly done: number
  readonly total: number
}

const perClass = 98
const wrongShare = 0.03
const duplicateShare = 0.02

/**
 * Writes `targetPath/images/<class>/…` (the dataset's root is `targetPath/images`) and `targetPath/known.json`, and removes
 * what lay there. The same seed gives the same bytes with the same version of the drawing library. Throws 'cancelled'.
 */
export async function drawSampleDataset(
  targetPath: string,
  seed: number,
  signal: AbortSignal,
  onProgress: (progress: SampleProgress) => void,
): Promise<SampleFacts> {
  const plan = planSample(seed)
  const imagesPath = join(targetPath, 'images')
  const knownPath = join(targetPath, 'known.json')
  await rm(imagesPath, { recursive: true, force: true })
  await rm(knownPath, { force: true })
  for (const { name } of sampleClasses) await mkdir(join(imagesPath, name), { recursive: true })

  const total = plan.images.length + plan.copies.length
  let done = 0
  await eachAtMost(plan.images.length, defaultDecodeCount, async (index) => {
    const planned = plan.images[index]
    if (!planned) return
    if (signal.aborted) throw cancelled()
    const roll = dice(randomStream(seed, purpose.sample, 1, index))
    const image = await drawScene(planned.drawnClass.draw, roll)
    await save(image, join(imagesPath, planned.path), roll)
    done++
    if (planned.copyPath !== null) {
      await save(await altered(image, roll), join(imagesPath, planned.copyPath), roll)
      done++
    }
    onProgress({ phase: 'Generating sample images', done, total })
  })

  const facts: SampleFacts = {
    imageCount: total,
    classCount: sampleClasses.length,
    wrongLabels: plan.wrongLabels,
    nearDuplicates: plan.copies,
  }
  await writeFile(knownPath, `${JSON.stringify({ seed, ...facts }, null, 2)}\n`)
  return facts
}

interface PlannedImage {
  readonly drawnClass: (typeof sampleClasses)[number]
  /** Relative to the images' folder, with `/`. */
  readonly path: string
  readonly copyPath: string | null
}

interface Plan {
  readonly images: PlannedImage[]
  readonly wrongLabels: { path: string; trueClass: string }[]
  readonly copies: [string, string][]
}

/** Names, formats, wrong labels and copies are settled before anything is drawn, so drawing can go on side by side. */
function planSample(seed: number): Plan {
  const count = sampleClasses.length * perClass
  const copyCount = Math.round(count * duplicateShare)
  const wrongCount = Math.round(count * wrongShare)
  // Names are numbers as a camera gives them, in an order that has nothing to do with the class.
  const numbers = permutation(count + copyCount, seed, purpose.sample, 2)
  const chosen = permutation(count, seed, purpose.sample, 3)
  const wrong = new Set(chosen.subarray(0, wrongCount))
  const copied = new Set(chosen.subarray(wrongCount, wrongCount + copyCount))
  const roll = dice(randomStream(seed, purpose.sample, 4))
  const plan: Plan = { images: [], wrongLabels: [], copies: [] }
  const fileName = (position: number): string => {
    const number = String(1000 + (numbers[position] ?? 0))
    return `IMG_${number}.${roll.pick(['jpg', 'jpg', 'jpg', 'jpg', 'jpg', 'webp', 'png'])}`
  }
  let copyPosition = count
  for (let index = 0; index < count; index++) {
    const drawnClass = sampleClasses[Math.floor(index / perClass)]
    if (!drawnClass) continue
    const folder = wrong.has(index) ? wrongFolder(drawnClass, roll) : drawnClass.name
    const path = `${folder}/${fileName(index)}`
    const copyPath = copied.has(index) ? `${folder}/${fileName(copyPosition++)}` : null
    if (wrong.has(index)) plan.wrongLabels.push({ path, trueClass: drawnClass.name })
    if (copyPath !== null) plan.copies.push([path, copyPath])
    plan.images.push({ drawnClass, path, copyPath })
  }
  return plan
}

/** People mislabel look-alikes most, and now and then slip. */
function wrongFolder(drawnClass: (typeof sampleClasses)[number], roll: Dice): string {
  if (roll.chance(0.6)) return drawnClass.lookalike
  const others = sampleClasses.filter((other) => other !== drawnClass)
  return others[roll.whole(0, others.length - 1)]?.name ?? drawnClass.lookalike
}

/** What a copy goes through on its way across the web: cut at the edges, other light, other size. */
async function altered(image: RawImage, roll: Dice): Promise<RawImage> {
  const { widthPx, heightPx } = image
  const cut = (lengthPx: number): number => Math.round(lengthPx * roll.between(0.01, 0.05))
  const left = cut(widthPx)
  const top = cut(heightPx)
  const scale = roll.between(0.8, 1.05)
  const { data, info } = await sharp(image.pixels, {
    raw: { width: widthPx, height: heightPx, channels: 3 },
  })
    .extract({ left, top, width: widthPx - left - cut(widthPx), height: heightPx - top - cut(heightPx) })
    .resize(Math.round(widthPx * scale))
    .linear(roll.between(0.9, 1.12), roll.between(-8, 10))
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { widthPx: info.width, heightPx: info.height, pixels: data }
}

/** Encodes by the path's extension; some photos lie as a camera held upright stores them, with an EXIF mark. */
async function save(image: RawImage, path: string, roll: Dice): Promise<void> {
  const quality = roll.whole(68, 92)
  const turned = roll.chance(0.04)
  const { widthPx, heightPx, pixels } = image
  const encoder = sharp(pixels, { raw: { width: widthPx, height: heightPx, channels: 3 } })
  if (path.endsWith('.png')) await encoder.png().toFile(path)
  else if (path.endsWith('.webp')) await encoder.webp({ quality }).toFile(path)
  // Orientation 6: the stored image is shown after a quarter turn to the right.
  else if (turned) await encoder.rotate(270).withMetadata({ orientation: 6 }).jpeg({ quality }).toFile(path)
  else await encoder.jpeg({ quality }).toFile(path)
}

function cancelled(): WorkbenchError {
  return new WorkbenchError(
    'cancelled',
    'Generating the sample dataset was cancelled. Nothing was imported.',
    'Start it again.',
  )
}

/**
 * The input of a training alone: images read, decoded, resized, cropped, flipped and put into batches, taken as fast as they come.
 * Ours gives uint8 pixels, since the training's graph scales them; the peer gives floats, as its training needs them, and for the figures
 * marked "uint8" the same bytes as ours. Photos around 500 px for a large and a small side, photos of 12 megapixels, images of 32 px.
 * "Later run" is one whose images are all on disk and none in memory. Sets marked "inception" have
 * inception crops, the peer's `RandomResizedCrop` of the same areas, from images that we keep as fine-tuning keeps them.
 */
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { makeLargePhotos } from '../large-photos.mjs'
import { peerRun } from '../peers/process.mjs'
import { quartiles } from '../statistics.mjs'

const root = fileURLToPath(new URL('../../', import.meta.url))
const program = path.join(root, 'out/main/bench-input.cjs')
const peerScript = fileURLToPath(new URL('../peers/input.py', import.meta.url))
const run = promisify(execFile)

const square = { crop: 'square', leastCropArea: 1 }
const inception = { crop: 'inception', leastCropArea: 0.05 }
/** How many photos `isLarge` makes: of so many classes, so many each. */
const [largeClasses, largePerClass] = [4, 12]

/** Of cifar10's training part 1,000 images a class, so that the peer's epochs last seconds. */
const sets = [
  {
    name: 'flowers17',
    archive: 'flowers17-sample.zip',
    inside: '.',
    resizePx: 448,
    cropPx: 384,
    batchSize: 32,
    perClass: null,
    epochCount: 4,
    ...square,
  },
  {
    name: 'flowers17 inception',
    archive: 'flowers17-sample.zip',
    inside: '.',
    resizePx: 1152,
    cropPx: 384,
    batchSize: 32,
    perClass: null,
    epochCount: 4,
    ...inception,
  },
  {
    name: 'flowers17 at 96',
    archive: 'flowers17-sample.zip',
    inside: '.',
    resizePx: 96,
    cropPx: 64,
    batchSize: 32,
    perClass: null,
    epochCount: 4,
    ...square,
  },
  {
    name: '12 megapixels',
    archive: 'flowers17-sample.zip',
    inside: '.',
    isLarge: true,
    resizePx: 256,
    cropPx: 224,
    batchSize: 16,
    perClass: null,
    epochCount: 3,
    ...square,
  },
  {
    name: 'cifar10',
    archive: 'cifar10.zip',
    inside: 'train',
    resizePx: 160,
    cropPx: 128,
    batchSize: 128,
    perClass: 1000,
    epochCount: 3,
    ...square,
  },
  {
    name: 'cifar10 inception',
    archive: 'cifar10.zip',
    inside: 'train',
    resizePx: 384,
    cropPx: 128,
    batchSize: 128,
    perClass: 1000,
    epochCount: 3,
    ...inception,
  },
]

export async function inputCase({ folder }) {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'bitw-bench-'))
  process.once('exit', () => rmSync(scratch, { recursive: true, force: true }))
  const chosen = []
  for (const set of sets) {
    const small = await folderOf(set, folder, scratch)
    const found = small !== null && set.isLarge ? path.join(scratch, 'large') : small
    if (set.isLarge && small !== null) await makeLargePhotos(small, found, largeClasses, largePerClass)
    if (found === null)
      console.error(
        `${set.name}: not measured, ../shared/data/${set.archive} is not here and --folder names another`,
      )
    else chosen.push({ ...set, folder: found })
  }
  if (chosen.length === 0)
    throw new Error(
      'input needs --folder IMAGES (flowers17 or cifar10/train) or the archives in ../shared/data',
    )
  return {
    what: `input, ${chosen.map(({ name, resizePx, cropPx }) => `${name} ${resizePx}→${cropPx}`).join(' and ')}, uint8 crops`,
    unit: 'images/s',
    peerName: `PyTorch's DataLoader with torchvision on Pillow, ${os.cpus().length} workers kept, float tensors`,
    ours: () => measureAll(chosen, (set) => ours(set, scratch)),
    peer: (python) => measureAll(chosen, (set) => peer(set, python)),
  }
}

/** The folder with a folder for each class: given, or unpacked from the archive; null where neither is there. */
async function folderOf({ name, archive, inside }, given, scratch) {
  if (given !== undefined) {
    const isThis = name.startsWith('cifar10')
      ? existsSync(path.join(given, 'airplane'))
      : existsSync(path.join(given, 'Daffodil'))
    return isThis ? given : null
  }
  const packed = path.resolve(root, '../shared/data', archive)
  if (!existsSync(packed)) return null
  const unpacked = path.join(scratch, path.basename(archive, '.zip'))
  if (!existsSync(unpacked)) await run('python3', ['-m', 'zipfile', '-e', packed, unpacked])
  return path.join(unpacked, inside)
}

/** Figures of all sets under one roof: `rates` by name, the first of them as `rate`. */
async function measureAll(chosen, measure) {
  const rates = {}
  let peakMemoryBytes = 0
  for (const set of chosen) {
    const found = await measure(set)
    for (const [name, rate] of Object.entries(found.rates)) rates[`${set.name}, ${name}`] = rate
    peakMemoryBytes = Math.max(peakMemoryBytes, found.peakMemoryBytes)
  }
  return { rates, peakMemoryBytes }
}

async function ours(set, scratch) {
  const cacheFolder = mkdtempSync(path.join(scratch, 'cache-'))
  const earlier = await measured(set, { cacheFolder, cacheBytes: 4e9 })
  const later = await measured(set, { cacheFolder, cacheBytes: 0 })
  rmSync(cacheFolder, { recursive: true, force: true })
  const [first, others] = [earlier.rates[0], quartiles(earlier.rates.slice(1)).median]
  return {
    rates: {
      'first epoch': first,
      'later epochs': others,
      'first epoch, uint8': first,
      'later epochs, uint8': others,
      'later run, disk': quartiles(later.rates).median,
    },
    peakMemoryBytes: earlier.peakMemoryBytes,
  }
}

async function peer(set, python) {
  const { folder, perClass, resizePx, cropPx, batchSize, epochCount, crop, leastCropArea } = set
  const numbers = [perClass ?? 0, resizePx, cropPx, batchSize, epochCount].map(String)
  const least = crop === 'inception' ? [String(leastCropArea)] : []
  const [floats, bytes] = [
    await peerRun(python, [peerScript, folder, ...numbers, 'float', ...least]),
    await peerRun(python, [peerScript, folder, ...numbers, 'uint8', ...least]),
  ]
  const later = quartiles(floats.rates.slice(1)).median
  return {
    rates: {
      'first epoch': floats.rates[0],
      'later epochs': later,
      'first epoch, uint8': bytes.rates[0],
      'later epochs, uint8': quartiles(bytes.rates.slice(1)).median,
      'later run, disk': later,
    },
    peakMemoryBytes: floats.peakMemoryBytes,
  }
}

async function measured(set, options) {
  const { folder, perClass, resizePx, cropPx, batchSize, epochCount, crop, leastCropArea } = set
  const work = {
    folder,
    perClass,
    resizePx,
    cropPx,
    batchSize,
    epochCount,
    crop,
    leastCropArea,
    mixupAlpha: 0,
    ...options,
  }
  // as many threads as the trainer has, see engine/environment.ts
  const environment = { ...process.env, UV_THREADPOOL_SIZE: String(Math.max(4, os.availableParallelism())) }
  const { stdout } = await run(process.execPath, [program, JSON.stringify(work)], { env: environment })
  return JSON.parse(stdout.trim().split('\n').at(-1))
}

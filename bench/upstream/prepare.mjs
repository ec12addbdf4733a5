/**
 * Makes the folder that the embedded model is pre-trained on: Tiny ImageNet's training images without those that resemble an image of the
 * sets that later judge the model, so that these stay unseen.
 *
 *   node bench/upstream/prepare.mjs TINY_IMAGENET TARGET JUDGE [JUDGE …]
 *
 * TINY_IMAGENET has train/WNID/images/*.JPEG; TARGET gets WNID/*.JPEG as hard links (or copies); each JUDGE is a folder of images. An image
 * resembles another when the difference hashes of the two (64 bits, either may be mirrored) differ in at most `mostBits` bits and their grey
 * thumbnails of 16 × 16 correlate by at least `leastCorrelation`.
 */
import { copyFileSync, linkSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'

const mostBits = 8
const leastCorrelation = 0.9

const [source, target, ...judges] = process.argv.slice(2)
if (source === undefined || target === undefined || judges.length === 0) {
  console.error('Usage: node bench/upstream/prepare.mjs TINY_IMAGENET TARGET JUDGE [JUDGE …]')
  process.exit(2)
}

const train = join(source, 'train')
const upstream = readdirSync(train)
  .sort()
  .flatMap((wnid) => imagesBelow(join(train, wnid)).map((path) => ({ wnid, path })))
const judgePaths = judges.flatMap(imagesBelow)
console.log(`${upstream.length} images to train on, ${judgePaths.length} that judge`)

const upstreamPrints = await fingerprints(upstream.map(({ path }) => path))
const judgePrints = await fingerprints(judgePaths)
const left = resembling(upstreamPrints, judgePrints)

let written = 0
const leftOut = []
for (const [index, { wnid, path }] of upstream.entries()) {
  const judge = left.get(index)
  if (judge !== undefined) {
    leftOut.push(`${path}\t${judgePaths[judge]}`)
    continue
  }
  const folder = join(target, wnid)
  mkdirSync(folder, { recursive: true })
  place(path, join(folder, path.split('/').at(-1)))
  written += 1
}
writeFileSync(`${target}-left-out.tsv`, leftOut.map((line) => `${line}\n`).join(''))
console.log(`${written} written, ${leftOut.length} left out (${target}-left-out.tsv)`)

function imagesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(jpe?g|png)$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

function place(from, to) {
  try {
    linkSync(from, to)
  } catch {
    copyFileSync(from, to)
  }
}

/** For each image two 32-bit words of its hash, two of its mirror image's, and its thumbnail with mean 0 and length 1. */
async function fingerprints(paths) {
  const words = new Uint32Array(paths.length * 4)
  const thumbnails = new Float32Array(paths.length * 256)
  let next = 0
  const work = async () => {
    for (let index = next++; index < paths.length; index = next++) {
      const grey = await sharp(paths[index]).greyscale().resize(16, 16, { fit: 'fill' }).raw().toBuffer()
      words.set(differenceHash(grey, false), index * 4)
      words.set(differenceHash(grey, true), index * 4 + 2)
      thumbnails.set(normalized(grey), index * 256)
    }
  }
  await Promise.all(Array.from({ length: 4 }, work))
  return { count: paths.length, words, thumbnails }
}

/** Bit by bit whether a cell of 2 × 2 is brighter than its right neighbour, on a grid of 8 rows; the last column is compared with the first. */
function differenceHash(grey, mirrored) {
  const cell = (row, column) => {
    const at = mirrored ? 7 - column : column
    const from = row * 32 + at * 2
    return grey[from] + grey[from + 1] + grey[from + 16] + grey[from + 17]
  }
  const hash = [0, 0]
  for (let bit = 0; bit < 64; bit += 1) {
    const row = bit >> 3
    const column = bit & 7
    if (cell(row, column) > cell(row, (column + 1) & 7)) hash[bit >> 5] |= 1 << (bit & 31)
  }
  return hash.map((word) => word >>> 0)
}

function normalized(grey) {
  const mean = grey.reduce((sum, value) => sum + value, 0) / grey.length
  const centred = Float32Array.from(grey, (value) => value - mean)
  const length = Math.hypot(...centred) || 1
  return centred.map((value) => value / length)
}

/** From the index of an image to the index of one that judges. */
function resembling(images, judgeImages) {
  const found = new Map()
  const { words } = judgeImages
  for (let index = 0; index < images.count; index += 1) {
    for (const mirrored of [false, true]) {
      const low = images.words[index * 4 + (mirrored ? 2 : 0)]
      const high = images.words[index * 4 + (mirrored ? 3 : 1)]
      for (let judge = 0; judge < judgeImages.count && !found.has(index); judge += 1) {
        const bits = bitCount(low ^ words[judge * 4]) + bitCount(high ^ words[judge * 4 + 1])
        if (bits > mostBits) continue
        if (
          correlation(images.thumbnails, index, judgeImages.thumbnails, judge, mirrored) >= leastCorrelation
        )
          found.set(index, judge)
      }
    }
  }
  return found
}

function bitCount(word) {
  let rest = word - ((word >>> 1) & 0x55555555)
  rest = (rest & 0x33333333) + ((rest >>> 2) & 0x33333333)
  return Math.imul((rest + (rest >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

function correlation(some, index, others, judge, mirrored) {
  let sum = 0
  for (let row = 0; row < 16; row += 1) {
    for (let column = 0; column < 16; column += 1) {
      const from = row * 16 + (mirrored ? 15 - column : column)
      sum += some[index * 256 + from] * others[judge * 256 + row * 16 + column]
    }
  }
  return sum
}

/**
 * Which image trains, which validates, which tests. Seeded, stratified by class; files with the same content always go to
 * the same side, whatever class they lie in. The order of the files does not matter: each content has its own seeded rank.
 */
import { hash } from 'node:crypto'
import type { Split, SplitOptions, SplitPart } from '../contract/entities/dataset'
import { largestRemainder } from './largest-remainder'

export interface SplitImage {
  readonly contentHash: string
  readonly classIndex: number
  /** The part that the dataset's own folders give it; null where they give none. */
  readonly folderPart: SplitPart | null
}

export interface SplitResult {
  readonly origin: Split['origin']
  /** Aligned with the images. */
  readonly parts: SplitPart[]
}

/**
 * Where folders give the parts, they stay; a missing validation or test part is then carved out of the training images
 * (`mixed`). Without a training folder the folders' parts are not used. Every class with three distinct images or more
 * gives at least one to the test part, with five or more one to the validation part (where their fractions are not 0);
 * every class keeps at least one to train on.
 */
export function assignSplit(images: readonly SplitImage[], options: SplitOptions): SplitResult {
  const given = new Set(images.map((image) => image.folderPart))
  if (!given.has('train')) {
    return { origin: 'seeded', parts: carve(images, options) }
  }
  const carved = {
    ...options,
    valFraction: given.has('val') ? 0 : options.valFraction,
    testFraction: given.has('test') ? 0 : options.testFraction,
  }
  const pool = images.flatMap((image, index) =>
    image.folderPart === 'train' || image.folderPart === null ? [index] : [],
  )
  const parts = images.map((image) => image.folderPart ?? 'train')
  if (carved.valFraction === 0 && carved.testFraction === 0) return { origin: 'folders', parts }
  const poolParts = carve(
    pool.flatMap((index) => images[index] ?? []),
    carved,
  )
  pool.forEach((index, position) => (parts[index] = poolParts[position] ?? 'train'))
  return { origin: 'mixed', parts }
}

/** Eight hex digits over (content hash, part) of all images, the same in any order. */
export function splitHash(images: readonly { contentHash: string }[], parts: readonly SplitPart[]): string {
  const lines = images.map((image, index) => `${image.contentHash} ${parts[index] ?? ''}\n`).sort()
  return hash('sha256', lines.join(''), 'hex').slice(0, 8)
}

/** All files with one content. */
interface Group {
  readonly key: string
  readonly members: number[]
}

function carve(images: readonly SplitImage[], options: SplitOptions): SplitPart[] {
  const classes = groupsByClass(images, options.seed)
  const sizes = classes.map((groups) => groups.reduce((sum, group) => sum + group.members.length, 0))
  const testQuotas = largestRemainder(sizes, options.testFraction)
  const valQuotas = largestRemainder(sizes, options.valFraction)
  const parts = images.map((): SplitPart => 'train')
  classes.forEach((groups, classIndex) => {
    const free = [...groups]
    const leastTest = groups.length >= 3 && options.testFraction > 0 ? 1 : 0
    const leastVal = groups.length >= 5 && options.valFraction > 0 ? 1 : 0
    take(free, 'test', testQuotas[classIndex] ?? 0, leastTest, 1 + leastVal, parts)
    take(free, 'val', valQuotas[classIndex] ?? 0, leastVal, 1, parts)
  })
  return parts
}

/** Moves groups out of `free` into `part` while they fit the quota of images, and leaves `leave`; at least `least` groups, of which there must be more than `leave`. */
function take(
  free: Group[],
  part: SplitPart,
  quota: number,
  least: number,
  leave: number,
  parts: SplitPart[],
): void {
  const move = (position: number): number => {
    const [group] = free.splice(position, 1)
    for (const member of group?.members ?? []) parts[member] = part
    return group?.members.length ?? 0
  }
  let taken = 0
  let left = quota
  for (let position = 0; position < free.length && left > 0 && free.length > leave;) {
    if ((free[position]?.members.length ?? 0) <= left) {
      left -= move(position)
      taken++
    } else {
      position++
    }
  }
  if (taken < least) {
    // All were larger than the quota, or it was 0: the smallest group, the first of them in the seeded order.
    const smallest = Math.min(...free.map((group) => group.members.length))
    move(free.findIndex((group) => group.members.length === smallest))
  }
}

/** For each class its groups in seeded order. A content that lies in several classes counts with the one that has most of it. */
function groupsByClass(images: readonly SplitImage[], seed: number): Group[][] {
  const groups = new Map<string, Group>()
  images.forEach((image, index) => {
    const group = groups.get(image.contentHash)
    if (group) group.members.push(index)
    else groups.set(image.contentHash, { key: seededKey(seed, image.contentHash), members: [index] })
  })
  const classes: Group[][] = []
  for (const group of groups.values()) {
    const classIndex = commonestClass(group.members.map((member) => images[member]?.classIndex ?? 0))
    const ofClass = (classes[classIndex] ??= [])
    ofClass.push(group)
  }
  return Array.from(classes, (ofClass) => (ofClass ?? []).sort((a, b) => (a.key < b.key ? -1 : 1)))
}

function seededKey(seed: number, contentHash: string): string {
  return hash('sha256', `${seed} ${contentHash}`, 'hex')
}

/** The most frequent; of equals the smallest. */
function commonestClass(classIndices: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const classIndex of classIndices) counts.set(classIndex, (counts.get(classIndex) ?? 0) + 1)
  const ranked = [...counts].sort(([classA, a], [classB, b]) => b - a || classA - classB)
  return ranked[0]?.[0] ?? 0
}

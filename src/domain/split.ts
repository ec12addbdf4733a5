/**
 * Which image trains, which validates, which tests. Seeded, stratified by class; files with the same content always go to
 * the same side, whatever class they lie in. The order of the files does not matter: each content has its own seeded rank.
 */
import { createHash, hash } from 'node:crypto'
import type { Split, SplitOptions, SplitPart } from '../contract/entities/dataset'
import { atOnce, type InTurns } from './in-turns'
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
  return atOnce(assigningSplit(images, options))
}

export function* assigningSplit(images: readonly SplitImage[], options: SplitOptions): InTurns<SplitResult> {
  const { given, carved } = leftToCarve(images, options)
  if (!given.has('train')) return { origin: 'seeded', parts: yield* carving(images, options) }
  const pool = images.flatMap((image, index) =>
    image.folderPart === 'train' || image.folderPart === null ? [index] : [],
  )
  const parts = images.map((image) => image.folderPart ?? 'train')
  if (carved.valFraction === 0 && carved.testFraction === 0) return { origin: 'folders', parts }
  const poolParts = yield* carving(
    pool.flatMap((index) => images[index] ?? []),
    carved,
  )
  pool.forEach((index, position) => (parts[index] = poolParts[position] ?? 'train'))
  return { origin: 'mixed', parts }
}

/** That of `assignSplit`, which need not be worked out for it. */
export function splitOrigin(images: readonly SplitImage[], options: SplitOptions): Split['origin'] {
  const { given, carved } = leftToCarve(images, options)
  if (!given.has('train')) return 'seeded'
  return carved.valFraction === 0 && carved.testFraction === 0 ? 'folders' : 'mixed'
}

function leftToCarve(
  images: readonly SplitImage[],
  options: SplitOptions,
): { given: ReadonlySet<SplitPart | null>; carved: SplitOptions } {
  const given = new Set(images.map((image) => image.folderPart))
  const carved = {
    ...options,
    valFraction: given.has('val') ? 0 : options.valFraction,
    testFraction: given.has('test') ? 0 : options.testFraction,
  }
  return { given, carved }
}

/** Eight hex digits over (content hash, part) of all images, the same in any order. */
export function splitHash(images: readonly { contentHash: string }[], parts: readonly SplitPart[]): string {
  return atOnce(hashingSplit(images, parts))
}

export function* hashingSplit(
  images: readonly { contentHash: string }[],
  parts: readonly SplitPart[],
): InTurns<string> {
  // Sorted in piles, by their first characters: the lines of all together would take a second to sort.
  const piles = new Map<string, string[]>()
  for (let index = 0; index < images.length; index++) {
    const line = `${images[index]?.contentHash ?? ''} ${parts[index] ?? ''}\n`
    const beginning = line.slice(0, 3)
    const pile = piles.get(beginning)
    if (pile === undefined) piles.set(beginning, [line])
    else pile.push(line)
    if (index % imagesAtOnce === imagesAtOnce - 1) yield
  }
  const digest = createHash('sha256')
  let hashed = 0
  for (const beginning of [...piles.keys()].sort()) {
    const pile = piles.get(beginning) ?? []
    digest.update(pile.sort().join(''))
    if ((hashed += pile.length) < imagesAtOnce) continue
    hashed = 0
    yield
  }
  return digest.digest('hex').slice(0, 8)
}

/** Images that are looked at between two pauses: some milliseconds. */
const imagesAtOnce = 4000

/** All files with one content. */
interface Group {
  readonly key: string
  readonly members: number[]
}

function* carving(images: readonly SplitImage[], options: SplitOptions): InTurns<SplitPart[]> {
  const classes = yield* groupsByClass(images, options.seed)
  const sizes = classes.map((groups) => groups.reduce((sum, group) => sum + group.members.length, 0))
  const testQuotas = largestRemainder(sizes, options.testFraction)
  const valQuotas = largestRemainder(sizes, options.valFraction)
  const parts = images.map((): SplitPart => 'train')
  let taken = 0
  for (const [classIndex, groups] of classes.entries()) {
    if ((taken += groups.length) > imagesAtOnce) {
      taken = 0
      yield
    }
    const free = [...groups]
    const leastTest = groups.length >= 3 && options.testFraction > 0 ? 1 : 0
    const leastVal = groups.length >= 5 && options.valFraction > 0 ? 1 : 0
    take(free, 'test', testQuotas[classIndex] ?? 0, leastTest, 1 + leastVal, parts)
    take(free, 'val', valQuotas[classIndex] ?? 0, leastVal, 1, parts)
  }
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
    const smallest = free.reduce((least, { members }) => Math.min(least, members.length), Infinity)
    move(free.findIndex((group) => group.members.length === smallest))
  }
}

/** For each class its groups in seeded order. A content that lies in several classes counts with the one that has most of it. */
function* groupsByClass(images: readonly SplitImage[], seed: number): InTurns<Group[][]> {
  const groups = new Map<string, Group>()
  for (const [index, image] of images.entries()) {
    const group = groups.get(image.contentHash)
    if (group) group.members.push(index)
    else groups.set(image.contentHash, { key: seededKey(seed, image.contentHash), members: [index] })
    if (index % imagesAtOnce === imagesAtOnce - 1) yield
  }
  const classes: Group[][] = []
  let placed = 0
  for (const group of groups.values()) {
    if (++placed % imagesAtOnce === 0) yield
    const classIndex = commonestClass(group.members.map((member) => images[member]?.classIndex ?? 0))
    const ofClass = (classes[classIndex] ??= [])
    ofClass.push(group)
  }
  const sorted: Group[][] = []
  let count = 0
  for (const ofClass of Array.from(classes, (found) => found ?? [])) {
    sorted.push(ofClass.sort((a, b) => (a.key < b.key ? -1 : 1)))
    if ((count += ofClass.length) < imagesAtOnce) continue
    count = 0
    yield
  }
  return sorted
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

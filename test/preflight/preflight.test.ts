/** Preflight with the real core: on the sample dataset, whose faults are known, and on a folder that has each fault once. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Finding, FindingKind, FoundGroup, Preflight } from '../../src/contract/entities/preflight'
import type { SampleFacts } from '../../src/main/datasets/sample-dataset'
import { sampleClasses } from '../../src/main/datasets/sample/scene'
import { scanDataset } from '../../src/main/datasets/scan'
import { decodeSquare } from '../../src/main/images/decode'
import { buildTrainer } from '../support/build-trainer'
import { openTestCore, temporaryFolder, type TestCore } from '../support/test-core'

const home = temporaryFolder('preflight-home')
const place = temporaryFolder('preflight-images')
let test: TestCore

beforeAll(async () => {
  test = await openTestCore(home.path, await buildTrainer())
})
afterAll(async () => {
  await test.core.close()
  home.remove()
  place.remove()
})

async function check(datasetId: number): Promise<Preflight> {
  await test.taskDone((await test.core.call('preflight.start', { datasetId })).taskId)
  return test.core.call('preflight.findings', { datasetId })
}

async function groupsOf(
  datasetId: number,
  kind: FindingKind,
  which: 'open' | 'ignored' = 'open',
): Promise<FoundGroup[]> {
  return (await test.core.call('preflight.images', { datasetId, kind, which, offset: 0, limit: 500 })).groups
}

const pathsOf = (groups: readonly FoundGroup[]): string[][] =>
  groups.map(({ images }) => images.map(({ path }) => path).sort()).sort()

function finding({ findings }: Preflight, kind: FindingKind): Finding | undefined {
  return findings.find((one) => one.kind === kind)
}

describe('the sample dataset', () => {
  let id = 0
  let preflight: Preflight
  let planted: string[][]
  let known: SampleFacts

  beforeAll(async () => {
    const { taskId } = await test.core.call('datasets.importSample', {})
    id = (await test.taskDone(taskId)).resultId ?? 0
    known = JSON.parse(readFileSync(join(home.path, 'sample', 'known.json'), 'utf8')) as SampleFacts
    planted = known.nearDuplicates.map((pair) => [...pair].sort()).sort()
    expect((await test.core.call('preflight.findings', { datasetId: id })).check).toBeNull()
    preflight = await check(id)
  })

  it('has its classes and images, in several formats and shapes, some turned by EXIF, without a fault', async () => {
    const split = { valFraction: 0.1, testFraction: 0.2, seed: 0 }
    const { signal } = new AbortController()
    const source = { kind: 'folder' as const, path: join(home.path, 'sample', 'images') }
    const scanned = await scanDataset({ source, split, signal, onProgress: () => undefined })
    expect(scanned.classNames).toEqual(sampleClasses.map(({ name }) => name))
    expect(scanned.images).toHaveLength(1200)
    expect(known).toMatchObject({ seed: 1, imageCount: 1200, classCount: 12 })
    expect(scanned.problems).toEqual([])
    expect(new Set(scanned.images.map((image) => image.format))).toEqual(new Set(['jpeg', 'png', 'webp']))
    expect(scanned.images.filter((image) => image.orientation === 6).length).toBeGreaterThan(10)
    expect(new Set(scanned.images.map((image) => `${image.widthPx}×${image.heightPx}`)).size).toBeGreaterThan(
      100,
    )
    expect(new Set(scanned.images.map((image) => image.contentHash)).size).toBe(1200)
  })

  it('knows its wrong labels and near-duplicates, beside the images', async () => {
    expect(known.wrongLabels).toHaveLength(35)
    for (const { path, trueClass } of known.wrongLabels) {
      expect(existsSync(join(home.path, 'sample', 'images', path))).toBe(true)
      expect(dirname(path)).not.toBe(trueClass)
    }
    expect(known.nearDuplicates).toHaveLength(24)
    const difference = async (a: string, b: string): Promise<number> => {
      const first = await decodeSquare(join(home.path, 'sample', 'images', a), 12)
      const second = await decodeSquare(join(home.path, 'sample', 'images', b), 12)
      return (
        first.reduce((sum, value, index) => sum + Math.abs(value - (second[index] ?? 0)), 0) / first.length
      )
    }
    const [ofPairs, ofOthers]: [number[], number[]] = [[], []]
    for (const [index, [a, b]] of known.nearDuplicates.entries()) {
      ofPairs.push(await difference(a, b))
      ofOthers.push(await difference(a, known.nearDuplicates[(index + 7) % 24]?.[1] ?? ''))
    }
    const mean = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + value, 0) / values.length
    expect(mean(ofPairs) * 2).toBeLessThan(mean(ofOthers))
  })

  it('has every planted duplicate found, and nothing else taken for one', async () => {
    expect(preflight.check).toMatchObject({ isCurrent: true, unreadCount: 0 })
    expect(pathsOf(await groupsOf(id, 'same-image'))).toEqual(planted)
    expect(finding(preflight, 'same-image')).toMatchObject({ groupCount: 24, imageCount: 48, ignored: null })
    expect(finding(preflight, 'same-bytes')).toBeUndefined()
    expect(finding(preflight, 'conflicting-labels')).toBeUndefined()
  })

  it('has under another threshold as many groups as were told before, also after the next check', async () => {
    const { usual, current, steps } = await test.core.call('preflight.thresholds', { datasetId: id })
    expect(current).toBe(usual)
    expect(steps.find(({ likeness }) => likeness === usual)).toMatchObject({
      groupCount: 24,
      contentCount: 48,
    })
    const set = (likeness: number) => test.core.call('preflight.setThreshold', { datasetId: id, likeness })
    const count = (found: Preflight): number => finding(found, 'same-image')?.groupCount ?? 0
    const strict = steps.find(({ groupCount }) => groupCount < 24)
    expect(strict?.likeness).toBeGreaterThan(usual)
    expect(count(await set(strict?.likeness ?? 1))).toBe(strict?.groupCount)
    expect(count(await check(id))).toBe(strict?.groupCount)
    expect((await set(usual)).findings).toEqual(preflight.findings)
    await expect(test.core.call('preflight.thresholds', { datasetId: id + 1000 })).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  it('leaks where a copy is in another part, which is counted for the held-out parts', async () => {
    const groups = await groupsOf(id, 'leak')
    expect(groups.length).toBeGreaterThan(3)
    for (const { images } of groups) expect(new Set(images.map(({ part }) => part)).size).toBe(2)
    const twins = groups.flatMap(({ images }) =>
      images.some(({ part }) => part === 'train') ? images.filter(({ part }) => part !== 'train') : [],
    )
    expect(preflight.twins).toEqual({
      val: twins.filter(({ part }) => part === 'val').length,
      test: twins.filter(({ part }) => part === 'test').length,
    })
    expect(finding(preflight, 'leak')?.sentence).toContain(`${preflight.twins.test} test images`)
  })

  it('leaks no more once the groups were moved, and again where that is undone', async () => {
    const before = await test.core.call('datasets.get', { id })
    const leak = finding(preflight, 'leak')
    const moved = await test.core.call('preflight.moveTogether', { datasetId: id })
    expect(moved.movedCount).toBe(leak?.groupCount)
    expect(moved.previousSplitId).toBe(before.split.id)
    expect(finding(moved.preflight, 'leak')).toBeUndefined()
    expect(moved.preflight.twins).toEqual({ val: 0, test: 0 })
    const after = await test.core.call('datasets.get', { id })
    expect(after.split.id).not.toBe(before.split.id)
    expect(after.split.hash).not.toBe(before.split.hash)
    expect(after.versionCount).toBe(before.versionCount + 1)
    const undone = await test.core.call('preflight.undoMove', { datasetId: id, splitId: before.split.id })
    expect(finding(undone, 'leak')).toEqual(leak)
    expect((await test.core.call('datasets.get', { id })).split).toEqual(before.split)
  })

  it('has one group moved alone', async () => {
    const [first] = await groupsOf(id, 'leak')
    const items = [first?.images[0]?.id ?? 0]
    const count = finding(preflight, 'leak')?.groupCount ?? 0
    const moved = await test.core.call('preflight.moveTogether', { datasetId: id, items })
    expect(moved.movedCount).toBe(1)
    expect(finding(moved.preflight, 'leak')?.groupCount).toBe(count - 1)
    await test.core.call('preflight.undoMove', { datasetId: id, splitId: moved.previousSplitId })
  })

  it('has findings ignored with a reason, one group or all, and counted again', async () => {
    const [first] = await groupsOf(id, 'leak')
    const count = finding(preflight, 'leak')?.groupCount ?? 0
    const items = first?.images.map((image) => image.id) ?? []
    const ignore = { datasetId: id, kind: 'leak' as const, reason: 'two shots of one shell' }
    const one = finding(await test.core.call('preflight.ignore', { ...ignore, items }), 'leak')
    expect(one).toMatchObject({
      groupCount: count - 1,
      ignored: { groupCount: 1, reason: 'two shots of one shell' },
    })
    expect(await groupsOf(id, 'leak', 'ignored')).toEqual([
      { ...first, ignoredReason: 'two shots of one shell' },
    ])
    const all = await test.core.call('preflight.ignore', ignore)
    expect(finding(all, 'leak')).toMatchObject({ groupCount: 0, ignored: { groupCount: count } })
    expect(all.twins).toEqual({ val: 0, test: 0 })
    expect(finding(await check(id), 'leak')).toMatchObject({ groupCount: 0 })
    const back = await test.core.call('preflight.unignore', { datasetId: id, kind: 'leak' })
    expect(finding(back, 'leak')).toEqual(finding(preflight, 'leak'))
    expect(back.twins).toEqual(preflight.twins)
  })

  it('has four fifths of its planted wrong labels found among as many as were planted', async () => {
    const plain = await test.core.call('preflight.start', { datasetId: id })
    // who asks for the labels, too, while that runs gets them
    const { taskId } = await test.core.call('preflight.start', { datasetId: id, labels: true })
    expect(taskId).toBe(plain.taskId)
    await test.taskDone(taskId)
    const found = await test.core.call('preflight.findings', { datasetId: id })
    expect(found.check?.labelsCheckedAtMs).not.toBeNull()
    const trueClassOf = new Map(known.wrongLabels.map(({ path, trueClass }) => [path, trueClass]))
    const first = (await groupsOf(id, 'wrong-label')).slice(0, trueClassOf.size)
    const right = first.filter(({ images }) => trueClassOf.has(images[0]?.path ?? ''))
    expect(right.length / trueClassOf.size).toBeGreaterThanOrEqual(0.8)

    const [surest] = right
    const path = surest?.images[0]?.path ?? ''
    expect(surest?.suggestion).toBe(trueClassOf.get(path))
    expect(surest?.note).toMatch(/^looks like /)
    const shares = first.map(({ note }) => Number(/\((.+) %\)$/.exec(note)?.[1]))
    expect(shares, 'the percentages fall down the list').toEqual(shares.toSorted((a, b) => b - a))
    const imageIds = surest?.images.map((image) => image.id) ?? []
    const change = { kind: 'label' as const, className: surest?.suggestion ?? '' }
    await test.core.call('labels.apply', { datasetId: id, imageIds, change })
    expect(pathsOf(await groupsOf(id, 'wrong-label')).flat()).not.toContain(path)
    await test.core.call('labels.undo', { datasetId: id })
    expect(pathsOf(await groupsOf(id, 'wrong-label')).flat()).toContain(path)
  }, 240_000)

  it('is looked at anew only where a content is new', async () => {
    test.events.length = 0
    await check(id)
    const phases = test.events.flatMap((event) => (event.type === 'task' ? event.task.phase : []))
    expect(phases).not.toContain('Looking at images')
    expect(phases).toContain('Comparing images')
  })
})

describe('a folder with each fault once', () => {
  const root = join(place.path, 'faults')
  let id = 0

  beforeAll(async () => {
    await drawPhotos(root)
    const first = (name: string): string => join(root, name, '00.png')
    copyFileSync(first('a'), join(root, 'b', 'other label.png'))
    copyFileSync(first('b'), join(root, 'b', 'same bytes.png'))
    await sharp(first('c'))
      .flop()
      .png()
      .toFile(join(root, 'c', 'mirrored.png'))
    await sharp(join(root, 'c', '01.png'))
      .jpeg({ quality: 60 })
      .toFile(join(root, 'c', 'saved again.jpg'))
    const plain = { width: 96, height: 96, channels: 3 as const }
    for (const [name, background] of [
      ['white', '#ffffff'],
      ['black', '#000000'],
    ] as const)
      await sharp({ create: { ...plain, background } })
        .png()
        .toFile(join(root, 'a', `${name}.png`))
    const { taskId } = await test.core.call('datasets.import', { path: root, name: 'faults' })
    id = (await test.taskDone(taskId)).resultId ?? 0
  })

  it('has all of them found', async () => {
    const preflight = await check(id)
    expect(pathsOf(await groupsOf(id, 'conflicting-labels'))).toEqual([['a/00.png', 'b/other label.png']])
    expect(pathsOf(await groupsOf(id, 'same-bytes'))).toEqual([
      ['a/00.png', 'b/other label.png'],
      ['b/00.png', 'b/same bytes.png'],
    ])
    expect(pathsOf(await groupsOf(id, 'same-image'))).toEqual([
      ['c/00.png', 'c/mirrored.png'],
      ['c/01.png', 'c/saved again.jpg'],
    ])
    expect(pathsOf(await groupsOf(id, 'blank'))).toEqual([['a/black.png'], ['a/white.png']])
    expect(preflight.findings.map(({ kind }) => kind)).not.toContain('dark')
    const [blank] = await groupsOf(id, 'blank')
    expect(blank?.note).toBe('contrast 0.0 %')
  })

  it('has copies excluded but the held-out one, and labels corrected, counted at once and taken back', async () => {
    const before = await test.core.call('preflight.findings', { datasetId: id })
    expect(before.pendingCount).toBe(0)
    const groups = await groupsOf(id, 'same-image')
    const excluded = await test.core.call('preflight.exclude', {
      datasetId: id,
      kind: 'same-image',
      what: 'copies',
    })
    expect(excluded.excludedCount).toBe(2)
    expect(finding(excluded.preflight, 'same-image')).toBeUndefined()
    expect(excluded.preflight).toMatchObject({ pendingCount: 2, imageCount: before.imageCount - 2 })
    const { labels } = await test.core.call('labels.list', { datasetId: id, offset: 0, limit: 10 })
    const rank = { test: 0, val: 1, train: 2 }
    for (const { images } of groups) {
      const left = images.filter(({ path }) => !labels.some((label) => label.path === path))
      expect(left).toHaveLength(1)
      const best = Math.min(...images.map(({ part }) => rank[part]))
      expect(left.map(({ part }) => rank[part])).toEqual([best])
    }
    await test.core.call('labels.undo', { datasetId: id })
    expect(await test.core.call('preflight.findings', { datasetId: id })).toEqual(before)

    const [conflict] = await groupsOf(id, 'conflicting-labels')
    const imageIds = conflict?.images.map((image) => image.id) ?? []
    const change = { kind: 'label' as const, className: 'b' }
    await test.core.call('labels.apply', { datasetId: id, imageIds, change })
    const relabelled = await test.core.call('preflight.findings', { datasetId: id })
    expect(finding(relabelled, 'conflicting-labels')).toBeUndefined()
    expect(finding(relabelled, 'same-bytes')).toMatchObject({ groupCount: 2 })
    expect((await groupsOf(id, 'same-bytes'))[0]?.images.map(({ className }) => className)).toEqual([
      'b',
      'b',
    ])

    await test.core.call('labels.takeIn', { datasetId: id })
    const after = await test.core.call('preflight.findings', { datasetId: id })
    expect(after).toMatchObject({ pendingCount: 0, check: { isCurrent: true } })
    expect(finding(after, 'conflicting-labels')).toBeUndefined()
    expect(pathsOf(await groupsOf(id, 'same-image'))).toEqual(pathsOf(groups))
  })

  it('says of how many it could not read', async () => {
    rmSync(join(root, 'a', '03.png'))
    writeFileSync(join(root, 'a', '04.png'), readFileSync(join(root, 'a', '05.png')))
    const fresh = await test.core.call('datasets.import', { path: root, name: 'fresh' })
    const freshId = (await test.taskDone(fresh.taskId)).resultId ?? 0
    rmSync(join(root, 'a', '06.png'))
    writeFileSync(join(root, 'a', '07.png'), readFileSync(join(root, 'b', '07.png')))
    expect((await check(freshId)).check).toMatchObject({ unreadCount: 2 })
  })

  it('keeps what it found before where the folder has gone, and says that', async () => {
    const away = await test.core.call('datasets.import', { path: root, name: 'away' })
    const awayId = (await test.taskDone(away.taskId)).resultId ?? 0
    renameSync(root, `${root}-away`)
    const { taskId } = await test.core.call('preflight.start', { datasetId: awayId })
    const ended = await test.until(
      (event) =>
        event.type === 'task' && event.task.id === taskId && event.task.state !== 'running' && event.task,
    )
    renameSync(`${root}-away`, root)
    expect(ended).toMatchObject({ state: 'failed', error: { code: 'images-missing' } })
    expect((await test.core.call('preflight.findings', { datasetId: awayId })).check).toBeNull()
  })

  it('has no such group where one is asked for that is not there', async () => {
    const ask = test.core.call('preflight.ignore', { datasetId: id, kind: 'dark', reason: 'x' })
    await expect(ask).rejects.toMatchObject({ code: 'not-found' })
  })
})

/** Three classes of pictures that have nothing in common: ten each of blurred noise. */
async function drawPhotos(rootPath: string): Promise<void> {
  let seed = 7
  const next = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647
  for (const name of ['a', 'b', 'c']) {
    mkdirSync(join(rootPath, name), { recursive: true })
    for (let index = 0; index < 10; index++) {
      const noise = Buffer.from(Array.from({ length: 12 * 12 * 3 }, () => Math.floor(next() * 256)))
      await sharp(noise, { raw: { width: 12, height: 12, channels: 3 } })
        .resize(96, 96, { kernel: 'cubic' })
        .png()
        .toFile(join(rootPath, name, `${String(index).padStart(2, '0')}.png`))
    }
  }
}

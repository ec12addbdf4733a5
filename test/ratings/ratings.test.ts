/** Ratings through the calls of the core: frozen, answered, counted. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Input } from '../../src/contract/endpoints'
import type { Answer, Rating, RatingSlot, SlotChoice } from '../../src/contract/entities/rating'
import { userName } from '../../src/main/app/user-name'
import { buildTrainer } from '../support/build-trainer'
import { openTestCore, temporaryFolder, tinyRequest, type TestCore } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

const home = temporaryFolder('ratings-home')
const images = temporaryFolder('ratings-images')
let test: TestCore
let runId = 0
let trainerPath = ''

beforeAll(async () => {
  trainerPath = await buildTrainer()
  await drawTinyDataset(images.path, 20)
  test = await openTestCore(home.path, trainerPath)
  const { taskId } = await test.core.call('datasets.import', { path: images.path, name: 'tiny' })
  const { resultId } = await test.taskDone(taskId)
  const run = await test.core.call('training.start', tinyRequest(resultId ?? 0, { stepCount: 1 }))
  runId = (await test.runEnded(run.id)).id
})
afterAll(async () => {
  await test.core.close()
  for (const folder of [home, images]) folder.remove()
})

const start = (asked: Partial<Input<'ratings.start'>> = {}): Promise<Rating> =>
  test.core.call('ratings.start', {
    runId,
    name: '',
    choice: { query: 'is:any', sample: null, rest: 0, seed: 5 },
    shown: 'words',
    controls: 0,
    ...asked,
  })

/** Answers every image as `choose` says of it, until none is left. */
async function rate(
  { id }: Rating,
  rater: string,
  choose: (slot: RatingSlot) => SlotChoice | { freeLabel: string },
): Promise<void> {
  let at: number | null = 0
  while (at !== null) {
    const slot = await test.core.call('ratings.slot', { id, rater, at })
    const said = choose(slot)
    const given = typeof said === 'string' ? { choice: said } : { choice: 'neither' as const, ...said }
    at = (await test.core.call('ratings.answer', { id, rater, at, ...given })).nextOpen
  }
}

const firstUnlessSame = ({ words }: RatingSlot): SlotChoice => (words[0] === words[1] ? 'both' : 'first')

describe('a rating', () => {
  it('has the images of its query, or a sample that the seed draws, and right ones beside', async () => {
    const all = await start()
    const { wrong, right } = all.spec.population
    expect(all.imageCount).toBe(wrong + right)
    expect(all.name).toBe((await test.core.call('runs.get', { id: runId })).name)
    const mistakes = await start({ choice: { query: '', sample: null, rest: 0, seed: 5 } })
    expect(mistakes.imageCount).toBe(wrong)
    const paths = async (seed: number): Promise<string[]> => {
      const { id } = await start({ choice: { query: 'is:any', sample: 4, rest: 0, seed } })
      const found = await test.core.call('ratings.judged', { id, offset: 0, limit: 100 })
      return found.images.map(({ path }) => path)
    }
    expect(await paths(1)).toHaveLength(4)
    expect(await paths(1)).toEqual(await paths(1))
    expect(await paths(1)).not.toEqual(await paths(2))
    const rest = await start({ choice: { query: '', sample: null, rest: 1, seed: 5 } })
    expect(rest.imageCount).toBe(wrong + Math.min(1, right))
  })

  it('of nothing, of an unknown run, or of a query that is not understood, is not started', async () => {
    const choice = { query: 'confidence>2', sample: null, rest: 0, seed: 1 }
    await expect(start({ choice })).rejects.toMatchObject({ code: 'not-found' })
    await expect(start({ choice: { ...choice, query: 'nonsense:1' } })).rejects.toMatchObject({
      code: 'bad-input',
    })
    await expect(start({ runId: 999 })).rejects.toMatchObject({ code: 'not-found' })
    await expect(start({ name: 'a\u0000b' })).rejects.toMatchObject({ code: 'bad-input' })
  })

  it('keeps each answer at once, takes it back, and goes to the next that is open', async () => {
    const { id } = await start()
    const call = (at: number, choice: SlotChoice | null, note = '') =>
      test.core.call('ratings.answer', { id, rater: 'Anna', at, choice, note })
    const first = await call(0, 'unsure', ' hard ')
    expect(first).toMatchObject({ done: 1, nextOpen: 1, given: { choice: 'unsure', note: 'hard' } })
    expect(await test.core.call('ratings.get', { id })).toMatchObject({
      raters: [{ name: 'Anna', done: 1 }],
    })
    expect(await call(0, 'neither')).toMatchObject({ done: 1, given: { choice: 'neither', note: '' } })
    expect(await call(0, null)).toMatchObject({ done: 0, given: null, nextOpen: 1 })
    expect(test.events).toContainEqual({ type: 'ratings-changed', ratingId: id })
    await expect(call(1000, 'both')).rejects.toMatchObject({ code: 'not-found' })
    await expect(test.core.call('ratings.slot', { id, rater: ' ', at: 0 })).rejects.toMatchObject({
      code: 'bad-input',
    })
  })

  it('shown blind takes the words in random order for what they mean', async () => {
    const rating = await start({
      shown: 'blind',
      choice: { query: 'is:wrong', sample: null, rest: 0, seed: 5 },
    })
    const { images: judged } = await test.core.call('ratings.judged', {
      id: rating.id,
      offset: 0,
      limit: 100,
    })
    const predictionOf = new Map(judged.map(({ position, prediction }) => [position, prediction]))
    await rate(rating, 'Anna', ({ image, words }) => {
      const isFirst = words[0] === predictionOf.get(image.position)
      return isFirst ? 'first' : 'second'
    })
    const { verdicts } = await test.core.call('ratings.outcome', { id: rating.id })
    expect(verdicts).toMatchObject({ prediction: judged.length, label: 0 })
  })

  it('without words takes the name of a class for what it is, in capital letters or not', async () => {
    const rating = await start({
      shown: 'image',
      choice: { query: 'is:wrong', sample: null, rest: 0, seed: 5 },
    })
    const { images: judged } = await test.core.call('ratings.judged', {
      id: rating.id,
      offset: 0,
      limit: 100,
    })
    const labelOf = new Map(judged.map(({ position, label }) => [position, label]))
    const first = judged[0]?.position
    await rate(rating, 'Anna', ({ image, words }) => {
      expect(words).toEqual([])
      return {
        freeLabel: image.position === first ? 'Wheel' : (labelOf.get(image.position) ?? '').toUpperCase(),
      }
    })
    const { verdicts } = await test.core.call('ratings.outcome', { id: rating.id })
    expect(verdicts).toMatchObject({ label: judged.length - 1, neither: 1 })
    const said = await test.core.call('ratings.judged', {
      id: rating.id,
      verdict: 'neither',
      offset: 0,
      limit: 9,
    })
    expect(said).toMatchObject({ total: 1, images: [{ freeLabel: 'Wheel', votes: { neither: 1 } }] })
  })

  it('opens the images of each count that comes out', async () => {
    const rating = await start()
    const { id } = rating
    const { wrong, right } = rating.spec.population
    const open = (verdict: Input<'ratings.judged'>['verdict']) =>
      test.core.call('ratings.judged', { id, verdict, offset: 0, limit: 100 })
    expect((await test.core.call('ratings.outcome', { id })).openWrong).toBe(wrong)
    expect((await open('none')).total).toBe(wrong)
    await rate(rating, 'Anna', ({ words }) => (words[0] === words[1] ? 'neither' : 'first'))
    const outcome = await test.core.call('ratings.outcome', { id })
    expect([outcome.openWrong, outcome.restNotRight, outcome.correctable]).toEqual([0, right, wrong])
    const lists = [await open('none'), await open('not-right'), await open('correctable')]
    expect(lists.map(({ total }) => total)).toEqual([0, right, wrong])
    expect(lists[1]?.images.every(({ prediction, label }) => prediction === label)).toBe(true)
    expect(lists[2]?.images.every(({ prediction, label }) => prediction !== label)).toBe(true)
  })
})

describe('what comes out', () => {
  it('of two raters is what at least half say, their agreement, and each with themselves', async () => {
    const rating = await start({ controls: 0.2 })
    await rate(rating, 'Anna', firstUnlessSame)
    await rate(rating, 'Ben', (slot) => (slot.at % 3 === 0 ? 'unsure' : firstUnlessSame(slot)))
    const outcome = await test.core.call('ratings.outcome', { id: rating.id })
    const { wrong, right } = rating.spec.population
    expect(outcome.judgedWrong).toBe(wrong)
    expect(outcome.verdicts.prediction + outcome.verdicts.unsure).toBe(wrong)
    expect(outcome.restVerdicts.both + outcome.restVerdicts.unsure).toBe(right)
    expect(outcome.kappaCount).toBe(wrong)
    expect(outcome.kappa?.low).toBeLessThanOrEqual(outcome.kappa?.value ?? NaN)
    const [anna] = outcome.raters
    expect(anna).toMatchObject({
      name: 'Anna',
      controls: { same: rating.controlCount, count: rating.controlCount },
    })
    expect(await test.core.call('ratings.outcome', { id: rating.id })).toEqual(outcome)
  })

  it('is adjusted for noise only where all mistakes and a sample of the others were judged', async () => {
    const mistakes = await start({ choice: { query: '', sample: null, rest: 0, seed: 5 } })
    const { wrong, right } = mistakes.spec.population
    await rate(mistakes, 'Anna', () => 'first')
    const flagged = await test.core.call('ratings.outcome', { id: mistakes.id })
    expect(flagged.noiseAdjusted.accuracy).toBeNull()
    expect(flagged.noiseAdjusted.basis).toContain('mistakes alone say nothing')
    expect(flagged.asLabelled.accuracy?.value).toBeCloseTo(right / (wrong + right), 12)
    expect(flagged.adjudicated.accuracy?.value).toBe(1)

    const whole = await start({ choice: { query: '', sample: null, rest: right, seed: 5 } })
    const some = await test.core.call('ratings.outcome', { id: whole.id })
    expect(some.noiseAdjusted).toMatchObject({ accuracy: null })
    expect(some.adjudicated.accuracy).toBeNull()
    await rate(whole, 'Anna', ({ words }) => (words[0] === words[1] ? 'neither' : 'second'))
    const { noiseAdjusted, adjudicated } = await test.core.call('ratings.outcome', { id: whole.id })
    expect(noiseAdjusted.accuracy?.value).toBe(0)
    expect(adjudicated.accuracy?.value).toBe(0)
  })
})

it('a rating survives a restart, and its run; deleted, it is gone with its answers', async () => {
  const rating = await start()
  await test.core.call('ratings.answer', { id: rating.id, rater: 'Anna', at: 2, choice: 'both' })
  await test.core.close()
  test = await openTestCore(home.path, trainerPath)
  expect(await test.core.call('ratings.slot', { id: rating.id, rater: 'Anna', at: 2 })).toMatchObject({
    given: { choice: 'both' },
    done: 1,
  })
  await test.core.call('ratings.delete', { id: rating.id })
  await expect(test.core.call('ratings.get', { id: rating.id })).rejects.toMatchObject({ code: 'not-found' })
})

describe('verdicts', () => {
  it('are found by a query, and hold for whatever run says the same of the same image', async () => {
    const count = async (query: string): Promise<number> =>
      (await test.core.call('predictions.query', { runId, query, offset: 0, limit: 1 })).total
    for (const { id } of await test.core.call('ratings.list', {}))
      await test.core.call('ratings.delete', { id })
    const wrong = await count('')
    expect(await count('verdict:none')).toBe(wrong)
    const rating = await start({ choice: { query: '', sample: null, rest: 0, seed: 1 } })
    await rate(rating, 'Anna', ({ at }) => (at === 0 ? 'second' : 'first'))
    expect(await count('verdict:prediction')).toBe(wrong - 1)
    expect(await count('verdict:label')).toBe(1)
    expect(await count('verdict:any')).toBe(wrong)
    expect(await count('is:any verdict:prediction,label')).toBe(wrong)
    await rate(rating, 'Ben', () => 'second')
    expect(await count('verdict:unsure')).toBe(wrong - 1)
    const datasetId = rating.datasetId ?? 0
    const verdicts = await test.core.call('ratings.verdicts', { datasetId })
    expect(verdicts).toHaveLength(wrong)
    expect(verdicts.filter(({ verdict }) => verdict === 'label')).toMatchObject([{ votes: { label: 2 } }])
    await test.core.call('ratings.delete', { id: rating.id })
    expect(await count('verdict:none')).toBe(wrong)
  })

  it('are said of one image outside a rating, too, as the vote of who is at the machine', async () => {
    const { predictions } = await test.core.call('predictions.query', {
      runId,
      query: '',
      offset: 0,
      limit: 1,
    })
    const { classNames } = await test.core.call('predictions.confusion', { runId })
    const { datasetId } = await test.core.call('runs.get', { id: runId })
    const [one] = predictions
    const judged = {
      imageId: one?.imageId ?? 0,
      prediction: classNames[one?.predictedIndex ?? 0] ?? '',
      label: classNames[one?.labelIndex ?? 0] ?? '',
    }
    const counts = async () =>
      test.core.call('predictions.counts', { runId, queries: ['verdict:neither', 'verdict:label'] })
    const judge = (answer: Answer | null) => test.core.call('ratings.judge', { ...judged, answer })
    await judge('neither')
    expect(test.events).toContainEqual({ type: 'ratings-changed', ratingId: null })
    expect(await counts()).toEqual([1, 0])
    await judge('label')
    expect(await counts()).toEqual([0, 1])
    const verdicts = await test.core.call('ratings.verdicts', { datasetId })
    expect(verdicts).toMatchObject([{ ...judged, verdict: 'label', own: 'label', votes: { label: 1 } }])
    await judge(null)
    expect(await counts()).toEqual([0, 0])
    expect(await test.core.call('ratings.verdicts', { datasetId })).toEqual([])
    await expect(
      test.core.call('ratings.judge', { ...judged, imageId: 9999, answer: 'both' }),
    ).rejects.toMatchObject({ code: 'not-found' })
  })

  it('are undone and done again in turn with corrections, also by a core that has just started', async () => {
    const { datasetId } = await test.core.call('runs.get', { id: runId })
    const found = await test.core.call('predictions.query', { runId, query: '', offset: 0, limit: 1 })
    const { classNames } = await test.core.call('predictions.confusion', { runId })
    const [{ imageId, predictedIndex, labelIndex } = { imageId: 0, predictedIndex: 0, labelIndex: 0 }] =
      found.predictions
    const words = { prediction: classNames[predictedIndex] ?? '', label: classNames[labelIndex] ?? '' }
    const judge = (answer: Answer) => test.core.call('ratings.judge', { imageId, ...words, answer })
    const own = async () => (await test.core.call('ratings.verdicts', { datasetId }))[0]?.own ?? null
    const asked = { datasetId, imageIds: [imageId] }
    await judge('both')
    await test.core.call('labels.apply', { ...asked, change: { kind: 'tag', tag: 'odd' } })
    expect((await judge('label')).summary).toMatchObject({
      undo: 'the verdict "label" on 1 image',
      redo: null,
    })

    await test.core.close()
    test = await openTestCore(home.path, trainerPath)
    expect(await own()).toBe('label')
    expect(await test.core.call('labels.undo', { datasetId })).toMatchObject({ imageIds: [imageId] })
    expect(test.events).toContainEqual({ type: 'ratings-changed', ratingId: null })
    expect(await own()).toBe('both')
    const query = { runId, queries: ['verdict:both', 'verdict:label'] }
    expect(await test.core.call('predictions.counts', query)).toEqual([1, 0])
    expect((await test.core.call('labels.undo', { datasetId })).text).toBe('the tag "odd" on 1 image')

    await test.core.close()
    test = await openTestCore(home.path, trainerPath)
    expect((await test.core.call('labels.undo', { datasetId })).text).toBe('the verdict "both" on 1 image')
    expect(await own()).toBeNull()
    for (const undo of [
      'the verdict "both" on 1 image',
      'the tag "odd" on 1 image',
      'the verdict "label" on 1 image',
    ])
      expect((await test.core.call('labels.redo', { datasetId })).summary).toMatchObject({ undo })
    expect(await own()).toBe('label')
    expect(await test.core.call('predictions.counts', query)).toEqual([0, 1])
    const { groups } = await test.core.call('labels.history', { datasetId, offset: 0, limit: 10 })
    const [newest] = groups
    expect(newest).toMatchObject({ text: 'the verdict "label" on 1 image', undone: null })
    await test.core.call('labels.turn', { datasetId, groupId: newest?.id ?? 0, stands: false })
    expect(await own()).toBe('both')
    expect((await test.core.call('labels.undo', { datasetId })).text).toBe('the tag "odd" on 1 image')
    await test.core.call('labels.undo', { datasetId })
    expect(await own()).toBeNull()
  })

  it('say nothing of labels: no correction, no new version, no line of a patch', async () => {
    const { datasetId } = await test.core.call('runs.get', { id: runId })
    const { predictions } = await test.core.call('predictions.query', {
      ...{ runId, query: '', offset: 0, limit: 1 },
    })
    const before = await test.core.call('labels.summary', { datasetId })
    const asked = { imageId: predictions[0]?.imageId ?? 0, prediction: 'one', label: 'other' }
    const { summary } = await test.core.call('ratings.judge', { ...asked, answer: 'both' })
    expect(summary).toMatchObject({
      ...{ pending: before.pending, relabelled: before.relabelled, noted: before.noted },
    })
    expect(await test.core.call('labels.patch', { datasetId })).toMatchObject({ count: 0 })
    expect((await test.core.call('labels.list', { datasetId, offset: 0, limit: 10 })).total).toBe(0)
    expect(await test.core.call('labels.ofImages', { imageIds: [asked.imageId] })).toEqual([])
    await test.core.call('labels.undo', { datasetId })
  })

  it('take back what the same person said in a rating', async () => {
    const rating = await start({ choice: { query: '', sample: null, rest: 0, seed: 3 } })
    const datasetId = rating.datasetId ?? 0
    const own = async () =>
      (await test.core.call('ratings.verdicts', { datasetId })).filter((one) => one.own !== null)
    await rate(rating, userName(), () => 'second')
    const [one, ...others] = await own()
    if (one === undefined) throw new Error('nothing was judged')
    const { imageId, prediction, label } = one
    await test.core.call('ratings.judge', { imageId, prediction, label, answer: null })
    expect(await own()).toHaveLength(others.length)
    expect((await test.core.call('labels.undo', { datasetId })).text).toBe('no verdict on 1 image')
    expect(await own()).toHaveLength(others.length + 1)
    await test.core.call('ratings.delete', { id: rating.id })
  })

  it('become corrections of labels in one act, undone in one', async () => {
    const rating = await start({ choice: { query: '', sample: null, rest: 0, seed: 2 } })
    const { wrong } = rating.spec.population
    await rate(rating, 'Anna', ({ at }) => (at === 0 ? { freeLabel: 'wheel' } : 'first'))
    expect(await test.core.call('ratings.outcome', { id: rating.id })).toMatchObject({ correctable: wrong })
    const done = await test.core.call('ratings.correct', { id: rating.id })
    expect(done).toMatchObject({ changed: wrong, summary: { relabelled: wrong } })
    expect(test.events).toContainEqual({ type: 'labels-changed', summary: done.summary })
    expect(await test.core.call('ratings.outcome', { id: rating.id })).toMatchObject({ correctable: 0 })
    expect(await test.core.call('ratings.correct', { id: rating.id })).toMatchObject({ changed: 0 })
    const undone = await test.core.call('labels.undo', { datasetId: rating.datasetId ?? 0 })
    expect(undone.summary.relabelled).toBe(0)
    expect(await test.core.call('ratings.outcome', { id: rating.id })).toMatchObject({ correctable: wrong })
  })
})

it('corrections of raters come after a correction that was asked for before them', async () => {
  const rating = await start({ choice: { query: '', sample: null, rest: 0, seed: 2 } })
  await rate(rating, 'Anna', () => 'first')
  const datasetId = rating.datasetId ?? 0
  const { correctable } = await test.core.call('ratings.outcome', { id: rating.id })
  const { images } = await test.core.call('ratings.judged', {
    ...{ id: rating.id, verdict: 'prediction', offset: 0, limit: 1 },
  })
  const imageIds = images.flatMap(({ imageId }) => imageId ?? [])
  const change = { kind: 'label' as const, className: 'somebody said' }
  const said = test.core.call('labels.apply', { datasetId, imageIds, change })
  const done = test.core.call('ratings.correct', { id: rating.id })
  expect(await said).toMatchObject({ changed: 1 })
  expect(await done).toMatchObject({ changed: correctable - 1 })
  for (let group = 0; group < 2; group++) await test.core.call('labels.undo', { datasetId })
})

it('a rating outlives its run and its dataset, and still says what came out', async () => {
  const rating = await start({ choice: { query: '', sample: 2, rest: 0, seed: 1 } })
  await rate(rating, 'Anna', () => 'first')
  await test.core.call('datasets.delete', { id: rating.datasetId ?? 0 })
  expect(await test.core.call('ratings.get', { id: rating.id })).toMatchObject({
    datasetId: null,
    runId: null,
    raters: [{ name: 'Anna', done: 2 }],
  })
  expect(await test.core.call('ratings.outcome', { id: rating.id })).toMatchObject({
    verdicts: { prediction: 2 },
    correctable: 0,
  })
  await expect(test.core.call('ratings.correct', { id: rating.id })).rejects.toMatchObject({
    code: 'not-found',
  })
})

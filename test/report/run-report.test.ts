import { describe, expect, it } from 'vitest'
import { confusionOfPairs } from '../../src/contract/entities/confusion'
import type { Run } from '../../src/contract/entities/run'
import { runReportHtml, type ReportInput } from '../../src/main/report/run-report'
import { testRecipe } from '../support/recipe'

const hostile = `<img src=x onerror="alert(1)"> & 'co'`

const run: Run = {
  id: 1,
  name: hostile,
  datasetId: 1,
  datasetName: 'sample',
  splitId: 1,
  splitHash: '0011aabb',
  budgetMs: null,
  expectedMs: null,
  heldOut: { val: 0, test: 4 },
  state: 'done',
  origin: null,
  model: 'units:1-1-1-1,width:0.5',
  spec: { units: [1, 1, 1, 1], width: 0.5 },
  recipe: testRecipe({
    stepCount: 2,
    batchSize: 512,
    microBatchSize: 64,
    resizePx: 160,
    cropPx: 128,
    decayAtSteps: [1],
    flip: true,
    checkpointEverySteps: 1,
    evaluateEverySteps: 1,
    seed: 3,
  }),
  choices: [
    { key: 'stepCount', label: 'Steps', value: '2', because: 'you said so', departure: { ruleValue: '500' } },
  ],
  departureCount: 1,
  weights: null,
  exampleCount: 40,
  classCount: 2,
  parameterCount: 10,
  createdAtMs: 0,
  endedAtMs: 1,
  stepsDone: 2,
  lastLoss: 0.4321,
  imagesPerSecond: 12.5,
  waitFraction: 0.01,
  trainingMs: 3000,
  peakMemoryBytes: 1e9,
  engine: null,
  accuracy: { correct: 3, total: 4, value: 0.75, low: 0.3006, high: 0.9544 },
  measures: { partCount: 4, topFive: null, balanced: null },
  changedFirst: [],
  datasetVersion: 1,
  currentVersion: 1,
  isStarred: false,
  isArchived: false,
  deletedAtMs: null,
  note: '',
  tags: [],
  parent: null,
  again: null,
  groupId: null,
  evaluatedOn: 'test',
  wrongCount: 1,
  resultStep: 2,
  checkpointStep: 2,
  unreadable: { count: 0, first: [] },
  changedCount: 0,
  error: null,
}

const input: ReportInput = {
  run,
  dataset: {
    id: 1,
    name: 'sample',
    rootPath: '/images',
    createdAtMs: 0,
    imageCount: 44,
    classCount: 2,
    problemCount: 0,
    noteCount: 0,
    sameBytes: { classes: 0, parts: 0 },
    medianWidthPx: 200,
    medianHeightPx: 200,
    byteCount: 1,
    rotatedCount: 0,
    split: {
      id: 1,
      origin: 'seeded',
      own: [],
      options: { valFraction: 0, testFraction: 0.1, seed: 0 },
      hash: '0011aabb',
      counts: { train: 40, val: 0, test: 4 },
    },
    versionNumber: 1,
    versionCount: 1,
    isUnlabelled: false,
    runCount: 1,
    trashedRunCount: 0,
    classes: [],
  },
  steps: [0, 1].map((stepIndex) => ({
    stepIndex,
    loss: 1 - stepIndex / 2,
    batchAccuracy: 0.5,
    learningRate: 0.003,
    stepMs: 1,
    waitMs: 0,
    atMs: 0,
  })),
  evaluations: [],
  confusion: confusionOfPairs(
    [hostile, 'plain'],
    [
      { labelIndex: 1, predictedIndex: 0, count: 1 },
      { labelIndex: 1, predictedIndex: 1, count: 3 },
    ],
  ),
  mistakes: [
    {
      prediction: {
        imageId: 7,
        path: `a/${hostile}.jpg`,
        aspect: 1.5,
        labelIndex: 1,
        predictedIndex: 0,
        loss: 2.3,
        labelRank: 2,
        labelProbability: 0.1,
        top: [{ classIndex: 0, probability: 0.9 }],
      },
      image: { bytes: new Uint8Array([1, 2, 3]), mime: 'image/webp' },
      verdict: null,
    },
  ],
  wrongCount: 1,
  card: 'A card with <b>',
  madeAtMs: Date.UTC(2026, 0, 2, 3, 4),
}

describe('report of a run', () => {
  const html = runReportHtml(input)

  it('shows what people wrote of the run, as text, and which run it trains again', () => {
    const note = `${hostile}\nthe second line`
    const html = runReportHtml({
      ...input,
      run: { ...run, note, tags: [hostile], again: { id: 3, name: 'first' } },
    })
    expect(html).toContain('the second line')
    expect(html).toContain('it trains first again')
    expect(html).not.toContain('<img src=x')
    expect(runReportHtml(input)).not.toContain('<h2>Note</h2>')
  })

  it('shows names from data as text, never as markup', () => {
    expect(html).not.toContain('<img src=x')
    expect(html).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt;')
  })

  it('stands alone: no script and no address outside the file', () => {
    expect(html).not.toMatch(/<script|https?:\/\/|<link|@import/)
    expect(html).toContain("default-src 'none'")
  })

  it('gives the accuracy with its interval, the mistakes with their images and the departures', () => {
    expect(html).toContain(
      '<dt>Test images right</dt><dd><b>75.0 %</b> <span class="q">of 4; 95 % interval 30.1–95.4 %',
    )
    expect(html).toContain('1.0 % of the training time')
    expect(html).toContain('data:image/webp;base64,AQID')
    expect(html).toContain('instead of 500')
  })

  it('names the model as the screen does, with its parameters', () => {
    expect(html).toContain('sample · R14x0.5 from zero · 128 px')
    expect(html).toMatch(/<dt>Model<\/dt><dd>R14x0\.5 from zero, [\d.]+ [KMG] parameters<\/dd>/)
    const fromXs = runReportHtml({ ...input, run: { ...run, origin: 'path:/a/<b>.npz' } })
    expect(fromXs).toContain('&lt;b&gt; · 128 px')
  })

  it('says that the rate of a linear probe counts features, not images', () => {
    expect(html).toContain('<dt>Images/s</dt><dd>12.5</dd>')
    const probe = { ...run, recipe: { ...run.recipe, linearProbe: true } }
    expect(runReportHtml({ ...input, run: probe })).toContain('<dt>Features/s</dt><dd>12.5</dd>')
  })

  it('lists a confusion only where label and prediction differ', () => {
    const table = /<th>Label<\/th>([\s\S]*?)<\/section>/.exec(html)?.[1] ?? ''
    expect(table.match(/<tr>/g)?.length).toBe(1)
  })

  it('counts the images that could not be read and names the first 20, as text', () => {
    expect(html).not.toContain('Unreadable')
    const image = (path: string) => ({ path, part: 'test', reason: 'It is <b>gone</b>.' }) as const
    const first = Array.from({ length: 25 }, (_, index) => image(`<i>${index}</i>.jpg`))
    const some = runReportHtml({ ...input, run: { ...run, unreadable: { count: 30, first } } })
    expect(some).toContain('30 images of this run could not be read')
    expect(some).toContain('<td>&lt;i&gt;19&lt;/i&gt;.jpg</td><td>test</td>')
    expect(some).toContain('It is &lt;b&gt;gone&lt;/b&gt;.')
    expect(some).not.toContain('&lt;i&gt;20&lt;')
    const one = runReportHtml({
      ...input,
      run: { ...run, unreadable: { count: 1, first: [image('a.jpg')] } },
    })
    expect(one).toContain('1 image of this run could not be read, and is not counted')
  })

  it('says so where an image can no longer be read', () => {
    const [mistake] = input.mistakes
    if (mistake === undefined) throw new Error('the fixture has a mistake')
    const gone = runReportHtml({ ...input, mistakes: [{ ...mistake, image: null }] })
    expect(gone).toContain('can no longer be read')
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { headBiasName } from '../../../src/domain/model/spec'
import { createPredictor, type Predictor } from '../../../src/main/trainer/predict/predictor'
import { evidenceMaps, evidenceStep } from '../../../src/main/trainer/predict/evidence'
import { loadTestEngine } from '../support/engine'
import { formula, formulaWeights } from '../support/formula'

const spec = { units: [1, 1, 1, 1] as [number, number, number, number], width: 0.5 }
const classCount = 5
const biases = formula('bias', [classCount], 0.5)

function made(cropPx: number, engine?: null): Promise<Predictor> {
  const weights = formulaWeights(spec, classCount).set(headBiasName, {
    shape: [classCount],
    data: biases.slice(),
  })
  const options = { spec, classCount, cropPx, precision: 'float32', microBatchSize: 4 } as const
  return engine === null ? createPredictor(weights, options, null) : createPredictor(weights, options)
}

/** Waves that repeat nowhere within the image. */
const image = (cropPx: number): Uint8Array =>
  Uint8Array.from({ length: cropPx * cropPx * 3 }, (_, at) => {
    const [row, column] = [Math.floor(at / 3 / cropPx), Math.floor(at / 3) % cropPx]
    return 128 + 100 * Math.sin(row * 0.13 + (at % 3)) * Math.cos(column * 0.21)
  })
const given = (pixelsNhwc: Uint8Array) =>
  ({ kind: 'pixels', pixelsNhwc, partnersNhwc: null, lambda: 1 }) as const

beforeAll(() => loadTestEngine())

describe('what the places of an image say', () => {
  const predictors: Predictor[] = []
  afterAll(() => {
    for (const predictor of predictors) predictor.dispose()
  })

  it.each(['recorded', 'op by op'])('has the logits, less their biases, for its mean: %s', async (how) => {
    const cropPx = 96
    const predictor = await made(cropPx, how === 'recorded' ? undefined : null)
    predictors.push(predictor)
    const pixels = given(new Uint8Array([...image(cropPx), ...image(cropPx).reverse()]))
    const logits = await predictor.predict(pixels, 2)
    const shares = await predictor.evidence(pixels, 2)
    expect(shares).toHaveLength(2 * 3 * 3 * classCount)
    logits.forEach((logit, at) => {
      const [row, classIndex] = [Math.floor(at / classCount), at % classCount]
      let sum = 0
      for (let place = 0; place < 9; place++)
        sum += shares[(row * 9 + place) * classCount + classIndex] ?? NaN
      expect((biases[classIndex] ?? NaN) + sum / 9).toBeCloseTo(logit, 4)
    })
    // and no place says the same as another
    expect(new Set(Array.from(shares, (share) => share.toPrecision(5))).size).toBeGreaterThan(80)
  })

  it('is finer the smaller the image, down to four pixels, and the network’s own where that has twelve places', () => {
    expect([32, 64, 96, 128, 160, 224, 384, 448].map(evidenceStep)).toEqual([4, 4, 8, 8, 8, 16, 32, 32])
  })

  it('is at each place of the map what the network says of the image moved there', async () => {
    const cropPx = 64
    const predictor = await made(cropPx)
    predictors.push(predictor)
    const pixels = image(cropPx)
    const { sidePlaces, stepPx, classes } = await evidenceMaps(predictor, pixels, cropPx, [3, 0], biases)
    expect([sidePlaces, stepPx]).toEqual([16, 4])
    const logits = await predictor.predict(given(pixels), 1)
    expect(classes.map(({ logit }) => logit)).toEqual([
      expect.closeTo(logits[3] ?? NaN, 4),
      expect.closeTo(logits[0] ?? NaN, 4),
    ])
    // row 9 of the map is the second place down, moved by 4 · 1.5 − 16 = −10 pixels; column 6 the first, by 4 · 6.5 − 16 = 10
    const moved = new Uint8Array(pixels.length)
    const within = (value: number): number => Math.min(cropPx - 1, Math.max(0, value))
    for (let at = 0; at < moved.length; at++) {
      const [row, column] = [Math.floor(at / 3 / cropPx), Math.floor(at / 3) % cropPx]
      moved[at] = pixels[(within(row - 10) * cropPx + within(column + 10)) * 3 + (at % 3)] ?? 0
    }
    const shares = await predictor.evidence(given(moved), 1)
    expect(classes[0]?.map[9 * 16 + 6]).toBeCloseTo(shares[2 * classCount + 3] ?? NaN, 4)
    expect(classes[1]?.map[9 * 16 + 6]).toBeCloseTo(shares[2 * classCount] ?? NaN, 4)
  })

  it('is the same everywhere in an image of one colour that the model sees as one place', async () => {
    const predictor = await made(32)
    predictors.push(predictor)
    const plain = new Uint8Array(32 * 32 * 3).fill(90)
    const { classes } = await evidenceMaps(predictor, plain, 32, [1], biases)
    const [{ logit, bias, map } = { logit: NaN, bias: NaN, map: new Float32Array(0) }] = classes
    expect(map).toHaveLength(64)
    for (const value of map) expect(value + bias).toBeCloseTo(logit, 4)
  })
})

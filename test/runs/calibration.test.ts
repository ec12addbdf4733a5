import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { calibrationSchema } from '../../src/contract/entities/calibration'
import { createColumns } from '../../src/main/columns/columns'
import { createCalibrations } from '../../src/main/runs/calibration'
import { imageLayout } from '../../src/main/store/datasets/images'
import { addDataset, addRun, syntheticScan, temporaryStore } from '../store/support/home'
import { addPredictionSet, rowOfLogits } from '../store/support/prediction-set'

const { calibration: reference } = JSON.parse(
  readFileSync(new URL('../fixtures/reference/statistics.json', import.meta.url), 'utf8'),
) as {
  calibration: { logits: number[][]; labels: number[]; brier: number; ece15: number; temperature: number }
}

/** The two hundred images of the reference. */
function filled() {
  const { db } = temporaryStore()
  const datasetId = addDataset(db, 'six', syntheticScan(['a', 'b', 'c', 'd', 'e', 'f'], 40))
  const runId = addRun(db, datasetId)
  const { ids } = imageLayout(db, datasetId, {})
  const rows = reference.logits.map((logits, at) =>
    rowOfLogits(ids[at] ?? 0, reference.labels[at] ?? 0, logits),
  )
  const add = (part: 'val' | 'test', step: number, withScores: boolean): number =>
    addPredictionSet(db, runId, rows, {
      ...{ step, part, classCount: 6 },
      ...(withScores && { logits: reference.logits }),
    })
  const columns = createColumns(db)
  return { db, runId, add, columns, calibration: createCalibrations(db, columns) }
}

describe('the calibration of a set', () => {
  it('is that of the reference, and so is the temperature that is fitted on the val part', async () => {
    const { runId, add, calibration } = filled()
    const test = add('test', 7, true)
    add('val', 7, true)
    const found = calibrationSchema.parse(await calibration(runId, test))
    expect(found.reliability.ece).toBeCloseTo(reference.ece15, 6)
    // Scores are float16.
    expect(found.brier).toBeCloseTo(reference.brier, 3)
    expect(found.scaled?.temperature).toBeCloseTo(reference.temperature, 2)
    expect(found.scaled).toMatchObject({ fittedOn: 'val', fittedCount: 200 })
    expect(found.scaled?.reliability.ece).toBeLessThan(found.reliability.ece)
    expect(found.coverage.points.at(-1)?.answered).toBe(200)
  })

  it('has bins of scaled probabilities that a query finds, each with all its images', async () => {
    const { runId, add, columns, calibration } = filled()
    const test = add('test', 7, true)
    const asked = (query: string) => columns.countPredictions(runId, query, test)
    await expect(asked('scaled>0.5')).rejects.toMatchObject({
      code: 'bad-input',
      message: 'A temperature is fitted on the val part: this run has none that was evaluated.',
    })
    add('val', 7, true)
    const { scaled } = await calibration(runId, test)
    const bins = scaled?.reliability.bins ?? []
    expect(bins).toHaveLength(15)
    for (const { from, to, count } of bins) {
      const query = `is:any scaled>${from.toFixed(7)} scaled<=${to.toFixed(7)}`
      expect([query, await asked(query)]).toEqual([query, count])
    }
    const { rows } = await columns.predictions(runId, 'is:any sort:-scaled', test)
    expect(rows).toHaveLength(200)
  })

  it('says why it has no temperature', async () => {
    const { runId, add, calibration } = filled()
    const [test, val, top] = [add('test', 7, true), add('val', 3, true), add('test', 8, false)]
    expect((await calibration(runId, test)).why).toContain('not evaluated after step 7')
    expect((await calibration(runId, val)).why).toContain('choose the test part')
    expect(await calibration(runId, top)).toMatchObject({ brier: null, scaled: null })
  })

  it('of a run without results is that of no images', async () => {
    const { runId, calibration } = filled()
    expect(await calibration(runId)).toMatchObject({ total: 0, nll: 0, scaled: null })
  })
})

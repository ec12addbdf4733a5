import { expect, it } from 'vitest'
import { settingsThatDiffer } from '../../../src/domain/comparison/settings-that-differ'
import { testRecipe } from '../../support/recipe'

const run = {
  ...{ imported: null, datasetName: 'flowers', datasetVersion: 1, exampleCount: 476 },
  ...{ model: 'R50x1', origin: null, engineWords: 'tensorflow', recipe: testRecipe({ seed: 0 }) },
}

it('runs on other images of one dataset differ in its version and in their training images', () => {
  expect(settingsThatDiffer([run, run])).toEqual([])
  expect(settingsThatDiffer([run, { ...run, datasetVersion: 2, exampleCount: 1475 }])).toEqual([
    { name: 'Version of the dataset', values: ['1', '2'] },
    { name: 'Training images', values: ['476', '1,475'] },
  ])
})

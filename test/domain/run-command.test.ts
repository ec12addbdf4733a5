import { describe, expect, it } from 'vitest'
import { dataSince, runCommand } from '../../src/domain/run-command'
import { testRecipe } from '../support/recipe'

const run = {
  name: 'first',
  datasetName: "ann's flowers",
  model: 'R50x1',
  weights: 'published:BiT-M-R50x1',
  recipe: testRecipe({ seed: 7, flip: false, randomCrop: true, linearProbe: true }),
}

describe('the command that trains a run again', () => {
  it('gives every setting, and is safe in a shell', () => {
    const command = runCommand(run)
    expect(command).toMatch(
      /^bitw train --dataset 'ann'\\''s flowers' --model R50x1 --weights published:BiT-M-R50x1 /,
    )
    for (const part of ['--steps 10', '--batch 8', '--micro-batch 4', '--crop 16', '--lr 0.003', '--seed 7'])
      expect(command).toContain(part)
    expect(command).toContain('--no-flip')
    expect(command).not.toContain('--no-crop')
    expect(command).toContain('--linear-probe')
  })

  it('is another one for a pre-training', () => {
    const recipe = testRecipe({ rule: 'upstream', preset: 'small' })
    expect(runCommand({ ...run, weights: null, recipe })).toMatch(/^bitw pretrain .*--preset small/)
  })
})

describe('what differs in the data since', () => {
  const version = {
    id: 1,
    number: 1,
    createdAtMs: 1,
    imageCount: 10,
    splitHash: 'aa',
    runCount: 1,
    trashedRunCount: 0,
    isCurrent: true,
    madeBy: 'import',
    changes: null,
  } as const
  const of = { datasetName: 'flowers', datasetVersion: 1, splitHash: 'aa' }

  it('is nothing where the images, classes and parts are the same', () => {
    expect(dataSince(of, [version])).toEqual([])
  })

  it('is each version since', () => {
    const changes = { new: 2, gone: 0, changed: 0, moved: 0, relabelled: 1 }
    const next = {
      ...version,
      number: 2,
      splitHash: 'bb',
      madeBy: 'take-in',
      imageCount: 12,
      changes,
    } as const
    expect(dataSince(of, [{ ...version, isCurrent: false }, next])).toEqual([
      'flowers is at version 2 now; the run used version 1.',
      'Version 2: changes of the source: 2 new, 1 in another class or part, 12 images.',
    ])
  })
})

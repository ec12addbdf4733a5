import { describe, expect, it } from 'vitest'
import { autoModel } from '../../../src/contract/entities/run'
import { parseModel } from '../../../src/domain/model/spec'
import { hyperRule } from '../../../src/domain/rules/hyper-rule'
import { upstreamRule } from '../../../src/domain/rules/upstream-rule'
import {
  departs,
  emptySheet,
  fromZero,
  likewise,
  overridesOf,
  ruledSheet,
  sheetOf,
  withLayers,
  type Settings,
  type Sheet,
} from '../../../src/renderer/state/runs/train-settings'
import { flowersFacts as facts } from '../../domain/support/rule-facts'

/** By hand, one after another, as the screen lets. */
const everything: Settings = {
  stepCount: 20,
  crop: 'inception',
  randomCrop: true,
  linearProbe: true,
  norm: 'batch',
  convolution: 'plain',
}

describe('what the user set', () => {
  it('is never refused for going not together: a linear probe leaves the crop out, pre-training the probe', () => {
    expect(overridesOf(everything, 'paper')).toEqual({ stepCount: 20, linearProbe: true })
    expect(overridesOf(everything, 'upstream')).toEqual({
      stepCount: 20,
      crop: 'inception',
      randomCrop: true,
    })
    expect(hyperRule('paper', facts, overridesOf(everything, 'paper')).recipe.linearProbe).toBe(true)
    expect(upstreamRule('small', facts, overridesOf(everything, 'upstream')).recipe.crop).toBe('inception')
  })

  it('is all there again once the linear probe is off', () => {
    const { linearProbe, ...rest } = everything
    expect(linearProbe).toBe(true)
    expect(overridesOf(rest, 'paper')).toEqual({ stepCount: 20, crop: 'inception', randomCrop: true })
  })

  it('is the layers in the model’s name, as the core reads and writes it', () => {
    for (const [layers, spec] of [
      [{}, {}],
      [{ norm: 'batch' }, { norm: 'batch' }],
      [{ convolution: 'plain' }, { convolution: 'plain' }],
      [everything, { norm: 'batch', convolution: 'plain' }],
    ] as const) {
      for (const size of ['R50x1', 'units:1-1-1-1,width:0.5']) {
        const name = withLayers(size, layers)
        expect(parseModel(name)).toMatchObject({ name, spec })
      }
    }
  })
})

const filled: Sheet = {
  from: 'run:4@300',
  model: 'R50x1',
  fromAsked: true,
  budgetMs: 300_000,
  budgetAsked: true,
  architecture: 'R50x1',
  rule: 'upstream',
  preset: 'BiT-M',
  settings: everything,
  seed: 7,
  name: 'mine',
  continues: null,
  again: null,
}

describe('back to the rule', () => {
  it('takes away all that departs: settings, layers, the variant of the rule, its preset and the seed', () => {
    const ruled = ruledSheet(filled)
    expect(departs(ruled)).toBe(false)
    const { from, model, fromAsked, budgetMs, budgetAsked, architecture, name } = filled
    expect(ruled).toEqual({
      ...emptySheet,
      from,
      model,
      fromAsked,
      budgetMs,
      budgetAsked,
      architecture,
      name,
    })
  })

  it('is offered as soon as one of them departs, and not for the subject, its time or the name', () => {
    const changes: Partial<Sheet>[] = [
      { settings: { stepCount: 5 } },
      { settings: { norm: 'batch' } },
      { rule: 'reference-code' },
      { preset: 'BiT-S' },
      { seed: 1 },
    ]
    for (const change of changes) expect(departs({ ...emptySheet, ...change })).toBe(true)
    expect(departs({ ...emptySheet, budgetMs: 60_000, budgetAsked: true })).toBe(false)
    expect(departs({ ...emptySheet, from: fromZero, architecture: 'R50x1', name: 'mine' })).toBe(false)
  })
})

describe('the same for another dataset', () => {
  it('is all but the name', () => {
    expect(likewise(filled, { ...emptySheet, name: 'other' })).toEqual({ ...filled, name: 'other' })
  })
})

describe('a sheet that goes on from a checkpoint', () => {
  it('leaves it behind where its settings are brought to another dataset, or all is reset', () => {
    const continued = { ...filled, continues: { runId: 3, stepIndex: 40 } }
    expect(likewise(continued, emptySheet).continues).toBeNull()
    expect(ruledSheet(continued).continues).toBeNull()
  })
})

describe('the sheet of a request that was made before', () => {
  const request = {
    datasetId: 1,
    rule: 'paper',
    budgetMs: null,
    preset: 'small',
    overrides: { stepCount: 20, flip: false },
    seed: 3,
    name: 'first',
  } as const

  it('asks for the same from zero, layers as settings, under a name of its own', () => {
    const sheet = sheetOf({ ...request, model: 'R50x1+bn+plain', weights: null })
    expect(sheet).toMatchObject({ from: fromZero, architecture: 'R50x1', seed: 3, name: '' })
    expect(withLayers(sheet.architecture, sheet.settings)).toBe('R50x1+bn+plain')
    expect(overridesOf(sheet.settings, sheet.rule)).toEqual(request.overrides)
  })

  it('asks for the same weights, which say their layers themselves', () => {
    const sheet = sheetOf({ ...request, model: 'R50x1+bn', weights: 'run:4' })
    expect(sheet).toMatchObject({ from: 'run:4', model: 'R50x1+bn', settings: request.overrides })
    expect(sheet.settings.norm).toBeUndefined()
  })

  it('leaves the model to a budget that chose it', () => {
    const sheet = sheetOf({ ...request, model: autoModel, weights: null, budgetMs: 300_000 })
    expect(sheet).toMatchObject({ from: null, fromAsked: false, budgetMs: 300_000, budgetAsked: true })
  })
})

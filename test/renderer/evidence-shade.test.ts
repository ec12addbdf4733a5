import { describe, expect, it } from 'vitest'
import type { Evidence } from '../../src/contract/entities/predict'
import { evidenceMap, evidenceShade } from '../../src/renderer/features/mistakes/evidence-shade'

const one = (classIndex: number, map: number[]): Evidence['classes'][number] => ({
  classIndex,
  logit: 0,
  bias: 0,
  map,
})
const evidence: Evidence = {
  cropPx: 64,
  sidePlaces: 2,
  stepPx: 32,
  classes: [one(4, [1, 2, 3, 4]), one(7, [4, 1, 0, 0])],
}

describe('the map of evidence', () => {
  it('is that of a class, or what speaks for one rather than another', () => {
    expect(evidenceMap(evidence, { classIndex: 7, ratherThan: null })).toEqual([4, 1, 0, 0])
    expect(evidenceMap(evidence, { classIndex: 4, ratherThan: 7 })).toEqual([-3, 1, 3, 4])
  })

  it('is none where the evidence is of other classes', () => {
    expect(evidenceMap(evidence, { classIndex: 5, ratherThan: null })).toBeNull()
    expect(evidenceMap(evidence, { classIndex: 4, ratherThan: 5 })).toBeNull()
  })
})

describe('the shade of a map', () => {
  it('is clear at the strongest place, darker the weaker, and darkest where something speaks against it', () => {
    expect(evidenceShade([2, 1, 0, -5])).toEqual([0, 0.4, 0.8, 0.8])
  })

  it('is dark everywhere where nothing speaks for the class', () => {
    expect(evidenceShade([-1, 0])).toEqual([0.8, 0.8])
  })
})

import { expect, it } from 'vitest'
import { followsLabels } from '../../../src/renderer/state/datasets/follows-labels'

it('a query that asks for corrections is asked again when there are others', () => {
  expect(['is:excluded', 'loss>2 -tag:hard', 'NOTE:x'].every(followsLabels)).toBe(true)
  expect(['', 'class:Iris', 'this:or'].some(followsLabels)).toBe(false)
})

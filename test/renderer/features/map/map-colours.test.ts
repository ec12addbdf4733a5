import { expect, it } from 'vitest'
import { lossNames, lossPalette, lossStep } from '../../../../src/renderer/features/map/map-colours'

it('names the losses that share a colour', () => {
  const nameOf = (loss: number): string => lossNames[lossStep(loss)] ?? ''
  expect([0, 0.1, 0.7, 3.9, 4, 90].map(nameOf)).toEqual([
    ...['below 0.1', '0.1 to 0.5', '0.5 to 1', '2 to 4', '4 or more', '4 or more'],
  ])
  for (const isDark of [false, true]) expect(new Set(lossPalette(isDark)).size).toBe(lossNames.length)
})

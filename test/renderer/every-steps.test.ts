import { expect, it } from 'vitest'
import { everySteps } from '../../src/renderer/every-steps'

it('names the interval only where the run has more steps than that', () => {
  expect(everySteps(1000, 20_000)).toBe('every 1,000 steps and at the end')
  expect(everySteps(25, 26)).toBe('every 25 steps and at the end')
  expect(everySteps(25, 25)).toBe('at the end')
  expect(everySteps(25, 10)).toBe('at the end')
})

import { expect, it } from 'vitest'
import type { Votes } from '../../../src/contract/entities/rating'
import { commonLabel, noVotes, verdictOf } from '../../../src/domain/raters/verdict'

const votes = (some: Partial<Votes>): Votes => ({ ...noVotes(), ...some })

it.each([
  [{}, null],
  [{ prediction: 1 }, 'prediction'],
  [{ label: 3, prediction: 2 }, 'label'],
  [{ label: 2, prediction: 1, unsure: 1 }, 'label'],
  [{ label: 2, prediction: 1, unsure: 1, both: 1 }, 'unsure'],
  [{ label: 1, prediction: 1 }, 'unsure'],
  [{ neither: 1, both: 1, unsure: 1 }, 'unsure'],
  [{ both: 3 }, 'both'],
] as const)('%j is %s', (some, verdict) => {
  expect(verdictOf(votes(some))).toBe(verdict)
})

it('a class counts that at least half of the raters wrote, and no other as often', () => {
  expect(commonLabel(['Iris', 'Iris', ''], 3)).toBe('Iris')
  expect(commonLabel(['Iris', '', ''], 3)).toBe('')
  expect(commonLabel(['Iris', 'Crocus'], 2)).toBe('')
  expect(commonLabel([], 0)).toBe('')
})

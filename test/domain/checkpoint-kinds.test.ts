import { describe, expect, it } from 'vitest'
import { beyondBudget, kindWords, withKinds, type CheckpointFacts } from '../../src/domain/checkpoint-kinds'

function checkpoint(stepIndex: number, changes: Partial<CheckpointFacts> = {}): CheckpointFacts {
  return {
    ...{ id: stepIndex, runId: 1, stepIndex, createdAtMs: stepIndex, byteCount: 10, isPinned: false },
    ...{ valAccuracy: null, valLoss: null, isNamed: false },
    ...changes,
  }
}

describe('what a checkpoint is kept for', () => {
  it('is that it is the last, the one before, the best, of a step, pinned, or in use', () => {
    const kinds = withKinds(
      [
        checkpoint(100, { valAccuracy: 0.9, valLoss: 0.3 }),
        checkpoint(200, { isNamed: true }),
        checkpoint(300),
        checkpoint(400, { isPinned: true }),
        checkpoint(500, { valAccuracy: 0.8, valLoss: 0.1 }),
        checkpoint(600),
      ],
      300,
    ).map((one) => kindWords(one.kinds))
    expect(kinds).toEqual(['best', 'in use', 'for its step', 'pinned', 'previous', 'last, for its step'])
    expect(kindWords(withKinds([checkpoint(1), checkpoint(2), checkpoint(3)], 0)[0]?.kinds ?? [])).toBe(
      'nothing',
    )
  })

  it('is the lower loss, then the later step, where the best are equally right', () => {
    const best = (losses: number[]): number | undefined =>
      withKinds(
        losses.map((valLoss, index) => checkpoint(index, { valAccuracy: 0.5, valLoss })),
        0,
      ).find(({ kinds }) => kinds.includes('best'))?.stepIndex
    expect(best([0.3, 0.1, 0.2])).toBe(1)
    expect(best([0.3, 0.1, 0.1])).toBe(2)
  })
})

describe('a budget', () => {
  const all = [
    ...withKinds([checkpoint(1, { isPinned: true }), checkpoint(2), checkpoint(3), checkpoint(4)], 2),
    ...withKinds(
      [
        checkpoint(11, { runId: 2, createdAtMs: 0 }),
        checkpoint(12, { runId: 2, valAccuracy: 1, valLoss: 0 }),
        checkpoint(13, { runId: 2 }),
        checkpoint(14, { runId: 2 }),
      ],
      0,
    ),
  ]

  it('takes first what nothing names, then the ones before the last, then those of a step, oldest first', () => {
    const gone = (budgetBytes: number): number[] => beyondBudget(all, budgetBytes).map(({ id }) => id)
    expect(gone(80)).toEqual([])
    expect(gone(79)).toEqual([11])
    expect(gone(60)).toEqual([11, 3])
    expect(gone(50)).toEqual([11, 3, 13])
    expect(gone(40)).toEqual([11, 3, 13, 2])
  })

  it('never takes what is last, best, pinned or in use', () => {
    expect(beyondBudget(all, 0).map(({ id }) => id)).toEqual([11, 3, 13, 2])
  })
})

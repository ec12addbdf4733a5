import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Overrides } from '../../../src/contract/entities/run'
import { readBlock } from '../../../src/domain/prediction-set/block'
import { judge } from '../../../src/domain/prediction-set/judge'
import { runTraining } from '../../../src/main/trainer/step/loop'
import { scoringLimit } from '../../../src/main/trainer/step/training-sample'
import { loadTestEngine } from '../support/engine'
import { Received, tinyJob } from '../support/tiny-job'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitw-sets-'))
  await loadTestEngine()
})
afterAll(() => rm(folder, { recursive: true }))

/** A clock that stands still: a twentieth of no time is enough for anything that takes none. */
async function run(overrides: Overrides = {}, clock: () => number = () => 0): Promise<Received> {
  const received = new Received()
  await runTraining(await tinyJob(folder, overrides), received, { stopRequested: () => false }, clock)
  return received
}

/** The sets that came, whole ones alone. */
function setsOf({ messages }: Received) {
  return messages.flatMap((message, at) => {
    if (message.type !== 'set-begin') return []
    const end = messages.findIndex(({ type }, index) => index > at && type === 'set-end')
    const bytes = messages
      .slice(at, end)
      .flatMap((inside) => (inside.type === 'set-block' ? [inside.bytes] : []))
    const last = messages[end]
    const sha256 = createHash('sha256').update(Buffer.concat(bytes)).digest('hex')
    expect(last?.type === 'set-end' ? last.sha256 : null).toBe(sha256)
    return [{ ...message, end, blocks: bytes.map(readBlock) }]
  })
}

describe.each([
  ['a whole network', {}],
  ['a linear probe', { linearProbe: true, resizePx: undefined }],
] as const)('%s', (_, overrides) => {
  it('sends the predictions of each evaluation as a set, and at the end those of the training part', async () => {
    const received = await run(overrides)
    const sets = setsOf(received)
    expect(sets.map(({ part, stepIndex, partCount }) => [part, stepIndex, partCount])).toEqual([
      ['val', 2, 5],
      ['val', 4, 5],
      ['val', 6, 5],
      ['test', 6, 7],
      ['train', 6, 12],
    ])
    const idsOf = (part: string) =>
      sets
        .filter((set) => set.part === part)
        .map(({ blocks }) => blocks.flatMap(({ imageIds }) => [...imageIds]))
    expect(idsOf('val')).toEqual(Array.from({ length: 3 }, () => [12, 13, 14, 15, 16]))
    expect(idsOf('train')[0]?.toSorted((one, other) => one - other)).toEqual([...Array(12).keys()])
  })

  it('has in a set the very figures of its evaluation, and the set before them', async () => {
    const received = await run(overrides)
    const sets = setsOf(received)
    const evaluations = received.messages.flatMap((message, at) =>
      message.type === 'evaluation' ? [{ ...message.evaluation, at }] : [],
    )
    expect(evaluations).toHaveLength(4)
    for (const { part, stepIndex, loss, accuracy, at } of evaluations) {
      const set = sets.find((one) => one.part === part && one.stepIndex === stepIndex)
      expect(set?.end).toBeLessThan(at)
      const judged = (set?.blocks ?? []).flatMap((block) =>
        [...block.labels].map((label, row) => judge(block, row, label)),
      )
      expect(judged.filter(({ labelRank }) => labelRank === 1)).toHaveLength(accuracy.correct)
      const lossSum = judged.reduce((sum, one) => sum + (one.loss ?? NaN), 0)
      expect(lossSum / judged.length).toBeCloseTo(loss, 5)
    }
    const rows = received.of('predictions').flatMap((message) => message.rows)
    const test = sets.find(({ part }) => part === 'test')?.blocks[0]
    expect([...(test?.imageIds ?? [])]).toEqual(rows.map(({ imageId }) => imageId))
    expect([...(test?.losses ?? [])]).toEqual(rows.map(({ loss }) => Math.fround(loss)))
  })
})

describe('the training part', () => {
  it('is not scored where a batch of it would take more than its share of the run', async () => {
    // each look at the clock costs a second, so that a batch takes as long as a step
    let now = 0
    const received = await run({ stepCount: 2 }, () => (now += 1000))
    expect(setsOf(received).map(({ part }) => part)).toEqual(['val', 'test'])
    expect(received.of('finished')).toHaveLength(1)
  })

  it('is scored until the next batch would pass a twentieth of the run, and not longer', () => {
    let now = 0
    const isOver = scoringLimit(100_000, 1000, () => now)
    const answers = [0, 1000, 2000, 3500, 4000].map((at) => {
      now = at
      return isOver()
    })
    // 5 s in all: after 3.5 s a batch as long as the longest, 1.5 s, still fits; after 4 s it does not
    expect(answers).toEqual([false, false, false, false, true])
    expect(scoringLimit(100_000, 5001, () => 0)()).toBe(true)
  })
})

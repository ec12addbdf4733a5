import { describe, expect, it } from 'vitest'
import type { ModelEntry } from '../../../../src/contract/entities/model'
import { startGroups } from '../../../../src/renderer/features/train/start-groups'

function entry(id: string, origin: ModelEntry['origin'], more: Partial<ModelEntry> = {}): ModelEntry {
  return {
    id,
    origin,
    name: id,
    title: id,
    architecture: 'R50x1',
    spec: { units: [3, 4, 6, 3], width: 1 },
    classCount: 10,
    hasClassNames: false,
    parameterCount: 1,
    cropPx: 224,
    convGmac: 4,
    byteCount: 1,
    state: 'ready',
    problem: null,
    trainedOn: '',
    figures: [],
    path: null,
    runId: null,
    taskId: null,
    downloadedBytes: 0,
    cost: null,
    ...more,
  }
}

const runs = [1, 2, 3, 4, 5, 6].map((runId) => entry(`run:${runId}`, 'run', { runId }))
const zoo = [
  entry('published:here', 'published'),
  entry('published:away', 'published', { state: 'absent' }),
  entry('path:/broken', 'file', { state: 'broken' }),
  ...runs,
  entry('embedded:bit-tiny', 'embedded'),
]

describe('what a training can start from', () => {
  it('is what is here and whole, the embedded model first, groups without any left out', () => {
    const groups = startGroups(zoo, null, true)
    expect(groups.map(({ title, models }) => [title, models.length])).toEqual([
      ['Embedded', 1],
      ['Your runs', 6],
      ['Published, downloaded', 1],
    ])
  })

  it('has the newest runs, and how many more there are', () => {
    const [, group] = startGroups(zoo, null, false)
    expect(group?.models.map(({ id }) => id)).toEqual(['run:6', 'run:5', 'run:4', 'run:3'])
    expect(group?.hidden).toBe(2)
  })

  it('has the models in use first, all of them', () => {
    const inUse = [entry('in-use:1', 'run', { runId: 1 }), entry('in-use:2', 'run', { runId: 4 })]
    const [first, second] = startGroups(zoo, null, false, inUse)
    expect(first).toEqual({ title: 'In use', models: inUse, hidden: 0 })
    expect(second?.title).toBe('Embedded')
  })

  it('keeps the chosen one in sight', () => {
    const [, group] = startGroups(zoo, 'run:1', false)
    expect(group?.models.at(-1)?.id).toBe('run:1')
    expect(group?.hidden).toBe(1)
  })
})

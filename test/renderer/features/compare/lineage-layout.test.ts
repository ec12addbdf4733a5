import { describe, expect, it } from 'vitest'
import { layoutLineage } from '../../../../src/renderer/features/compare/lineage-layout'
import { repeatsOf } from '../../../../src/renderer/features/compare/repeats'
import { runsAsked } from '../../../../src/renderer/features/compare/runs-to-compare'
import { sortClasses } from '../../../../src/renderer/features/compare/sort-classes'
import { testRecipe } from '../../../support/recipe'

describe('a lineage', () => {
  it('has a column a layer, and a line for each that something came from', () => {
    const node = { id: 1, facts: ['one'], isAsked: false }
    const { nodes, edges, width } = layoutLineage({
      nodes: [
        { ...node, key: 'm', kind: 'model', name: 'M', from: [], layer: 0 },
        { ...node, key: 'd', kind: 'dataset', name: 'D', from: [], layer: 0 },
        { ...node, key: 'r', kind: 'run', name: 'R', from: ['m', 'd', 'gone'], layer: 1 },
      ],
    })
    expect(nodes.map(({ x }) => x > 0)).toEqual([false, false, true])
    expect(nodes[1]?.y).toBeGreaterThan(nodes[0]?.height ?? 0)
    expect(edges).toHaveLength(2)
    expect(width).toBeGreaterThan(400)
  })
})

describe('repeats', () => {
  it('are runs that differ in their seed alone', () => {
    const run = { datasetId: 1, model: 'R50x1', origin: null }
    const accuracy = (value: number) => ({ correct: 1, total: 2, value, low: 0, high: 1 })
    const runs = [
      { ...run, name: 'a', recipe: testRecipe({ seed: 1 }), accuracy: accuracy(0.4) },
      { ...run, name: 'b', recipe: testRecipe({ seed: 2 }), accuracy: accuracy(0.6) },
      { ...run, name: 'c', recipe: testRecipe({ seed: 1, batchSize: 16 }), accuracy: null },
    ]
    const [repeats, ...others] = repeatsOf(runs)
    expect(others).toEqual([])
    expect(repeats).toMatchObject({ names: 'a, b', accuracy: { count: 2, mean: 0.5 } })
  })

  it('are not runs of one seed, nor of other images', () => {
    const run = { datasetId: 1, model: 'R50x1', origin: null }
    const of = (name: string, seed: number, total: number) => ({
      ...{ ...run, name, recipe: testRecipe({ seed }) },
      accuracy: { correct: 1, total, value: 1 / total, low: 0, high: 1 },
    })
    expect(repeatsOf([of('a', 1, 136), of('b', 1, 136), of('c', 2, 130)])).toEqual([])
  })
})

describe('runs of an address', () => {
  it('are taken each once, and no others', () => {
    expect(runsAsked('3,1,3,x,-2,')).toEqual([3, 1])
    expect(runsAsked(undefined)).toEqual([])
  })
})

describe('classes of a comparison', () => {
  it('come by how far the runs are apart, then by name', () => {
    const classes = [
      { name: 'b', total: 9, right: [1, 1] },
      { name: 'a', total: 2, right: [1, 1] },
      { name: 'c', total: 5, right: [0, 2] },
    ]
    expect(sortClasses(classes, 'spread').map(({ name }) => name)).toEqual(['c', 'a', 'b'])
    expect(sortClasses(classes, 'images').map(({ name }) => name)).toEqual(['b', 'c', 'a'])
  })
})

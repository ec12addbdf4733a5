import { describe, expect, it } from 'vitest'
import { hrefTo, parseRoute } from '../../src/renderer/routes'

describe('addresses', () => {
  it('name the screen, the thing and the filter', () => {
    expect(parseRoute('#/datasets/3?part=test&class=2')).toEqual({
      screen: 'datasets',
      id: 3,
      query: { part: 'test', class: '2' },
    })
    expect(parseRoute('#/runs')).toEqual({ screen: 'runs', id: null, query: {} })
  })

  it('lead to the datasets where they make no sense', () => {
    for (const hash of ['', '#', '#/', '#/nowhere/3', '#datasets?', 'https://example.org']) {
      expect(parseRoute(hash).screen).toBe('datasets')
    }
    expect(parseRoute('#/runs/abc').id).toBeNull()
    expect(parseRoute('#/runs/-1').id).toBeNull()
  })

  it('come back from what they were made of', () => {
    const query = { text: 'a&b=c d/é', part: 'val' }
    expect(parseRoute(hrefTo('mistakes', 7, query))).toEqual({ screen: 'mistakes', id: 7, query })
  })

  it('leave out what is not set', () => {
    expect(hrefTo('datasets', 1, { part: undefined, text: '', rotated: false })).toBe('#/datasets/1')
    expect(hrefTo('train', null, { dataset: 4 })).toBe('#/train?dataset=4')
  })
})

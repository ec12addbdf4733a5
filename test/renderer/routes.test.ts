import { describe, expect, it } from 'vitest'
import { hrefTo, parseRoute } from '../../src/renderer/routes'

describe('addresses', () => {
  it('name the screen, the thing and the filter', () => {
    expect(parseRoute('#/datasets/3?part=test&class=2')).toEqual({
      screen: 'datasets',
      id: 3,
      query: { part: 'test', class: '2' },
      missing: null,
    })
    expect(parseRoute('#/runs')).toEqual({ screen: 'runs', id: null, query: {}, missing: null })
  })

  it('lead to the datasets where there is none', () => {
    for (const hash of ['', '#', '#/', '#datasets?', '#/datasets/']) {
      expect(parseRoute(hash)).toEqual({ screen: 'datasets', id: null, query: {}, missing: null })
    }
  })

  it.each([
    ['#/nowhere/3', 'There is no screen “nowhere”'],
    ['#/runs/abc', 'There is no run “abc”'],
    ['#/mistakes/-1', 'There is no run “-1”'],
    ['#/datasets/3.5?part=test', 'There is no dataset “3.5”'],
    ['#/models/x', 'There is no model “x”'],
    ['#/models/run:1/a%20b', 'There is no model “run:1/a b”'],
    ['#/runs/1/curves', 'There is no screen “runs/1/curves”'],
    ['#/engine/2', 'There is no screen “engine/2”'],
    ['#/runs/%', 'There is no run “%”'],
  ])('say what is missing where they make no sense: %s', (hash, missing) => {
    expect(parseRoute(hash)).toMatchObject({ id: null, missing })
  })

  it('come back from what they were made of', () => {
    const query = { text: 'a&b=c d/é', part: 'val' }
    expect(parseRoute(hrefTo('mistakes', 7, query))).toEqual({
      screen: 'mistakes',
      id: 7,
      query,
      missing: null,
    })
  })

  it('leave out what is not set', () => {
    expect(hrefTo('datasets', 1, { part: undefined, text: '', rotated: false })).toBe('#/datasets/1')
    expect(hrefTo('train', null, { dataset: 4 })).toBe('#/train?dataset=4')
  })
})
